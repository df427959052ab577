package io.coldframe.snapshot;

import io.coldframe.image.CopyMethod;

/// What [OpenVmmDirectory#writeSnapshot] has committed.
///
/// @param memoryByteCount the length of the memory
/// @param method how the memory came into the snapshot
public record OpenVmmReport(long memoryByteCount, CopyMethod method) {}
