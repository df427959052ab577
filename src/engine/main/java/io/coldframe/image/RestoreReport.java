package io.coldframe.image;

/// What a restore did.
///
/// @param byteCount the length of the memory
/// @param bytesRead how many bytes were read from images, and found right
/// @param bytesWritten how many were written; the others are zeros that were there already
/// @param sums what a full image of the memory holds: those of the file, where one was written
public record RestoreReport(long byteCount, long bytesRead, long bytesWritten, ImageSums sums) {}
