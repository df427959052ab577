package io.coldframe.snapshot;

import static io.coldframe.snapshot.Refusals.assertRefused;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.bindings.Errno;
import io.coldframe.crash.Call;
import io.coldframe.crash.ForwardingFileCalls;
import io.coldframe.image.OnExisting;
import io.coldframe.memory.GuestMemory;
import io.coldframe.os.FileCalls;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.LongSupplier;

/// An image that crosses a file system which shares no blocks is copied, and the copy is looked at.
final class BridgeCopyTest {

    @TempDir private Path folder;
    private SnapshotStore store;
    private PairPaths base;
    private PairPaths out;

    @BeforeEach
    void save() throws SnapshotException {
        store = SnapshotStore.createOrOpen(folder.resolve("store"));
        base = PairPaths.of(folder.resolve("base.snap"));
        out = PairPaths.of(folder.resolve("out.snap"));
        try (GuestMemory memory = Machines.patterned(1)) {
            SnapshotPair.save(SaveRequest.full(base, Machines.machine(1), memory));
        }
    }

    /// A file system that shares nothing, and may write another byte than it was given.
    private static final class Copying extends ForwardingFileCalls {
        private final boolean isFaulty;

        Copying(boolean isFaulty) {
            super(FileCalls.current());
            this.isFaulty = isFaulty;
        }

        @Override
        protected long around(Call call, LongSupplier make) {
            return call.is("ficlone") ? -Errno.EOPNOTSUPP : make.getAsLong();
        }

        @Override
        public long pwrite(int fd, MemorySegment from, long fileOffset) {
            if (!isFaulty || from.byteSize() != Machines.MIB) {
                return super.pwrite(fd, from, fileOffset);
            }
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment other = arena.allocate(from.byteSize()).copyFrom(from);
                byte old = other.get(ValueLayout.JAVA_BYTE, 5000);
                other.set(ValueLayout.JAVA_BYTE, 5000, (byte) (old + 1));
                return super.pwrite(fd, other, fileOffset);
            }
        }
    }

    @Test
    void aCopyIsHeardOfUntilItIsDone() throws Exception {
        List<Long> heard = new ArrayList<>();
        Progress progress =
                (done, total) -> {
                    assertEquals(2L * Machines.MIB, total);
                    heard.add(done);
                    return true;
                };
        try (var _ = FileCalls.use(new Copying(false))) {
            Bridges.importPair(store, "base", base, progress);
            assertEquals(heard.stream().sorted().toList(), heard);
            assertEquals((long) Machines.MIB, heard.getFirst());
            assertEquals(2L * Machines.MIB, heard.getLast());
            heard.clear();
            Bridges.exportPair(store, "base", out, OnExisting.REFUSE, progress);
            assertEquals(2L * Machines.MIB, heard.getLast());
        }
        assertEquals(-1, Files.mismatch(base.memory(), out.memory()));
    }

    @Test
    void aCopyCanBeStopped() throws Exception {
        try (var _ = FileCalls.use(new Copying(false))) {
            assertThrows(
                    CancellationException.class,
                    () -> Bridges.importPair(store, "base", base, (done, _) -> done == 0));
            assertTrue(store.list().isEmpty());
            Bridges.importPair(store, "base", base, Progress.NONE);
            assertThrows(
                    CancellationException.class,
                    () ->
                            Bridges.exportPair(
                                    store,
                                    "base",
                                    out,
                                    OnExisting.REFUSE,
                                    (done, total) -> 2 * done <= total));
        }
        assertFalse(Files.exists(out.memory()));
    }

    @Test
    void aCopyThatIsNotWhatWasReadIsRefused() throws Exception {
        try (var _ = FileCalls.use(new Copying(true))) {
            assertRefused(
                    Kind.CORRUPT,
                    Reason.CHECKSUM,
                    () -> Bridges.importPair(store, "base", base, Progress.NONE),
                    "guest page 1");
        }
        assertTrue(store.list().isEmpty());
        Bridges.importPair(store, "base", base, Progress.NONE);
        try (var _ = FileCalls.use(new Copying(true))) {
            assertRefused(
                    Kind.CORRUPT,
                    Reason.CHECKSUM,
                    () -> Bridges.exportPair(store, "base", out, OnExisting.REFUSE, Progress.NONE),
                    "guest page 1");
        }
        assertFalse(Files.exists(out.memory()));
    }
}
