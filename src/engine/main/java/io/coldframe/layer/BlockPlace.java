package io.coldframe.layer;

/// Where the bytes of a block are.
public enum BlockPlace {
    /// In a layer.
    DATA,
    /// Nowhere: every byte is zero.
    ZERO,
    /// In the parent. In a committed index that is its base, an image.
    PARENT
}
