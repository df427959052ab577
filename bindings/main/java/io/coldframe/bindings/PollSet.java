package io.coldframe.bindings;

import io.coldframe.bindings.generated.linux.LibcH;
import io.coldframe.bindings.generated.linux.pollfd;
import io.coldframe.bindings.generated.macos.MacLibcH;
import io.coldframe.bindings.internal.Downcall;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// Descriptors that a thread waits for with `poll`.
///
/// `struct pollfd` and the events are the same on every platform.
///
/// **Lifetime.** The arena's. The descriptors stay their owner's.
///
/// **Threads.** One thread.
public final class PollSet {
    private static final Downcall POLL =
            Downcall.libc("poll", LibcH::poll$descriptor, MacLibcH::poll$descriptor);
    private static final boolean MACOS = Platform.current().isMacos();

    private final CallState state;
    private final MemorySegment entries;
    private final int count;

    private PollSet(CallState state, MemorySegment entries, int count) {
        this.state = state;
        this.entries = entries;
        this.count = count;
    }

    /// A set of `count` places; an empty place waits for nothing.
    public static PollSet in(Arena arena, int count) {
        if (count <= 0) {
            throw new IllegalArgumentException("count is not positive: " + count);
        }
        PollSet set = new PollSet(CallState.in(arena), pollfd.allocateArray(count, arena), count);
        for (int at = 0; at < count; at++) {
            set.clear(at);
        }
        return set;
    }

    /// Waits at this place for any of `events` of `fd`.
    ///
    /// @param events [Abi#POLLIN], [Abi#POLLOUT] or both; errors are always reported
    public void watch(int place, int fd, int events) {
        MemorySegment entry = entry(place);
        pollfd.fd(entry, fd);
        pollfd.events(entry, (short) events);
        pollfd.revents(entry, (short) 0);
    }

    /// Waits for nothing at this place.
    public void clear(int place) {
        // The kernel skips a negative descriptor.
        watch(place, -1, 0);
    }

    /// What the last wait found at this place; 0 if nothing.
    public int returned(int place) {
        return pollfd.revents(entry(place));
    }

    /// Waits until something happens, and says at how many places.
    ///
    /// @param timeoutMs 0 to look only, negative to wait for ever
    /// @return how many places have something, 0 at the timeout, or the negated errno (`-EINTR`
    ///     after a signal)
    public int await(int timeoutMs) {
        // The count is an unsigned long to Linux and an unsigned int to macOS.
        return MACOS
                ? POLL.callInt(
                        state,
                        (poll, caught) -> (int) poll.invokeExact(caught, entries, count, timeoutMs))
                : POLL.callInt(
                        state,
                        (poll, caught) ->
                                (int) poll.invokeExact(caught, entries, (long) count, timeoutMs));
    }

    private MemorySegment entry(int place) {
        return pollfd.asSlice(entries, Objects.checkIndex(place, count));
    }
}
