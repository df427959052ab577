package io.coldframe.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.bindings.Abi;
import io.coldframe.bindings.Errno;
import io.coldframe.crash.Call;
import io.coldframe.crash.ForwardingFileCalls;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/// An image that is part of a directory or of a pair, and memory of strangers.
final class MemoryWriterPartsTest {
    @TempDir Path folder;
    private WriterFixture guest;
    private DirtyBitmap dirty;

    @BeforeEach
    void setUp() throws IOException {
        guest = new WriterFixture();
        dirty = WriterFixture.bitmap(PageSize.KIB_4, 7, 8);
    }

    @AfterEach
    void tearDown() {
        dirty.close();
        guest.close();
    }

    private MemoryWriter in(AtomicDirectory directory) throws IOException {
        return MemoryWriter.in(
                directory, "memory.bin", WriterFixture.BYTES, PageSize.KIB_4, WriteOptions.DEFAULT);
    }

    @Test
    void thePagesAreCleanWhenTheDirectoryIsCommitted() throws Exception {
        Path target = folder.resolve("snapshot");
        try (AtomicDirectory directory = AtomicDirectory.create(target, OnExisting.REFUSE)) {
            try (MemoryWriter writer = in(directory)) {
                writer.writeDiff(guest.memory, dirty);
                writer.commit();
            }
            assertEquals(0, dirty.dirtyCount());
            directory.commit();
        }
        WriterFixture.assertDirty(dirty);
        assertArrayEquals(
                guest.diff(PageSize.KIB_4, 7, 8), Files.readAllBytes(target.resolve("memory.bin")));
    }

    @Test
    void thePagesAreDirtyAgainWhenTheDirectoryIsNot() throws Exception {
        Path target = folder.resolve("snapshot");
        try (AtomicDirectory directory = AtomicDirectory.create(target, OnExisting.REFUSE)) {
            try (MemoryWriter writer = in(directory)) {
                writer.writeDiff(guest.memory, dirty);
                writer.commit();
            }
            assertEquals(0, dirty.dirtyCount());
        }
        WriterFixture.assertDirty(dirty, 7, 8);
        assertEquals(List.of(), WriterFixture.names(folder));
    }

    /// The pages cannot be put back then, which is no reason to leave a draft that nobody removes.
    @Test
    void nothingIsLeftBehindWhenTheBitmapIsGone() throws Exception {
        DirtyBitmap gone = WriterFixture.bitmap(PageSize.KIB_4, 7);
        Path target = folder.resolve("snapshot");
        AtomicDirectory directory = AtomicDirectory.create(target, OnExisting.REFUSE);
        try (MemoryWriter writer = in(directory)) {
            writer.writeDiff(guest.memory, gone);
            writer.commit();
        }
        gone.close();
        assertThrows(IllegalStateException.class, directory::close);
        assertEquals(List.of(), WriterFixture.names(folder));
        AtomicDirectory.create(target, OnExisting.REFUSE).close();
    }

    @Test
    void aDirectoryIsNotCommittedWithHalfAnImage() throws Exception {
        Path target = folder.resolve("snapshot");
        AtomicDirectory directory = AtomicDirectory.create(target, OnExisting.REFUSE);
        try (MemoryWriter writer = in(directory)) {
            writer.writeDiff(guest.memory, dirty);
        }
        WriterFixture.assertDirty(dirty, 7, 8);
        assertThrows(IllegalStateException.class, directory::commit);
        assertEquals(List.of(), WriterFixture.names(folder));
    }

    @Test
    void thePagesAreCleanWhenThePairIsCommitted() throws Exception {
        Path memory = folder.resolve("x.mem");
        for (boolean commit : new boolean[] {false, true}) {
            try (AtomicPair pair =
                    AtomicPair.create(folder.resolve("x.snap"), memory, OnExisting.REFUSE)) {
                try (MemoryWriter writer =
                        MemoryWriter.in(
                                pair, WriterFixture.BYTES, PageSize.KIB_4, WriteOptions.DEFAULT)) {
                    writer.writeFull(guest.memory, dirty);
                    writer.commit();
                }
                if (commit) {
                    pair.commit(new byte[] {1}, Optional.empty());
                }
            }
            assertEquals(commit ? 0 : 2, dirty.dirtyCount());
        }
        assertArrayEquals(guest.model, Files.readAllBytes(memory));
    }

    @Test
    void pagesShorterThanAUnitAreWrittenAnotherWay() throws Exception {
        Path target = folder.resolve("memory.bin");
        try (MemoryWriter writer =
                WriterFixture.open(target, new PageSize(9), WriteOptions.DEFAULT)) {
            writer.writeDiff(guest.memory, dirty);
            assertEquals(Output.BUFFERED, writer.report().output());
            String why = writer.report().why();
            assertTrue(why.contains("pages of 512 bytes"), why);
        }
    }

    /// The last part of an image is shorter than a unit of a device that wants 64 KiB.
    @Test
    void whatADeviceRefusesForItsAlignmentGoesThroughThePageCache() throws Exception {
        Path target = folder.resolve("memory.bin");
        for (boolean diff : new boolean[] {false, true}) {
            try (var _ = FileCalls.use(new CoarseDevice());
                    MemoryWriter writer =
                            WriterFixture.open(
                                    target,
                                    PageSize.KIB_4,
                                    WriteOptions.DEFAULT.withOutput(Output.DIRECT))) {
                if (diff) {
                    writer.writeDiff(guest.memory, dirty);
                } else {
                    writer.writeFull(guest.memory);
                }
                writer.commit();
                assertTrue(
                        writer.report().why().contains("units") || diff, writer.report()::toString);
            }
            assertArrayEquals(
                    diff ? guest.diff(PageSize.KIB_4, 7, 8) : guest.model,
                    Files.readAllBytes(target));
        }
    }

    /// Takes units of 64 KiB past the page cache.
    private static final class CoarseDevice extends ForwardingFileCalls {
        private static final long UNIT_BYTES = 64 << 10;

        private final Set<Integer> direct = new HashSet<>();

        CoarseDevice() {
            super(FileCalls.current());
        }

        @Override
        protected long around(Call call, LongSupplier make) {
            if (call.is("open") && (call.flags() & Abi.O_DIRECT) == Abi.O_DIRECT) {
                long fd = make.getAsLong();
                direct.add((int) fd);
                return fd;
            }
            boolean isUneven = (call.byteCount() | call.offset()) % UNIT_BYTES != 0;
            return call.is("pwrite") && direct.contains(call.fd()) && isUneven
                    ? -Errno.EINVAL
                    : make.getAsLong();
        }
    }

    @Test
    void memoryThatIsNotAlignedIsWrittenAnotherWay() throws Exception {
        Path target = folder.resolve("memory.bin");
        try (Arena arena = Arena.ofShared()) {
            MemorySegment odd = arena.allocate(WriterFixture.BYTES + 4096, 4096).asSlice(24);
            MemorySegment lent = odd.asSlice(0, WriterFixture.BYTES);
            lent.copyFrom(MemorySegment.ofArray(guest.model));
            GuestMemory memory = GuestMemory.lent(GuestLayout.of(lent.byteSize()), List.of(lent));
            for (Output output : Output.values()) {
                WriteOptions options = WriteOptions.DEFAULT.withOutput(output);
                try (MemoryWriter writer = WriterFixture.open(target, PageSize.KIB_4, options)) {
                    writer.writeFull(memory);
                    if (output == Output.AUTO || output == Output.DIRECT) {
                        assertEquals(Output.BUFFERED, writer.report().output());
                        String why = writer.report().why();
                        assertTrue(why.contains("begin at a multiple of 4 KiB"), why);
                    }
                    writer.commit();
                }
                assertArrayEquals(guest.model, Files.readAllBytes(target));
            }
        }
    }
}
