package io.coldframe.layer;

import io.coldframe.memory.GuestMemory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;

/// A thread that writes to the memory of a guest until it is closed.
final class RestlessGuest implements AutoCloseable {
    private final AtomicBoolean over = new AtomicBoolean();
    private final Thread thread;

    private RestlessGuest(GuestMemory guest) {
        this.thread = new Thread(() -> write(guest), "restless guest");
    }

    static RestlessGuest start(GuestMemory guest) {
        RestlessGuest restless = new RestlessGuest(guest);
        restless.thread.start();
        return restless;
    }

    private void write(GuestMemory guest) {
        SplittableRandom random = new SplittableRandom(4);
        MemorySegment region = guest.segment(0);
        while (!over.get()) {
            region.set(
                    ValueLayout.JAVA_BYTE,
                    random.nextLong(region.byteSize()),
                    (byte) random.nextInt(2));
        }
    }

    @Override
    public void close() {
        over.set(true);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
