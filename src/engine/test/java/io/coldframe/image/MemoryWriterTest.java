package io.coldframe.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.crash.Volume;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.FileMapping;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageGrid;
import io.coldframe.memory.PageSize;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ArgumentsSource;

import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;

/// What a [MemoryWriter] promises, whatever its output and its file system.
@ParameterizedClass(name = "{1} on {0}")
@ArgumentsSource(OutputsOnFileSystems.class)
final class MemoryWriterTest {
    private final Output output;
    private final Path folder;
    private Path target;
    private WriterFixture guest;
    private WriteOptions options;

    MemoryWriterTest(Volume volume, Output output) {
        this.folder = volume.newFolder();
        this.output = output;
    }

    @BeforeEach
    void setUp() throws SnapshotException {
        target = folder.resolve("memory.bin");
        guest = new WriterFixture();
        options = WriteOptions.DEFAULT.withOutput(output);
    }

    @AfterEach
    void tearDown() {
        guest.close();
    }

    @Test
    void aFullImageIsEveryByte() throws Exception {
        for (PageSize page : List.of(new PageSize(9), PageSize.KIB_4, PageSize.KIB_16)) {
            try (MemoryWriter writer = WriterFixture.open(target, page, options)) {
                assertEquals(page.pageCount(WriterFixture.BYTES), writer.writeFull(guest.memory));
                assertEquals(ImageSums.Kind.FULL, writer.sums().kind());
                writer.commit();
            }
            assertArrayEquals(guest.model, Files.readAllBytes(target));
        }
    }

    @Test
    void aDiffIsTheDirtyPagesAndHolesElsewhere() throws Exception {
        try (DirtyBitmap dirty = WriterFixture.bitmap(PageSize.KIB_16, 1, 3, 17);
                MemoryWriter writer = WriterFixture.open(target, PageSize.KIB_16, options)) {
            assertEquals(3, writer.writeDiff(guest.memory, dirty));
            writer.commit();
            ImageSums sums = writer.sums();
            assertEquals(ImageSums.Kind.DIFF, sums.kind());
            assertEquals(3, sums.writtenPages());
            assertTrue(sums.isWritten(1) && sums.isWritten(3) && sums.isWritten(17));
        }
        assertArrayEquals(guest.diff(PageSize.KIB_16, 1, 3, 17), Files.readAllBytes(target));
    }

    @Test
    void aCoarserBitmapIsFoldedToThePagesOfTheImage() throws Exception {
        PageSize coarse = new PageSize(16);
        try (DirtyBitmap dirty = WriterFixture.bitmap(coarse, 1, 4);
                MemoryWriter writer = WriterFixture.open(target, PageSize.KIB_4, options)) {
            // The last page of 64 KiB has 6 of 4 KiB.
            assertEquals(16 + 6, writer.writeDiff(guest.memory, dirty));
            writer.commit();
        }
        assertArrayEquals(guest.diff(coarse, 1, 4), Files.readAllBytes(target));
    }

    @Test
    void aDiffOfNothingIsAllHole() throws Exception {
        try (DirtyBitmap dirty = WriterFixture.bitmap(PageSize.KIB_4);
                MemoryWriter writer = WriterFixture.open(target, PageSize.KIB_4, options)) {
            assertEquals(0, writer.writeDiff(guest.memory, dirty));
            writer.commit();
            assertEquals(0, writer.sums().sumCount());
        }
        assertArrayEquals(new byte[WriterFixture.BYTES], Files.readAllBytes(target));
    }

    @Test
    void aDirtyPageOfZerosIsHeldWithAndWithoutHoles() throws Exception {
        Arrays.fill(guest.model, 5 * 4096, 7 * 4096, (byte) 0);
        guest.refresh();
        for (boolean holes : new boolean[] {false, true}) {
            try (DirtyBitmap dirty = WriterFixture.bitmap(PageSize.KIB_4, 5, 9);
                    MemoryWriter writer =
                            WriterFixture.open(target, PageSize.KIB_4, options.withHoles(holes))) {
                assertEquals(2, writer.writeDiff(guest.memory, dirty));
                writer.commit();
                assertTrue(writer.sums().isWritten(5));
                assertFalse(writer.sums().isWritten(6));
                assertEquals(holes ? 4096 : 8192, writer.report().bytesWritten());
                assertEquals(8192, writer.report().byteCount());
            }
            assertArrayEquals(guest.diff(PageSize.KIB_4, 9), Files.readAllBytes(target));
        }
    }

    @Test
    void zerosOfAFullImageAreHolesOnlyWhereThatIsAskedFor() throws Exception {
        Arrays.fill(guest.model, 0, 64 * 4096, (byte) 0);
        guest.refresh();
        for (boolean holes : new boolean[] {false, true}) {
            ImageSums sums;
            try (MemoryWriter writer =
                    WriterFixture.open(target, PageSize.KIB_4, options.withHoles(holes))) {
                writer.writeFull(guest.memory);
                writer.commit();
                sums = writer.sums();
                assertEquals(
                        holes ? 6 * 4096 : WriterFixture.BYTES, writer.report().bytesWritten());
            }
            assertArrayEquals(guest.model, Files.readAllBytes(target));
            assertEquals(sums, MemoryImage.sumsOf(target, sums));
        }
    }

    @Test
    void theSumsAreTheSameHoweverItIsWritten() throws Exception {
        List<ImageSums> all = new ArrayList<>();
        for (int threads = 1; threads <= 4; threads++) {
            for (boolean holes : new boolean[] {false, true}) {
                WriteOptions each = options.withThreadCount(threads).withHoles(holes);
                try (MemoryWriter writer = WriterFixture.open(target, PageSize.KIB_4, each)) {
                    writer.writeFull(guest.memory);
                    all.add(writer.sums());
                }
            }
        }
        all.forEach(each -> assertEquals(all.getFirst(), each));
    }

    @Test
    void aBitmapOfAnotherLengthOrOfFinerPagesIsRefusedAndNotDrained() throws Exception {
        try (DirtyBitmap finer = WriterFixture.bitmap(PageSize.KIB_4, 1);
                DirtyBitmap longer =
                        DirtyBitmap.create(
                                new PageGrid(0, WriterFixture.BYTES + 4096L, PageSize.KIB_16));
                MemoryWriter writer = WriterFixture.open(target, PageSize.KIB_16, options)) {
            longer.markPage(2);
            assertThrows(
                    IllegalArgumentException.class, () -> writer.writeDiff(guest.memory, finer));
            assertThrows(
                    IllegalArgumentException.class, () -> writer.writeDiff(guest.memory, longer));
            assertThrows(
                    IllegalArgumentException.class, () -> writer.writeFull(guest.memory, longer));
            WriterFixture.assertDirty(finer, 1);
            WriterFixture.assertDirty(longer, 2);
            // It is misuse, and not the end of the writer.
            writer.writeFull(guest.memory);
            writer.commit();
        }
    }

    @Test
    void memoryOfAnotherLengthIsRefused() throws Exception {
        try (GuestMemory other = GuestMemory.anonymous(GuestLayout.of(4096));
                MemoryWriter writer = WriterFixture.open(target, PageSize.KIB_4, options)) {
            assertThrows(IllegalArgumentException.class, () -> writer.writeFull(other));
        }
        assertEquals(List.of(), WriterFixture.names(folder));
    }

    @Test
    void onlyACommitMakesPagesClean() throws Exception {
        try (DirtyBitmap dirty = WriterFixture.bitmap(PageSize.KIB_4, 0, 2, 69)) {
            try (MemoryWriter writer = WriterFixture.open(target, PageSize.KIB_4, options)) {
                writer.writeDiff(guest.memory, dirty);
                assertEquals(0, dirty.dirtyCount());
                // Written while the image was: that page is dirty in any case.
                dirty.markPage(40);
            }
            WriterFixture.assertDirty(dirty, 0, 2, 40, 69);
            assertEquals(List.of(), WriterFixture.names(folder));
            try (MemoryWriter writer = WriterFixture.open(target, PageSize.KIB_4, options)) {
                writer.writeDiff(guest.memory, dirty);
                dirty.markPage(2);
                writer.commit();
            }
            WriterFixture.assertDirty(dirty, 2);
        }
    }

    @Test
    void aFullImageMakesEveryPageClean() throws Exception {
        try (DirtyBitmap dirty = WriterFixture.bitmap(PageSize.KIB_4, 0, 69)) {
            try (MemoryWriter writer = WriterFixture.open(target, PageSize.KIB_4, options)) {
                writer.writeFull(guest.memory, dirty);
            }
            WriterFixture.assertDirty(dirty, 0, 69);
            try (MemoryWriter writer = WriterFixture.open(target, PageSize.KIB_4, options)) {
                writer.writeFull(guest.memory, dirty);
                writer.commit();
            }
            WriterFixture.assertDirty(dirty);
        }
    }

    @Test
    void whoCancelsLeavesNothingAndLosesNoPage() throws Exception {
        Files.writeString(target, "the old one");
        try (DirtyBitmap dirty = WriterFixture.bitmap(PageSize.KIB_4, 3, 4)) {
            WriteOptions cancelled = options.withProgress((done, total) -> false);
            try (MemoryWriter writer = WriterFixture.open(target, PageSize.KIB_4, cancelled)) {
                assertThrows(
                        CancellationException.class, () -> writer.writeDiff(guest.memory, dirty));
                // Already, and not only when it is closed.
                WriterFixture.assertDirty(dirty, 3, 4);
                assertThrows(IllegalStateException.class, writer::commit);
            }
        }
        assertEquals(List.of("memory.bin"), WriterFixture.names(folder));
        assertEquals("the old one", Files.readString(target));
    }

    @Test
    void progressAscendsToTheEnd() throws Exception {
        List<Long> heard = new ArrayList<>();
        Progress progress =
                (done, total) -> {
                    assertEquals(WriterFixture.BYTES, total);
                    heard.add(done);
                    return true;
                };
        try (MemoryWriter writer =
                WriterFixture.open(target, PageSize.KIB_4, options.withProgress(progress))) {
            writer.writeFull(guest.memory);
        }
        assertEquals(heard.stream().sorted().toList(), heard);
        assertEquals((long) WriterFixture.BYTES, heard.getLast());
    }

    @Test
    void aFileOfTheNameIsRefusedOrReplacedWhole() throws Exception {
        Files.writeString(target, "the old one");
        SnapshotException refusal =
                assertThrows(
                        SnapshotException.class,
                        () ->
                                MemoryWriter.open(
                                        target,
                                        OnExisting.REFUSE,
                                        WriterFixture.BYTES,
                                        PageSize.KIB_4,
                                        options));
        assertEquals(Kind.CONFLICT, refusal.kind());
        try (MemoryWriter writer = WriterFixture.open(target, PageSize.KIB_4, options)) {
            writer.writeFull(guest.memory);
            assertEquals("the old one", Files.readString(target));
            writer.commit();
        }
        assertArrayEquals(guest.model, Files.readAllBytes(target));
    }

    @Test
    void outOfOrderIsMisuse() throws Exception {
        try (MemoryWriter writer = WriterFixture.open(target, PageSize.KIB_4, options)) {
            assertThrows(IllegalStateException.class, writer::commit);
            assertThrows(IllegalStateException.class, writer::sums);
            assertThrows(IllegalStateException.class, writer::report);
            writer.writeFull(guest.memory);
            assertThrows(IllegalStateException.class, () -> writer.writeFull(guest.memory));
            writer.commit();
            assertThrows(IllegalStateException.class, writer::commit);
        }
        assertArrayEquals(guest.model, Files.readAllBytes(target));
    }

    @Test
    void memoryOfAFileThatIsCutIsAnException() throws Exception {
        Path backing = folder.resolve("backing");
        for (long left : new long[] {0, 4096, 40 * 4096 + 17}) {
            Files.write(backing, guest.model);
            try (GuestMemory mapped =
                            GuestMemory.mapped(backing, WriterFixture.LAYOUT, FileMapping.SHARED);
                    DirtyBitmap dirty = WriterFixture.bitmap(PageSize.KIB_4, 1, 50, 69);
                    var file = FileChannel.open(backing, StandardOpenOption.WRITE)) {
                file.truncate(left);
                for (boolean diff : new boolean[] {true, false}) {
                    try (MemoryWriter writer =
                            WriterFixture.open(target, PageSize.KIB_4, options)) {
                        SnapshotException failure =
                                assertThrows(
                                        SnapshotException.class,
                                        () -> {
                                            if (diff) {
                                                writer.writeDiff(mapped, dirty);
                                            } else {
                                                writer.writeFull(mapped);
                                            }
                                        });
                        assertEquals(Kind.CORRUPT, failure.kind(), failure::toString);
                        assertTrue(failure.toString().contains("cut"), failure::toString);
                    }
                    WriterFixture.assertDirty(dirty, 1, 50, 69);
                }
            }
        }
        assertEquals(List.of("backing"), WriterFixture.names(folder));
    }
}
