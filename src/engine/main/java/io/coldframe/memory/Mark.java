package io.coldframe.memory;

/// What marking a page or a range of pages found there.
public enum Mark {
    /// At least one of the pages was clean and is dirty now.
    FRESH,
    /// Every page was dirty before. Nothing changed.
    ALREADY_DIRTY,
    /// The address or page is not one of the bitmap's. Nothing was marked, not even in part.
    OUT_OF_RANGE
}
