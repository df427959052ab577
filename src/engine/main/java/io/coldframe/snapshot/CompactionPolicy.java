package io.coldframe.snapshot;

import java.util.List;

/// When layers are to be rewritten, and which.
///
/// A layer is rewritten together with all that is still read of the others: each of its blocks that
/// a living snapshot reads is copied into one new layer, and every snapshot that reads it gets
/// another index. What a snapshot reads does not change by a byte.
///
/// **Threads.** Immutable.
///
/// @param references the snapshots whose layers count, by name, tag or id; empty for all
/// @param depthMax the most layers that one of them may read; at least 1
/// @param deadRatioMax how much of a layer may be blocks that no snapshot reads, from 0 to 1
/// @param runBlocksMin how many blocks a piece of data should have on average that lies together
///     both in the guest and in its layer; 0 to let them lie as they are
/// @param takesBase whether also what is read of an image, below the first layer, becomes part of
///     the new layer, so that the image is needed no longer
public record CompactionPolicy(
        List<String> references,
        int depthMax,
        double deadRatioMax,
        long runBlocksMin,
        boolean takesBase) {

    // A reader opens a file for each layer, of which a process has 1,024 where nobody asked for
    // more; and what a layer of mostly dead blocks costs is what the living ones cost once more.
    private static final int DEPTH_MAX_DEFAULT = 32;
    private static final double DEAD_RATIO_MAX_DEFAULT = 0.5;

    /// Refuses numbers that mean nothing.
    public CompactionPolicy {
        references = List.copyOf(references);
        if (depthMax < 1) {
            throw new IllegalArgumentException("depthMax is not positive: " + depthMax);
        }
        if (!(deadRatioMax >= 0 && deadRatioMax <= 1)) {
            throw new IllegalArgumentException("deadRatioMax is not 0 to 1: " + deadRatioMax);
        }
        if (runBlocksMin < 0) {
            throw new IllegalArgumentException("runBlocksMin is negative: " + runBlocksMin);
        }
    }

    /// {@return what keeps a whole store fit for daily use: at most 32 layers deep, at most half of
    /// a layer dead, images left where they are}
    public static CompactionPolicy wholeStore() {
        return new CompactionPolicy(List.of(), DEPTH_MAX_DEFAULT, DEAD_RATIO_MAX_DEFAULT, 0, false);
    }

    /// {@return what makes one layer of everything that some snapshots read, images included}
    ///
    /// @param references names, tags or ids
    public static CompactionPolicy intoOne(List<String> references) {
        if (references.isEmpty()) {
            throw new IllegalArgumentException("no snapshot to compact");
        }
        return new CompactionPolicy(references, 1, 0, 0, true);
    }

    /// {@return the same for other snapshots}
    ///
    /// @param others names, tags or ids; empty for all
    public CompactionPolicy withReferences(List<String> others) {
        return new CompactionPolicy(others, depthMax, deadRatioMax, runBlocksMin, takesBase);
    }

    /// {@return the same with another bound of depth}
    ///
    /// @param layerCount at least 1
    public CompactionPolicy withDepthMax(int layerCount) {
        return new CompactionPolicy(references, layerCount, deadRatioMax, runBlocksMin, takesBase);
    }

    /// {@return the same with another bound of dead blocks}
    ///
    /// @param ratio from 0 to 1
    public CompactionPolicy withDeadRatioMax(double ratio) {
        return new CompactionPolicy(references, depthMax, ratio, runBlocksMin, takesBase);
    }

    /// {@return the same with another bound of fragmentation}
    ///
    /// @param blockCount 0 for none
    public CompactionPolicy withRunBlocksMin(long blockCount) {
        return new CompactionPolicy(references, depthMax, deadRatioMax, blockCount, takesBase);
    }

    /// {@return the same, taking in what is read of images, or not}
    ///
    /// @param taken whether to
    public CompactionPolicy withBaseTaken(boolean taken) {
        return new CompactionPolicy(references, depthMax, deadRatioMax, runBlocksMin, taken);
    }
}
