package io.coldframe.memory;

/// Takes what a scan found, run by run, in ascending order and without gaps.
///
/// Two runs that follow each other differ in their state, so each is as long as it can be.
///
/// @param <X> what taking a run may throw; it ends the scan and reaches the scan's caller
@FunctionalInterface
public interface BlockRuns<X extends Exception> {

    /// The blocks `[firstBlock, firstBlock + blockCount)`, counted from the start of the memory
    /// that is scanned, are all `state`.
    ///
    /// @param state what they are
    /// @param firstBlock the first of them
    /// @param blockCount how many, at least one
    /// @throws X to end the scan
    void accept(BlockState state, long firstBlock, long blockCount) throws X;
}
