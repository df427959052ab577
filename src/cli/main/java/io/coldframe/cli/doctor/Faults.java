package io.coldframe.cli.doctor;

import io.coldframe.bindings.Abi;
import io.coldframe.bindings.Facility;
import io.coldframe.bindings.PollSet;
import io.coldframe.bindings.linux.UffdFeature;
import io.coldframe.bindings.linux.UffdHandler;
import io.coldframe.bindings.linux.UffdMessages;
import io.coldframe.bindings.linux.UffdMode;
import io.coldframe.bindings.linux.UffdWay;
import io.coldframe.bindings.linux.Userfaultfd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// A userfaultfd of one trial, by the first way that is open, with its handler.
///
/// **Lifetime.** Owns both. Closing it lets go of every thread that waits.
///
/// **Threads.** One.
final class Faults implements AutoCloseable {

    private static final int MESSAGE_WAIT_MAX_MS = 10_000;

    private final Arena arena = Arena.ofConfined();
    private final UffdWay way;
    private final Userfaultfd uffd;
    private final UffdHandler handler;
    private final MemorySegment message;

    private Faults(UffdWay way, Userfaultfd uffd) {
        this.way = way;
        this.uffd = uffd;
        this.handler = UffdHandler.of(uffd, arena);
        this.message = arena.allocate(UffdMessages.BYTE_COUNT, Long.BYTES);
    }

    /// One with exactly these features.
    ///
    /// @param remedy where the kernel lacks one of them
    static Faults with(Set<UffdFeature> features, String remedy) throws Refused {
        UffdWay way = Refused.need(firstWay());
        Set<UffdFeature> lacking = EnumSet.noneOf(UffdFeature.class);
        lacking.addAll(features);
        lacking.removeAll(Refused.need(Userfaultfd.known(way)));
        if (!lacking.isEmpty()) {
            throw Refused.because("UFFDIO_API does not offer " + lacking, remedy);
        }
        Set<UffdFeature> none = EnumSet.noneOf(UffdFeature.class);
        Set<UffdFeature> wanted = EnumSet.noneOf(UffdFeature.class);
        wanted.addAll(features);
        return new Faults(way, Refused.need(Userfaultfd.open(way, wanted, none)));
    }

    /// The first way that is open, or why none is.
    static Facility<UffdWay> firstWay() {
        Set<UffdFeature> none = EnumSet.noneOf(UffdFeature.class);
        return Userfaultfd.open(none, none)
                .map(
                        opened -> {
                            opened.uffd().close();
                            return opened.way();
                        });
    }

    /// Whether a fault inside a native call is served too, and does not just fail.
    boolean servesNativeCalls() {
        return way != UffdWay.USER_FAULTS_ONLY;
    }

    UffdHandler handler() {
        return handler;
    }

    void register(MemorySegment range, UffdMode mode) throws Refused {
        Refused.check(uffd.register(range, Set.of(mode)), "UFFDIO_REGISTER for " + mode);
    }

    /// The next message, or none if none comes in time.
    Optional<MemorySegment> await() throws Refused {
        PollSet poll = PollSet.in(arena, 1);
        poll.watch(0, uffd.descriptor(), Abi.POLLIN);
        if (Refused.check(poll.await(MESSAGE_WAIT_MAX_MS), "poll of a userfaultfd") == 0) {
            return Optional.empty();
        }
        Refused.check(handler.read(message), "read of a userfaultfd");
        return Optional.of(message);
    }

    @Override
    public void close() {
        uffd.close();
        arena.close();
    }
}
