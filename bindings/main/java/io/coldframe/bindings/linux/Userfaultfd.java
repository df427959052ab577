package io.coldframe.bindings.linux;

import io.coldframe.bindings.Errno;
import io.coldframe.bindings.Facility;
import io.coldframe.bindings.Libc;
import io.coldframe.bindings.Platform;
import io.coldframe.bindings.generated.linux.UserfaultfdH;
import io.coldframe.bindings.generated.linux.uffdio_api;
import io.coldframe.bindings.generated.linux.uffdio_range;
import io.coldframe.bindings.generated.linux.uffdio_register;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Page faults of this process, answered by this process.
///
/// Here are the calls that say which memory is watched; a [UffdHandler] reads the faults and
/// resolves them. Results are the kernel's, or the negated errno.
///
/// Java code must never be the first to touch memory that is watched for missing pages: the thread
/// would wait inside the kernel while the JVM takes it to be running Java, and no safepoint is
/// reached until the fault is served. Reach such memory through a native call first.
///
/// **Lifetime.** Owns one descriptor, which never waits. With it all ranges are let go: a thread
/// that waits in one goes on and sees zeros. Memory is borrowed and not kept.
///
/// **Threads.** Any thread may call. [#close()] is called by the owner, when nobody else does.
public final class Userfaultfd implements AutoCloseable {
    private final Descriptor uffd;
    private final Set<UffdFeature> features;

    private Userfaultfd(Descriptor uffd, Set<UffdFeature> features) {
        this.uffd = uffd;
        this.features = copy(features);
    }

    /// A userfaultfd and the way that led to it.
    ///
    /// @param uffd belongs to the caller
    /// @param way how it was reached
    public record Opened(Userfaultfd uffd, UffdWay way) {}

    /// Tries the ways in their order; where none is open, the reason names the answer of each.
    ///
    /// @param required without these, there is none
    /// @param optional granted where the kernel has them
    public static Facility<Opened> open(Set<UffdFeature> required, Set<UffdFeature> optional) {
        List<String> reasons = new ArrayList<>();
        List<String> remedies = new ArrayList<>();
        for (UffdWay way : UffdWay.values()) {
            switch (open(way, required, optional)) {
                case Facility.Available<Userfaultfd>(Userfaultfd uffd) -> {
                    return Facility.available(new Opened(uffd, way));
                }
                case Facility.Missing<Userfaultfd>(String reason, String remedy) -> {
                    reasons.add(reason);
                    remedies.add(remedy);
                }
            }
        }
        remedies.removeIf(String::isEmpty);
        return Facility.missing(
                String.join("; ", reasons),
                String.join("; or ", remedies.stream().distinct().toList()));
    }

    /// Tries one way.
    public static Facility<Userfaultfd> open(
            UffdWay way, Set<UffdFeature> required, Set<UffdFeature> optional) {
        return switch (known(way)) {
            case Facility.Missing<Set<UffdFeature>>(String reason, String remedy) ->
                    Facility.missing(reason, remedy);
            case Facility.Available<Set<UffdFeature>>(Set<UffdFeature> known) -> {
                Set<UffdFeature> lacking = copy(required);
                lacking.removeAll(known);
                if (!lacking.isEmpty()) {
                    yield Facility.missing(
                            way + ": this kernel lacks " + lacking, "a newer kernel");
                }
                Set<UffdFeature> granted = copy(known);
                granted.retainAll(optional);
                granted.addAll(required);
                yield openWith(way, granted);
            }
        };
    }

    /// The features that the kernel knows, asked by a descriptor of its own, because a handshake is
    /// for ever.
    public static Facility<Set<UffdFeature>> known(UffdWay way) {
        return shakeHands(way, 0)
                .map(
                        hands -> {
                            hands.uffd().close();
                            return UffdFeature.of(hands.known());
                        });
    }

    private static Facility<Userfaultfd> openWith(UffdWay way, Set<UffdFeature> granted) {
        return shakeHands(way, UffdFeature.bits(granted))
                .map(hands -> new Userfaultfd(hands.uffd(), granted));
    }

    private record Hands(Descriptor uffd, long known) {}

    private static Facility<Hands> shakeHands(UffdWay way, long features) {
        if (!Platform.current().isLinux()) {
            return Facility.missing(way + ": userfaultfd is part of Linux", "");
        }
        int opened = way.open();
        if (opened < 0) {
            return Facility.missing(way + " answers " + Errno.text(-opened), way.remedy(-opened));
        }
        Descriptor uffd = new Descriptor("userfaultfd", opened);
        try (Arena call = Arena.ofConfined()) {
            MemorySegment api = uffdio_api.allocate(call);
            uffdio_api.api(api, UserfaultfdH.UFFD_API());
            uffdio_api.features(api, features);
            int answer = Libc.ioctl(opened, UserfaultfdH.UFFDIO_API(), api);
            if (answer == 0) {
                return Facility.available(new Hands(uffd, uffdio_api.features(api)));
            }
            uffd.close();
            return Facility.missing(
                    way
                            + ": UFFDIO_API with "
                            + UffdFeature.of(features)
                            + " answers "
                            + Errno.text(-answer),
                    answer == -Errno.EPERM ? "give this process CAP_SYS_PTRACE" : "");
        }
    }

    /// Takes over a descriptor that another process, or a fork message, handed over after its
    /// handshake.
    ///
    /// @param descriptor belongs to the result
    /// @param features what its handshake granted
    public static Userfaultfd adopt(int descriptor, Set<UffdFeature> features) {
        if (descriptor < 0) {
            throw new IllegalArgumentException("not a descriptor: " + descriptor);
        }
        return new Userfaultfd(new Descriptor("userfaultfd", descriptor), features);
    }

    /// What was granted.
    public Set<UffdFeature> features() {
        return copy(features);
    }

    /// The descriptor, to wait for and to pass on. It stays this object's.
    public int descriptor() {
        return uffd.number();
    }

    // EnumSet.copyOf refuses an empty set that is no EnumSet.
    private static Set<UffdFeature> copy(Set<UffdFeature> features) {
        Set<UffdFeature> copy = EnumSet.noneOf(UffdFeature.class);
        copy.addAll(features);
        return copy;
    }

    /// Watches whole pages.
    ///
    /// @return a bit for each ioctl that the range takes, or the negated errno: `-EBUSY`, another
    ///     userfaultfd watches it
    public long register(MemorySegment range, Set<UffdMode> modes) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment register = uffdio_register.allocate(call);
            setRange(uffdio_register.range(register), range);
            uffdio_register.mode(register, UffdMode.bits(modes));
            int answer = Libc.ioctl(uffd.number(), UserfaultfdH.UFFDIO_REGISTER(), register, range);
            return answer < 0 ? answer : uffdio_register.ioctls(register);
        }
    }

    /// Lets whole pages go. Threads that wait for them go on, and see zeros where nothing came.
    public int unregister(MemorySegment range) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment bounds = uffdio_range.allocate(call);
            setRange(bounds, range);
            return Libc.ioctl(uffd.number(), UserfaultfdH.UFFDIO_UNREGISTER(), bounds, range);
        }
    }

    private static void setRange(MemorySegment bounds, MemorySegment range) {
        uffdio_range.start(bounds, range.address());
        uffdio_range.len(bounds, range.byteSize());
    }

    @Override
    public void close() {
        uffd.close();
    }
}
