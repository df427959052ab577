package io.coldframe.cli.doctor;

import io.coldframe.bindings.Abi;
import io.coldframe.bindings.Errno;
import io.coldframe.bindings.Facility;
import io.coldframe.bindings.NativeMemory;
import io.coldframe.bindings.linux.UffdFeature;
import io.coldframe.bindings.linux.UffdHandler;
import io.coldframe.bindings.linux.UffdMessages;
import io.coldframe.bindings.linux.UffdMode;
import io.coldframe.bindings.linux.UffdWay;
import io.coldframe.bindings.linux.Userfaultfd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Page faults that this process serves itself: how it gets at them, and each feature in use.
///
/// Where faults inside native calls are served, a trial takes one; else it only resolves.
final class FaultChecks {

    private static final String GROUP = "page faults";
    private static final byte MARK = 0x2A;

    private FaultChecks() {}

    static List<Check> all() {
        return List.of(
                Check.of(GROUP, "userfaultfd", FaultChecks::reach),
                Check.of(GROUP, "userfaultfd.kernel-faults", FaultChecks::kernelFaults),
                Check.of(GROUP, "userfaultfd.missing", FaultChecks::missing),
                Check.of(GROUP, "userfaultfd.minor-shmem", FaultChecks::minor),
                Check.of(GROUP, "userfaultfd.continue", FaultChecks::resume),
                Check.of(GROUP, "userfaultfd.event-remove", FaultChecks::remove),
                Check.of(GROUP, "userfaultfd.move", FaultChecks::move),
                Check.of(GROUP, "userfaultfd.poison", FaultChecks::poison));
    }

    private static Outcome reach() throws Refused {
        // The reason names the answer of each way.
        UffdWay ignored = Refused.need(Faults.firstWay());
        return Outcome.available(
                Stream.of(UffdWay.values())
                        .filter(way -> Userfaultfd.known(way) instanceof Facility.Available<?>)
                        .map(UffdWay::toString)
                        .collect(Collectors.joining(", ", "by ", "")));
    }

    private static byte first(MemorySegment memory) {
        return memory.get(ValueLayout.JAVA_BYTE, 0);
    }

    private static Mapped page() throws Refused {
        return Mapped.anonymous(NativeMemory.pageByteCount(), 0, "mmap");
    }

    private static Mapped markedPage() throws Refused {
        Mapped page = page();
        page.segment().fill(MARK);
        return page;
    }

    private static void needMark(MemorySegment page, String call) throws Refused {
        byte found = first(page);
        if (found != MARK) {
            throw Refused.because(call + " answers well, but the page reads " + found, "");
        }
    }

    private static void needFault(Faults faults, boolean minor) throws Refused {
        Optional<MemorySegment> message = faults.await();
        if (message.isEmpty()) {
            throw Refused.because("a fault in registered memory sent no message", "");
        }
        int event = UffdMessages.event(message.get(), 0);
        if (event != UffdMessages.PAGEFAULT
                || UffdMessages.faultIsMinor(message.get(), 0) != minor) {
            throw Refused.because("a fault in registered memory sent message " + event, "");
        }
    }

    /// What a pager of KVM guests needs: their faults are the kernel's.
    private static Outcome kernelFaults() throws Refused {
        if (Refused.need(Faults.firstWay()) == UffdWay.USER_FAULTS_ONLY) {
            return Outcome.missing(
                    reasonOf(UffdWay.SYSTEM_CALL) + "; " + reasonOf(UffdWay.DEVICE),
                    "sysctl vm.unprivileged_userfaultfd=1, or CAP_SYS_PTRACE, or access to"
                            + " /dev/userfaultfd (Linux 6.1 or later)");
        }
        try (Mapped source = markedPage();
                Mapped target = page();
                HeldCall call = new HeldCall();
                Faults faults = Faults.with(Set.of(), "")) {
            MemorySegment page = target.segment();
            faults.register(page, UffdMode.MISSING);
            call.start(() -> NativeMemory.madvise(page, Abi.MADV_POPULATE_READ));
            needFault(faults, false);
            copyIn(faults, source.segment(), page);
            Refused.check(call.await(), "madvise(MADV_POPULATE_READ)");
            return Outcome.available("a system call ran into a missing page and was served");
        }
    }

    private static String reasonOf(UffdWay way) {
        return switch (Userfaultfd.known(way)) {
            case Facility.Missing<?> missing -> missing.reason();
            case Facility.Available<?> open -> way + " is open";
        };
    }

    private static Outcome missing() throws Refused {
        try (Mapped source = markedPage();
                Mapped target = page();
                Faults faults = Faults.with(Set.of(), "")) {
            faults.register(target.segment(), UffdMode.MISSING);
            copyIn(faults, source.segment(), target.segment());
            return Outcome.available("a missing page was copied in");
        }
    }

    private static void copyIn(Faults faults, MemorySegment source, MemorySegment page)
            throws Refused {
        UffdHandler.Wake now = UffdHandler.Wake.NOW;
        long copied = faults.handler().copy(page.address(), source, 0, page.byteSize(), now);
        Refused.check(copied, "UFFDIO_COPY");
        needMark(page, "UFFDIO_COPY");
    }

    private static Outcome minor() throws Refused {
        String remedy = "Linux 5.14 or later";
        long byteCount = NativeMemory.pageByteCount();
        try (OpenFile file = OpenFile.inMemory(0, byteCount);
                Mapped writer = Mapped.shared(file, byteCount);
                Mapped reader = Mapped.shared(file, byteCount);
                HeldCall call = new HeldCall();
                Faults faults = Faults.with(Set.of(UffdFeature.MINOR_SHMEM), remedy)) {
            writer.segment().fill(MARK);
            MemorySegment page = reader.segment();
            faults.register(page, UffdMode.MINOR);
            if (!faults.servesNativeCalls()) {
                return Outcome.available("registered; no fault was taken");
            }
            call.start(() -> NativeMemory.madvise(page, Abi.MADV_POPULATE_READ));
            needFault(faults, true);
            return Outcome.available("a page in the file but not mapped was faulted on");
        }
    }

    private static Outcome resume() throws Refused {
        String remedy = "Linux 5.14 or later";
        long byteCount = NativeMemory.pageByteCount();
        try (OpenFile file = OpenFile.inMemory(0, byteCount);
                Mapped writer = Mapped.shared(file, byteCount);
                Mapped reader = Mapped.shared(file, byteCount);
                Faults faults = Faults.with(Set.of(UffdFeature.MINOR_SHMEM), remedy)) {
            writer.segment().fill(MARK);
            MemorySegment page = reader.segment();
            faults.register(page, UffdMode.MINOR);
            long mapped = faults.handler().resume(page.address(), byteCount, UffdHandler.Wake.NOW);
            Refused.check(mapped, "UFFDIO_CONTINUE");
            needMark(page, "UFFDIO_CONTINUE");
            return Outcome.available("a page of the file was mapped in");
        }
    }

    private static Outcome remove() throws Refused {
        try (Mapped mapped = markedPage();
                HeldCall call = new HeldCall();
                Faults faults =
                        Faults.with(Set.of(UffdFeature.EVENT_REMOVE), "Linux 4.11 or later")) {
            MemorySegment page = mapped.segment();
            faults.register(page, UffdMode.MISSING);
            call.start(() -> NativeMemory.madvise(page, Abi.MADV_DONTNEED));
            Optional<MemorySegment> message = faults.await();
            if (message.isEmpty()) {
                return Outcome.missing("madvise(MADV_DONTNEED) sent no message", "");
            }
            int event = UffdMessages.event(message.get(), 0);
            if (event != UffdMessages.REMOVE) {
                return Outcome.missing("madvise(MADV_DONTNEED) sent message " + event, "");
            }
            Refused.check(call.await(), "madvise(MADV_DONTNEED)");
            return Outcome.available("a message told which page was dropped");
        }
    }

    private static Outcome move() throws Refused {
        try (Mapped source = markedPage();
                Mapped target = page();
                Faults faults = Faults.with(Set.of(UffdFeature.MOVE), "Linux 6.8 or later")) {
            MemorySegment page = target.segment();
            faults.register(page, UffdMode.MISSING);
            long moved =
                    faults.handler()
                            .move(
                                    page.address(),
                                    source.segment(),
                                    0,
                                    page.byteSize(),
                                    UffdHandler.Wake.NOW);
            Refused.check(moved, "UFFDIO_MOVE");
            needMark(page, "UFFDIO_MOVE");
            return Outcome.available("a page went in without a copy");
        }
    }

    private static Outcome poison() throws Refused {
        try (Mapped mapped = page();
                Faults faults = Faults.with(Set.of(UffdFeature.POISON), "Linux 6.6 or later")) {
            MemorySegment page = mapped.segment();
            faults.register(page, UffdMode.MISSING);
            long poisoned =
                    faults.handler().poison(page.address(), page.byteSize(), UffdHandler.Wake.NOW);
            Refused.check(poisoned, "UFFDIO_POISON");
            // The kernel's own look at it: a load here would be the end of the process.
            int looked = NativeMemory.madvise(page, Abi.MADV_POPULATE_READ);
            if (looked >= 0) {
                return Outcome.missing("a poisoned page could be read", "");
            }
            return Outcome.available("a poisoned page answers " + Errno.name(-looked));
        }
    }
}
