package io.coldframe.bindings;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// Where the errno of a native call is caught.
///
/// Most calls make one for themselves. A loop that serves faults makes one of its own, so that a
/// call allocates nothing.
///
/// **Lifetime.** The arena's.
///
/// **Threads.** One thread at a time: two would read each other's errno.
public final class CallState {
    private static final StructLayout LAYOUT = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = LAYOUT.varHandle(PathElement.groupElement("errno"));

    private final MemorySegment segment;

    private CallState(MemorySegment segment) {
        this.segment = segment;
    }

    /// A state that lives as long as `arena`.
    public static CallState in(Arena arena) {
        return new CallState(arena.allocate(LAYOUT));
    }

    /// What a downcall with captured errno takes as its first argument.
    public MemorySegment segment() {
        return segment;
    }

    /// What the C function returned, or the negated errno where that says failure.
    public int result(int returned) {
        return returned < 0 ? -(int) ERRNO.get(segment, 0L) : returned;
    }

    /// As [#result(int)], for a function that returns 64 bits.
    public long result(long returned) {
        return returned < 0 ? -(int) ERRNO.get(segment, 0L) : returned;
    }
}
