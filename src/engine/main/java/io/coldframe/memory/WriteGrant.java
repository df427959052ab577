package io.coldframe.memory;

/// The guest addresses that a fault makes writable: all of them are marked dirty.
///
/// @param address the first address, a multiple of the host's page from the start of the region
/// @param byteCount how many bytes, a multiple of the host's page
public record WriteGrant(long address, long byteCount) {}
