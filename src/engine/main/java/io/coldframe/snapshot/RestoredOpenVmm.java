package io.coldframe.snapshot;

import io.coldframe.memory.GuestMemory;

/// A snapshot whose memory is mapped: what the guest writes stays in this process, and the snapshot
/// is as it was, to be restored again.
///
/// **Lifetime.** Owns the memory. The mapping holds the file, so the snapshot may be replaced or
/// removed meanwhile.
///
/// **Threads.** As [GuestMemory].
public final class RestoredOpenVmm implements AutoCloseable {
    private final OpenVmmSnapshot snapshot;
    private final GuestMemory memory;

    RestoredOpenVmm(OpenVmmSnapshot snapshot, GuestMemory memory) {
        this.snapshot = snapshot;
        this.memory = memory;
    }

    /// {@return what the snapshot says about itself}
    public OpenVmmManifest manifest() {
        return snapshot.manifest();
    }

    /// {@return a copy of the machine state}
    public byte[] state() {
        return snapshot.state();
    }

    /// {@return the memory, which [#close()] ends}
    public GuestMemory memory() {
        return memory;
    }

    /// Ends the mapping; again does nothing.
    @Override
    public void close() {
        memory.close();
    }
}
