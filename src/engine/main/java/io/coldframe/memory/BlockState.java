package io.coldframe.memory;

/// What a scan found a block to be.
public enum BlockState {
    /// Every byte is zero, and the parent, if there is one, has something else there.
    ZERO,
    /// Every byte is what the parent has there. Only a scan against a parent answers this.
    UNCHANGED,
    /// Anything else: the bytes have to be stored.
    DATA
}
