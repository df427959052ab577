package io.coldframe.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.snapshot.LoadedPair;
import io.coldframe.snapshot.PairPaths;
import io.coldframe.snapshot.SaveRequest;
import io.coldframe.snapshot.SnapshotPair;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A full pair and three diffs on it, one on the other; then all of them again.
final class PairKills extends KillScript {
    private static final int CHAIN_LENGTH = 4;

    /// Made by name.
    public PairKills() {
        super(PairWork.LAYOUT, PairWork.SEED);
    }

    private PairPaths paths(Path folder, int inChain) {
        return PairPaths.of(folder.resolve("vm-" + inChain + ".snap"));
    }

    @Override
    void prepare(Path folder) {
        // The first save makes what it needs.
    }

    @Override
    void run(Path folder, ScriptedGuest guest, int number) throws IOException {
        int inChain = (number - 1) % CHAIN_LENGTH;
        PairPaths paths = paths(folder, inChain);
        if (inChain == 0) {
            SnapshotPair.save(
                    SaveRequest.full(paths, guest.machine(), guest.memory()).dirty(guest.dirty()));
        } else {
            PairPaths below = paths(folder, inChain - 1);
            SnapshotPair.save(
                    SaveRequest.diff(paths, guest.machine(), guest.memory())
                            .dirty(guest.dirty())
                            .base(SnapshotPair.describe(below).memoryDigest().orElseThrow()));
        }
    }

    @Override
    String expected(int doneCount) {
        List<Integer> steps = new ArrayList<>();
        int length = doneCount == 0 ? 0 : (doneCount - 1) % CHAIN_LENGTH + 1;
        for (int inChain = 0; inChain < length; inChain++) {
            steps.add(doneCount - length + 1 + inChain);
        }
        return steps.toString();
    }

    @Override
    String read(Path folder) throws IOException {
        List<Integer> steps = new ArrayList<>();
        List<PairPaths> chain = new ArrayList<>();
        for (int inChain = 0; inChain < CHAIN_LENGTH; inChain++) {
            chain.add(paths(folder, inChain));
            if (!Files.exists(paths(folder, inChain).state())) {
                break;
            }
            SnapshotPair.verifyPair(paths(folder, inChain), Progress.NONE);
            if (inChain >= 1 && !liesOn(chain)) {
                SnapshotException refusal =
                        assertThrows(SnapshotException.class, () -> load(chain));
                assertEquals(Reason.MISMATCH, refusal.reason(), refusal::toString);
                break;
            }
            steps.add(load(chain));
        }
        return steps.toString();
    }

    /// Whether the last of a chain was saved after the one before it; else it is of the round
    /// before.
    private boolean liesOn(List<PairPaths> chain) throws SnapshotException {
        PairPaths last = chain.getLast();
        PairPaths below = chain.get(chain.size() - 2);
        return SnapshotPair.describe(last)
                .memoryBase()
                .equals(SnapshotPair.describe(below).memoryDigest());
    }

    private int load(List<PairPaths> chain) throws SnapshotException {
        try (LoadedPair pair = SnapshotPair.load(chain, Progress.NONE)) {
            int step = ScriptedGuest.stepOf(pair.envelope().state());
            ScriptedGuest.checkMemory(memory(), step, pair.memory());
            return step;
        }
    }

    @Override
    void readWhileWritten(Path folder) throws SnapshotException {
        boolean wasThere = Files.exists(paths(folder, 0).state());
        try {
            load(List.of(paths(folder, 0)));
        } catch (SnapshotException failure) {
            requireMissing(failure);
            assertFalse(wasThere, failure::toString);
        }
    }

    @Override
    void comeNext(Path folder, ScriptedGuest guest, int number) throws IOException {
        run(folder, guest, number);
    }
}
