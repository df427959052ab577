package io.coldframe.image;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.HostPages;

import java.lang.foreign.MemorySegment;

/// A buffer that a device can take in few pieces: on huge pages, where the host has them.
///
/// **Lifetime.** Owns its memory.
///
/// **Threads.** One at a time.
public final class Staging implements AutoCloseable {

    private final GuestMemory memory;

    private Staging(GuestMemory memory) {
        this.memory = memory;
    }

    /// {@return a buffer of zeros}
    ///
    /// @param byteCount a multiple of a huge page, or the last one is small ones
    /// @throws SnapshotException if the host has not so much memory
    public static Staging allocate(long byteCount) throws SnapshotException {
        GuestLayout layout = GuestLayout.of(byteCount);
        try {
            return new Staging(GuestMemory.anonymous(layout, HostPages.Advice.TRANSPARENT_HUGE));
        } catch (SnapshotException refused) {
            if (refused.kind() != Kind.UNSUPPORTED) {
                throw refused;
            }
            return new Staging(GuestMemory.anonymous(layout));
        }
    }

    /// {@return all of it}
    public MemorySegment segment() {
        return memory.segment(0);
    }

    @Override
    public void close() {
        memory.close();
    }
}
