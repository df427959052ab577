package io.coldframe.snapshot;

import io.coldframe.Progress;

/// How much of a store is looked at.
///
/// @param readMemory whether every block of memory is read and summed, which takes as long as the
///     disk takes; the rest is looked at always
/// @param progress hears how much memory is read
public record FsckOptions(boolean readMemory, Progress progress) {

    /// Everything.
    public static final FsckOptions DEFAULT = new FsckOptions(true, Progress.NONE);
}
