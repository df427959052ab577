package io.coldframe.image;

/// What a [MemoryWriter] did.
///
/// @param output how the bytes got into the file; never [Output#AUTO]
/// @param why why that way, in words
/// @param pageCount how many pages the image holds, in its own page size
/// @param byteCount how many bytes those pages have
/// @param bytesWritten how many of them were written; the others are zeros, left out as holes
public record WriteReport(
        Output output, String why, long pageCount, long byteCount, long bytesWritten) {}
