package io.coldframe.layer;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Sums one after another, off the heap, as many as come.
///
/// **Lifetime.** Owns its memory.
///
/// **Threads.** One at a time.
final class SumsRow implements AutoCloseable {

    private static final ValueLayout.OfInt SUM =
            ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);

    // Of 256 MiB in blocks of 4 KiB.
    private static final long SUMS_AT_FIRST = 1 << 16;

    // Shared, because the threads of a capture take turns.
    private Arena arena = Arena.ofShared();
    private MemorySegment room = arena.allocate(SUM, SUMS_AT_FIRST);
    private long count;

    void add(int sum) {
        if (count == room.byteSize() / SUM.byteSize()) {
            grow();
        }
        room.setAtIndex(SUM, count, sum);
        count++;
    }

    private void grow() {
        Arena larger = Arena.ofShared();
        MemorySegment copy = larger.allocate(SUM, Math.multiplyExact(count, 2L));
        MemorySegment.copy(room, 0, copy, 0, room.byteSize());
        room = copy;
        arena.close();
        arena = larger;
    }

    long count() {
        return count;
    }

    /// All of them, little-endian.
    MemorySegment bytes() {
        return room.asSlice(0, SUM.byteSize() * count);
    }

    @Override
    public void close() {
        arena.close();
    }
}
