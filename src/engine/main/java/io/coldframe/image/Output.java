package io.coldframe.image;

/// How guest memory gets into a file.
///
/// What a file system refuses is replaced by what it takes, and [WriteReport#why()] says so.
/// `docs/writing.md` has the figures.
public enum Output {
    /// The fastest that the file system and the memory allow: direct, else buffered.
    AUTO,
    /// Copied into a mapping of the file, whose space is allocated before.
    MAPPED,
    /// Written past the page cache, from the guest's own pages; scattered pages of a diff are
    /// gathered, written as one, and spread afterwards.
    DIRECT,
    /// Written through the page cache in large pieces, which every file system takes.
    BUFFERED
}
