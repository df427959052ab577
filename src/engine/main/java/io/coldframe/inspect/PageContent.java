package io.coldframe.inspect;

/// What a page holds, as far as it is known without reading it.
public enum PageContent {
    /// Stored bytes.
    DATA,
    /// Zeros, of which nothing is stored.
    ZERO,
    /// Either: the page is in an image, and the sums of an image do not tell zeros from data.
    UNKNOWN
}
