package io.coldframe.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.crash.FailingFileCalls;
import io.coldframe.crash.ShortFileCalls;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageSize;
import io.coldframe.os.FileCalls;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;

/// What is read back: checked, or refused with its place.
final class ImageReadingTest {
    @TempDir Path folder;
    private WriterFixture guest;
    private Path base;
    private Path diff;
    private ImageSums baseSums;
    private ImageSums diffSums;
    private byte[] before;

    @BeforeEach
    void setUp() throws IOException {
        guest = new WriterFixture();
        base = folder.resolve("base");
        diff = folder.resolve("diff");
        before = guest.model.clone();
        try (MemoryWriter writer = WriterFixture.open(base, PageSize.KIB_4, WriteOptions.DEFAULT)) {
            writer.writeFull(guest.memory);
            baseSums = writer.sums();
            writer.commit();
        }
        // Page 33 is the first of the second region; 40 becomes zeros.
        for (int page : new int[] {2, 33, 69}) {
            guest.model[page * 4096 + 5]++;
        }
        Arrays.fill(guest.model, 40 * 4096, 41 * 4096, (byte) 0);
        guest.refresh();
        try (DirtyBitmap dirty = WriterFixture.bitmap(PageSize.KIB_4, 2, 33, 40, 69);
                MemoryWriter writer =
                        WriterFixture.open(
                                diff, PageSize.KIB_4, WriteOptions.DEFAULT.withSumsMax(20))) {
            writer.writeDiff(guest.memory, dirty);
            diffSums = writer.sums();
            writer.commit();
        }
    }

    @AfterEach
    void tearDown() {
        guest.close();
    }

    @Test
    void anyChangedByteIsFoundAndItsPlaceIsNamed() throws Exception {
        Random random = new Random(5);
        byte[] good = Files.readAllBytes(base);
        for (int round = 0; round < 200; round++) {
            byte[] bad = good.clone();
            int at = random.nextInt(bad.length);
            bad[at] ^= (byte) (1 << random.nextInt(8));
            int second = at + random.nextInt(bad.length - at);
            bad[second] ^= second == at ? 0 : (byte) 4;
            Files.write(base, bad);
            try (MemoryImage image = MemoryImage.open(base, baseSums)) {
                SnapshotException failure =
                        assertThrows(
                                SnapshotException.class,
                                () -> image.verify(WriterFixture.LAYOUT, Progress.NONE));
                assertEquals(Kind.CORRUPT, failure.kind());
                assertEquals(Reason.CHECKSUM, failure.reason());
                long page = at / 4096;
                String place =
                        "block %d at offset %d, guest page %d at guest address 0x%x:"
                                .formatted(
                                        page,
                                        page * 4096,
                                        page,
                                        WriterFixture.LAYOUT.guestAddress(page * 4096));
                assertTrue(failure.toString().contains(place), failure::toString);
                assertTrue(failure.toString().contains(base.toString()), failure::toString);
            }
            assertNotEquals(baseSums, MemoryImage.sumsOf(base, baseSums));
        }
    }

    @Test
    void aChangeInAPageThatADiffDoesNotHoldIsOfNoConcern() throws Exception {
        byte[] bytes = Files.readAllBytes(diff);
        // As a copy does that fills holes, or a tool that leaves its mark there.
        bytes[10 * 4096] = 7;
        Files.write(diff, bytes);
        assertEquals(diffSums, MemoryImage.sumsOf(diff, diffSums));
        assertArrayEquals(guest.model, materialised());
    }

    @Test
    void aStackIsTheNewestOfEveryPage() throws Exception {
        assertArrayEquals(guest.model, materialised());
    }

    @Test
    void anyRangeOfASourceIsThatOfTheStack() throws Exception {
        Random random = new Random(23);
        try (MemoryImage newer = MemoryImage.open(diff, diffSums);
                MemoryImage older = MemoryImage.open(base, baseSums);
                Arena arena = Arena.ofConfined()) {
            PageSource source = MemoryImage.source(List.of(newer, older));
            assertEquals(WriterFixture.BYTES, source.byteCount());
            for (int round = 0; round < 500; round++) {
                int from = random.nextInt(WriterFixture.BYTES);
                int count = random.nextInt(Math.min(WriterFixture.BYTES - from, 20_000) + 1);
                MemorySegment target = arena.allocate(20_000).asSlice(0, count);
                source.read(from, target);
                assertArrayEquals(
                        Arrays.copyOfRange(guest.model, from, from + count),
                        target.toArray(ValueLayout.JAVA_BYTE));
            }
            MemorySegment page = arena.allocate(4096);
            for (long offset : new long[] {-1, WriterFixture.BYTES - 4095, Long.MAX_VALUE}) {
                assertThrows(IndexOutOfBoundsException.class, () -> source.read(offset, page));
            }
        }
    }

    private byte[] materialised() throws IOException {
        Path whole = folder.resolve("whole");
        try (MemoryImage newer = MemoryImage.open(diff, diffSums);
                MemoryImage older = MemoryImage.open(base, baseSums)) {
            RestoreReport report =
                    MemoryImage.materialise(
                            List.of(newer, older), whole, OnExisting.REPLACE, Progress.NONE);
            assertEquals(WriterFixture.BYTES, report.byteCount());
            assertEquals(WriterFixture.BYTES - 4096, report.bytesWritten());
            assertEquals(report.sums(), MemoryImage.sumsOf(whole, report.sums()));
        }
        return Files.readAllBytes(whole);
    }

    @Test
    void aChangedByteIsNeverRestored() throws Exception {
        Path whole = folder.resolve("whole");
        byte[] bytes = Files.readAllBytes(diff);
        bytes[33 * 4096 + 100] ^= 1;
        Files.write(diff, bytes);
        try (MemoryImage newer = MemoryImage.open(diff, diffSums);
                MemoryImage older = MemoryImage.open(base, baseSums);
                GuestMemory into = GuestMemory.anonymous(WriterFixture.LAYOUT)) {
            List<MemoryImage> stack = List.of(newer, older);
            for (SnapshotException failure :
                    List.of(
                            assertThrows(
                                    SnapshotException.class,
                                    () ->
                                            MemoryImage.materialise(
                                                    stack,
                                                    whole,
                                                    OnExisting.REFUSE,
                                                    Progress.NONE)),
                            assertThrows(
                                    SnapshotException.class,
                                    () -> MemoryImage.load(stack, into, Progress.NONE)))) {
                assertEquals(Kind.CORRUPT, failure.kind());
                assertTrue(failure.toString().contains(diff.toString()), failure::toString);
            }
        }
        assertEquals(List.of("base", "diff"), WriterFixture.names(folder));
    }

    @Test
    void aCancelledRestoreLeavesNothing() throws Exception {
        try (MemoryImage older = MemoryImage.open(base, baseSums)) {
            assertThrows(
                    CancellationException.class,
                    () ->
                            MemoryImage.materialise(
                                    List.of(older),
                                    folder.resolve("whole"),
                                    OnExisting.REFUSE,
                                    (done, total) -> false));
            assertThrows(
                    CancellationException.class,
                    () -> older.verify(WriterFixture.LAYOUT, (done, total) -> false));
        }
        assertEquals(List.of("base", "diff"), WriterFixture.names(folder));
    }

    @Test
    void aFileOfAnotherLengthIsNoImage() throws Exception {
        byte[] bytes = Files.readAllBytes(base);
        for (int length : new int[] {0, 1, bytes.length - 1, bytes.length + 1}) {
            Files.write(base, Arrays.copyOf(bytes, length));
            SnapshotException failure =
                    assertThrows(SnapshotException.class, () -> MemoryImage.open(base, baseSums));
            assertEquals(Kind.CORRUPT, failure.kind());
            assertEquals(
                    length < bytes.length ? Reason.TOO_SHORT : Reason.TOO_LARGE, failure.reason());
        }
        assertEquals(
                Kind.MISSING,
                assertThrows(
                                SnapshotException.class,
                                () -> MemoryImage.open(folder.resolve("none"), baseSums))
                        .kind());
        assertThrows(SnapshotException.class, () -> MemoryImage.open(folder, baseSums));
    }

    @Test
    void aFileThatIsCutLaterIsCorrupt() throws Exception {
        try (MemoryImage image = MemoryImage.open(base, baseSums)) {
            Files.write(base, new byte[5000]);
            SnapshotException failure =
                    assertThrows(
                            SnapshotException.class,
                            () -> image.verify(WriterFixture.LAYOUT, Progress.NONE));
            assertEquals(Kind.CORRUPT, failure.kind());
        }
    }

    @Test
    void copiesAreCheckedAndLeaveAloneWhatIsNotHeld() throws Exception {
        try (MemoryImage image = MemoryImage.open(diff, diffSums);
                Arena arena = Arena.ofConfined()) {
            Random random = new Random(9);
            for (int round = 0; round < 200; round++) {
                int from = random.nextInt(WriterFixture.BYTES);
                int length = random.nextInt(WriterFixture.BYTES - from + 1);
                MemorySegment target = arena.allocate(length).fill((byte) 9);
                image.copyTo(from, target);
                byte[] found = target.toArray(ValueLayout.JAVA_BYTE);
                for (int i = 0; i < length; i++) {
                    int page = (from + i) / 4096;
                    boolean held = diffSums.isWritten(page);
                    assertEquals(held ? guest.model[from + i] : 9, found[i]);
                }
            }
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> image.copyTo(WriterFixture.BYTES - 1, arena.allocate(2)));
        }
    }

    @Test
    void aMappingIsPrivateAndOfTheFileThatWasOpened() throws Exception {
        try (MemoryImage image = MemoryImage.open(base, baseSums)) {
            try (GuestMemory memory = image.map(WriterFixture.LAYOUT)) {
                memory.segment(0).fill((byte) 1);
            }
            assertArrayEquals(before, Files.readAllBytes(base));
            Path other = folder.resolve("other");
            Files.write(other, before);
            Files.move(other, base, StandardCopyOption.REPLACE_EXISTING);
            assertEquals(
                    Kind.CONFLICT,
                    assertThrows(SnapshotException.class, () -> image.map(WriterFixture.LAYOUT))
                            .kind());
        }
    }

    @Test
    void stacksWithoutAFullImageOrOfOtherLengthsAreMisuse() throws Exception {
        try (MemoryImage newer = MemoryImage.open(diff, diffSums);
                GuestMemory small = GuestMemory.anonymous(GuestLayout.of(4096));
                MemoryImage older = MemoryImage.open(base, baseSums)) {
            for (List<MemoryImage> stack : List.of(List.<MemoryImage>of(), List.of(newer))) {
                assertThrows(
                        IllegalArgumentException.class,
                        () -> MemoryImage.load(stack, guest.memory, Progress.NONE));
            }
            assertThrows(
                    IllegalArgumentException.class,
                    () -> MemoryImage.load(List.of(older), small, Progress.NONE));
            assertThrows(IllegalArgumentException.class, () -> newer.map(WriterFixture.LAYOUT));
        }
    }

    @Test
    void signalsAndShortReadsAreNoFailures() throws Exception {
        try (var _ = FileCalls.use(new ShortFileCalls(777))) {
            assertArrayEquals(guest.model, materialised());
        }
    }

    @Test
    void aFailureOfARestoreLeavesNothing() throws Exception {
        Path whole = folder.resolve("whole");
        FailingFileCalls.everywhere(
                calls -> {
                    boolean refused = false;
                    try (var _ = FileCalls.use(calls);
                            MemoryImage newer = MemoryImage.open(diff, diffSums);
                            MemoryImage older = MemoryImage.open(base, baseSums)) {
                        MemoryImage.materialise(
                                List.of(newer, older), whole, OnExisting.REFUSE, Progress.NONE);
                    } catch (SnapshotException failure) {
                        refused = true;
                        assertTrue(
                                failure.toString().contains(folder.toString()), failure::toString);
                    }
                    if (Files.exists(whole)) {
                        // Whole, at least, where the disk is gone before it could be undone.
                        assertTrue(!refused || calls.isEverSince());
                        assertArrayEquals(guest.model, Files.readAllBytes(whole));
                        Files.delete(whole);
                    } else {
                        assertTrue(refused);
                    }
                    AtomicDirectory.removeAbandoned(folder);
                    assertEquals(List.of("base", "diff"), WriterFixture.names(folder));
                });
    }
}
