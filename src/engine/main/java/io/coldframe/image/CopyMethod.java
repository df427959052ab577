package io.coldframe.image;

/// How a file came to hold the bytes of another.
public enum CopyMethod {
    /// It is the other file, under a second name: what is written to one is written to both.
    LINK,
    /// It shares the other's blocks until one of the two is written to.
    REFLINK,
    /// Its bytes were copied, its holes kept.
    COPY
}
