package io.coldframe.image;

/// What one thread writes and sums at a time: the pages of some whole blocks.
///
/// @param firstPage where the blocks begin, a page that is held
/// @param endPage where they end
/// @param packedOffset how many held bytes there are before them
/// @param byteCount how many they hold
record WriteUnit(long firstPage, long endPage, long packedOffset, long byteCount) {}
