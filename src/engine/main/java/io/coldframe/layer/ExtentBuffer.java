package io.coldframe.layer;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// Gathers extents, and joins those that say the same. What it is given is known to be right.
///
/// The first few lie on the heap: most maps have no more, and a shared arena is dear to close.
///
/// **Lifetime.** Owns the memory in which it gathers.
///
/// **Threads.** One at a time, whichever.
final class ExtentBuffer implements AutoCloseable {
    // 4 KiB.
    private static final int CAPACITY_FIRST = 256;

    private Optional<Arena> arena = Optional.empty();
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
        this.capacity = Math.max(CAPACITY_FIRST, capacity);
        records =
                this.capacity == CAPACITY_FIRST
                        ? MemorySegment.ofArray(new long[2 * CAPACITY_FIRST])
                        : allocate();
    }

    private MemorySegment allocate() {
        Arena shared = Arena.ofShared();
        MemorySegment allocated = shared.allocate(capacity * ExtentRecord.BYTE_COUNT, Long.BYTES);
        arena = Optional.of(shared);
        return allocated;
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
        Optional<Arena> outgrown = arena;
        MemorySegment gathered = records;
        capacity *= 2;
        records = allocate().copyFrom(gathered);
        outgrown.ifPresent(Arena::close);
    }

    /// The map of what was gathered.
    ExtentMap build(Arena owner) {
        MemorySegment gathered = records.asSlice(0, extentCount * ExtentRecord.BYTE_COUNT);
        MemorySegment copy = owner.allocate(gathered.byteSize(), Long.BYTES).copyFrom(gathered);
        return ExtentMap.ofChecked(copy, endBlock);
    }

    @Override
    public void close() {
        arena.ifPresent(Arena::close);
    }
}
