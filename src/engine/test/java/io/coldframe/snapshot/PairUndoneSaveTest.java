package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.SnapshotException;
import io.coldframe.bindings.Abi;
import io.coldframe.crash.Call;
import io.coldframe.crash.ForwardingFileCalls;
import io.coldframe.memory.GuestMemory;
import io.coldframe.os.FileCalls;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/// A save that fails between its two renames takes back what it did. Whoever loads meanwhile must
/// not be left with the memory that was there for a moment.
final class PairUndoneSaveTest {
    @TempDir private Path folder;

    /// Another process: it puts its memory in place just before a loader opens it, and takes it
    /// back when the loader has opened and mapped it, or has closed it again.
    private static final class Undoing extends ForwardingFileCalls {
        private final FileCalls kernel;
        private final Path memory;
        private final Path other;
        // What it is, whether it is whole, and whether what was mapped is the same.
        private int looksLeft = 3;
        private boolean isThere;
        private boolean isUndone;

        Undoing(FileCalls kernel, Path memory, Path other) {
            super(kernel);
            this.kernel = kernel;
            this.memory = memory;
            this.other = other;
        }

        @Override
        protected long around(Call call, LongSupplier make) {
            if (isUndone) {
                return make.getAsLong();
            }
            if (call.is("open") && call.paths().contains(memory)) {
                exchange();
                isThere = true;
            }
            long result = make.getAsLong();
            looksLeft -= isThere && call.is("fstat") ? 1 : 0;
            if (isThere && (looksLeft == 0 || call.is("close"))) {
                exchange();
                isUndone = true;
            }
            return result;
        }

        private void exchange() {
            assertEquals(0, kernel.rename(memory, other, Abi.RENAME_EXCHANGE));
        }
    }

    private PairPaths save(String name, int mark) throws SnapshotException {
        PairPaths paths = PairPaths.of(folder.resolve(name));
        try (GuestMemory memory = Machines.memory(mark)) {
            SnapshotPair.save(SaveRequest.full(paths, Machines.machine(mark), memory));
        }
        return paths;
    }

    @Test
    void memoryThatWasThereForAMomentIsNotLoaded() throws Exception {
        PairPaths paths = save("x.snap", 1);
        PairPaths other = save("y.snap", 2);
        load(paths, other.memory());
    }

    @Test
    void memoryOfAnotherLengthThatWasThereForAMomentIsNoFailure() throws Exception {
        PairPaths paths = save("x.snap", 1);
        Path other = Files.writeString(folder.resolve("other"), "short");
        load(paths, other);
    }

    private static void load(PairPaths paths, Path other) throws Exception {
        Undoing calls = new Undoing(FileCalls.current(), paths.memory(), other);
        try (var _ = FileCalls.use(calls);
                LoadedPair pair = SnapshotPair.load(paths)) {
            assertEquals(1, Machines.mark(pair.state()));
            assertEquals(1, Machines.value(pair.memory()));
        }
        assertTrue(calls.isUndone, "it was not opened through these calls");
    }
}
