package io.coldframe.bindings.linux;

import io.coldframe.bindings.Libc;

import java.util.concurrent.atomic.AtomicInteger;

/// A file descriptor with one owner.
///
/// **Lifetime.** Closed once, by the owner; after that, [#number()] fails instead of naming a
/// descriptor that may by now be somebody else's.
///
/// **Threads.** Any thread may ask for the number. A call that is under way while another thread
/// closes is the owner's mistake, and is not caught.
final class Descriptor implements AutoCloseable {
    private static final int CLOSED = -1;

    private final String name;
    private final AtomicInteger number;

    Descriptor(String name, int number) {
        assert number >= 0 : name + ": " + number;
        this.name = name;
        this.number = new AtomicInteger(number);
    }

    int number() {
        int open = number.get();
        if (open == CLOSED) {
            throw new IllegalStateException(name + " is closed");
        }
        return open;
    }

    boolean isOpen() {
        return number.get() != CLOSED;
    }

    @Override
    public void close() {
        int open = number.getAndSet(CLOSED);
        if (open != CLOSED) {
            // Linux frees the number whatever close answers, so there is nothing to try again.
            int ignored = Libc.close(open);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
