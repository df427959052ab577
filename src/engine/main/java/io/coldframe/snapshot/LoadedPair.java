package io.coldframe.snapshot;

import io.coldframe.memory.GuestMemory;
import io.coldframe.state.MachineState;
import io.coldframe.state.StateEnvelope;

import java.nio.file.Path;

/// A pair that was checked and loaded: the machine as it was saved, ready to run.
///
/// **Lifetime.** Owns the memory that it made, and no memory that it was given. A mapping holds its
/// file, so the pair may be replaced or removed meanwhile.
///
/// **Threads.** As [GuestMemory].
public final class LoadedPair implements AutoCloseable {
    private final StateEnvelope envelope;
    private final MachineState state;
    private final Path memoryFile;
    private final GuestMemory memory;
    private final boolean isOwner;

    LoadedPair(
            StateEnvelope envelope,
            MachineState state,
            Path memoryFile,
            GuestMemory memory,
            boolean isOwner) {
        this.envelope = envelope;
        this.state = state;
        this.memoryFile = memoryFile;
        this.memory = memory;
        this.isOwner = isOwner;
    }

    /// {@return the machine, with the first virtual CPU on and all others off, as a machine starts}
    public MachineState state() {
        return state;
    }

    /// {@return the whole state file, as it was saved}
    public StateEnvelope envelope() {
        return envelope;
    }

    /// {@return where the memory was: the pair's file, or the one that a save which did not end has
    /// kept. Of a chain the last}
    public Path memoryFile() {
        return memoryFile;
    }

    /// {@return the memory}
    public GuestMemory memory() {
        return memory;
    }

    /// Ends the memory if this made it; again does nothing.
    @Override
    public void close() {
        if (isOwner) {
            memory.close();
        }
    }
}
