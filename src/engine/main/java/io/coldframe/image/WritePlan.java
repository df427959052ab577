package io.coldframe.image;

import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageSize;

/// What is to be written: which pages of which memory, and where their sums go.
///
/// **Threads.** Immutable but for the sums, of which each thread sets others.
///
/// @param memory the guest's
/// @param sums what is held, and room for the sums
/// @param options how to write it
record WritePlan(GuestMemory memory, SumsBuilder sums, WriteOptions options) {

    WrittenPages pages() {
        return sums.pages();
    }

    PageSize pageSize() {
        return sums.header().pageSize();
    }

    long byteCount() {
        return sums.header().byteCount();
    }

    boolean isFull() {
        return pages().isAll();
    }

    /// How many threads write where others sum: one, unless there are more than two.
    int writerCount() {
        return Math.max(1, options.threadCount() - 1);
    }

    /// How many bytes are held.
    long heldBytes() {
        return units(byteCount()).heldBytes();
    }

    /// All of it, in units of about `unitBytes`.
    HeldUnits units(long unitBytes) {
        return new HeldUnits(sums, unitBytes);
    }

    /// Visits what a unit holds, in ascending order.
    <X extends Exception> void forEachRun(WriteUnit unit, HeldUnits.ByteRuns<X> visitor) throws X {
        units(byteCount()).forEachRun(unit, visitor);
    }
}
