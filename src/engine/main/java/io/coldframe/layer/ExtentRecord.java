package io.coldframe.layer;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// An extent, as it lies in a map: two little-endian words.
///
/// ```
///         63                                   24 23                     0
///        +---------------------------------------+-----------------------+
///  first | first block, 40 bits                  | place, 24 bits        |
///        +---------------------------------------+-----------------------+
///  second| stored block, 40 bits                 | origin, 24 bits       |
///        +---------------------------------------+-----------------------+
/// ```
/// The place is 0 for zero, 1 for the parent's, and 2 + n for layer n. Where nothing is stored the
/// stored block is 0, and so is the origin of what is the parent's. An extent ends where the next
/// one begins, so that neither a gap nor an overlap can be said.
final class ExtentRecord {

    static final int BYTE_COUNT = 16;

    static final int PLACE_ZERO = 0;
    static final int PLACE_PARENT = 1;
    static final int PLACE_LAYERS = 2;

    /// Layers are below this; an index may have fewer.
    static final int LAYERS_MAX = (1 << 24) - PLACE_LAYERS;

    // Blocks have 40 bits; places and origins have the rest of a word.
    private static final int ORDINAL_BITS = 24;

    /// Places and origins are below this.
    static final int ORDINALS_MAX = 1 << ORDINAL_BITS;

    private static final ValueLayout.OfLong WORD =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private ExtentRecord() {}

    static long firstWord(MemorySegment records, long extent) {
        return records.get(WORD, extent * BYTE_COUNT);
    }

    static long secondWord(MemorySegment records, long extent) {
        return records.get(WORD, extent * BYTE_COUNT + Long.BYTES);
    }

    static void set(MemorySegment records, long extent, long firstWord, long secondWord) {
        records.set(WORD, extent * BYTE_COUNT, firstWord);
        records.set(WORD, extent * BYTE_COUNT + Long.BYTES, secondWord);
    }

    /// A word of a block and a place, or of a stored block and an origin.
    static long word(long block, int ordinal) {
        return (block << ORDINAL_BITS) | ordinal;
    }

    static long block(long word) {
        return word >>> ORDINAL_BITS;
    }

    static int ordinal(long word) {
        return (int) word & (ORDINALS_MAX - 1);
    }

    /// The second word of what follows after some blocks of an extent and says the same.
    static long shifted(int place, long secondWord, long blockCount) {
        return place < PLACE_LAYERS ? secondWord : secondWord + (blockCount << ORDINAL_BITS);
    }
}
