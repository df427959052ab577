package io.coldframe.layer;

/// What was found, of one lane or of all.
///
/// **Threads.** One at a time.
final class LayerCounts {
    long dataBlocks;
    long zeroBlocks;
    long unchangedBlocks;
    long cleanBlocks;
    long bytesRead;
    long parentBytesRead;

    void add(LayerCounts other) {
        dataBlocks += other.dataBlocks;
        zeroBlocks += other.zeroBlocks;
        unchangedBlocks += other.unchangedBlocks;
        cleanBlocks += other.cleanBlocks;
        bytesRead += other.bytesRead;
        parentBytesRead += other.parentBytesRead;
    }
}
