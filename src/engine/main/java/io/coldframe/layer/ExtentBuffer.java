package io.coldframe.layer;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Gathers extents off the heap, and joins those that say the same. What it is given is known to
/// be right.
///
/// **Lifetime.** Owns the memory in which it gathers.
///
/// **Threads.** The one that made it.
final class ExtentBuffer implements AutoCloseable {
    private static final long CAPACITY_FIRST = 256;

    // One thread at a time, and not always the same one.
    private Arena arena = Arena.ofShared();
    private MemorySegment records;
    private long capacity;
    private long extentCount;
    private long endBlock;

    private int lastPlace = -1;
    // What the second word of blocks would be that continue the last extent.
    private long nextSecondWord;

    ExtentBuffer() {
        this(CAPACITY_FIRST);
    }

    /// For so many extents; more are taken all the same.
    ExtentBuffer(long capacity) {
        this.capacity = Math.max(1, capacity);
        records = arena.allocate(this.capacity * ExtentRecord.BYTE_COUNT, Long.BYTES);
    }

    /// Where the next extent begins.
    long endBlock() {
        return endBlock;
    }

    void add(long blockCount, int place, long secondWord) {
        if (place != lastPlace || secondWord != nextSecondWord) {
            if (extentCount == capacity) {
                grow();
            }
            ExtentRecord.set(
                    records, extentCount++, ExtentRecord.word(endBlock, place), secondWord);
            lastPlace = place;
        }
        nextSecondWord = ExtentRecord.shifted(place, secondWord, blockCount);
        endBlock += blockCount;
    }

    private void grow() {
        Arena larger = Arena.ofShared();
        MemorySegment copy = larger.allocate(2 * records.byteSize(), Long.BYTES).copyFrom(records);
        arena.close();
        arena = larger;
        records = copy;
        capacity *= 2;
    }

    /// The map of what was gathered.
    ExtentMap build(Arena owner) {
        MemorySegment gathered = records.asSlice(0, extentCount * ExtentRecord.BYTE_COUNT);
        MemorySegment copy = owner.allocate(gathered.byteSize(), Long.BYTES).copyFrom(gathered);
        return ExtentMap.ofChecked(copy, endBlock);
    }

    @Override
    public void close() {
        arena.close();
    }
}
