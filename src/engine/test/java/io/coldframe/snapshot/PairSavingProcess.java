package io.coldframe.snapshot;

import io.coldframe.image.WriteOptions;
import io.coldframe.memory.GuestMemory;

import java.nio.file.Path;

/// A process of its own that replaces a pair again and again, each time with another number in
/// machine and memory, until its input ends or it is killed.
final class PairSavingProcess {

    private PairSavingProcess() {}

    /// Saves until its input ends.
    ///
    /// @param args the state file
    public static void main(String[] args) throws Exception {
        PairPaths paths = PairPaths.of(Path.of(args[0]));
        int savedCount = 0;
        try (GuestMemory memory = Machines.memory(0)) {
            while (System.in.available() == 0) {
                int value = savedCount % 100 + 1;
                memory.segment(0).fill((byte) value);
                SnapshotPair.save(
                        SaveRequest.full(paths, Machines.machine(value), memory)
                                .options(WriteOptions.DEFAULT));
                savedCount++;
                System.out.println(savedCount);
            }
        }
    }
}
