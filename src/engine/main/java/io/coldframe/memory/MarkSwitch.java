package io.coldframe.memory;

import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;

/// Which marks are in force, and how they are replaced while other threads go on marking.
///
/// The protocol, by which no mark is lost:
///  1. A marker reads [#current()], marks there, and reads [#current()] again. If it has changed,
///     the marker marks again in the new one, until it has not.
///  2. A switch publishes the new marks first, and then adds the old ones to them.
///  3. Who takes marks out holds the same lock as a switch, so it never sees half of one.
///
/// Why: a mark in the old marks either comes before the switch reads that word, and is added to the
/// new ones, or after it. Then the new marks were published before the mark (a full fence stands
/// between publishing and reading), so the marker's second look finds them, and it marks there too.
/// A marker that finds its bit set in the old marks relies on a bit that the switch has yet to read
/// or has read already: nobody takes bits out of the old marks before the next switch.
///
/// Each switch publishes an object that was never current before, even if the bitmap in it was. So
/// a marker that sleeps through two switches still sees that something changed. What such a marker
/// leaves behind in a bitmap that is not in force is cleared before that bitmap is published again:
/// the marker has marked in what is in force, or will.
///
/// **Threads.** Any number of markers, which never wait. Switches and those who take marks out go
/// one at a time.
///
/// @param <M> the marks, an object of its own for every switch
final class MarkSwitch<M extends MarkSwitch.Marks<M>> {

    /// What can be in force.
    interface Marks<M> {
        /// Marks the addresses `[address, address + byteCount)`, each bit atomically. Who takes the
        /// bits out sees what this thread has done before.
        Mark mark(long address, long byteCount);

        /// Clears what the last time in force left behind, unless `older` has the same bitmap.
        void begin(M older);

        /// Adds what is marked in `older`, which stays as it is.
        void add(M older);
    }

    private final Lock lock;
    private volatile M current;

    /// @param lock held by a switch and by those who take marks out
    MarkSwitch(M first, Lock lock) {
        this.current = first;
        this.lock = lock;
    }

    /// What is in force now, and may not be any more when this returns.
    M current() {
        return current;
    }

    /// Marks so that it counts in what is in force when this returns.
    @SuppressWarnings("ReferenceEquality") // A switch is a new object, whatever it is equal to.
    Mark mark(long address, long byteCount) {
        M seen = current;
        Mark mark = seen.mark(address, byteCount);
        M now = current;
        while (now != seen) {
            seen = now;
            Mark again = seen.mark(address, byteCount);
            // The switch may have added our own first mark: it does not look fresh any more.
            mark = mark == Mark.FRESH ? mark : again;
            now = current;
        }
        return mark;
    }

    /// Lets `action` take marks out or put them back, with no switch in between.
    void exclusively(Consumer<M> action) {
        lock.lock();
        try {
            action.accept(current);
        } finally {
            lock.unlock();
        }
    }

    /// Puts `next` in force, with all that is marked now.
    void replace(M next) {
        exclusively(old -> publish(old, next));
    }

    /// Puts `next` in force if `expected` still is: who comes second changes nothing.
    @SuppressWarnings("ReferenceEquality") // As above.
    void replace(M expected, M next) {
        exclusively(
                old -> {
                    if (old == expected) {
                        publish(old, next);
                    }
                });
    }

    private void publish(M old, M next) {
        next.begin(old);
        current = next;
        // The reads of the old words are plain in part, and may not come before the store above.
        VarHandle.fullFence();
        next.add(old);
    }
}
