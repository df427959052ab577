package io.coldframe.cli.doctor;

import io.coldframe.bindings.NativeMemory;
import io.coldframe.bindings.Platform;
import io.coldframe.bindings.linux.Kvm;
import io.coldframe.bindings.linux.KvmCapability;
import io.coldframe.bindings.linux.KvmDirtyRing;
import io.coldframe.bindings.linux.KvmVm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;

/// The hypervisor of Linux, and its three ways to tell what a guest wrote.
///
/// On x86-64 a guest really writes a page. On arm64 a log is only switched on and read.
final class KvmChecks {

    private static final String GROUP = "virtual machines";
    private static final long WRITTEN = 1L << TinyGuest.WRITTEN_PAGE;

    // Any size from a page up will do; this leaves room for what the processor logs on its own.
    private static final int RING_BYTE_COUNT = 1 << 16;

    private KvmChecks() {}

    static List<Check> all() {
        return List.of(
                Check.of(GROUP, "kvm", KvmChecks::kvm),
                Check.of(GROUP, "kvm.dirty-log", KvmChecks::dirtyLog),
                Check.of(GROUP, "kvm.manual-protect", KvmChecks::manualProtect)
                        .orElse("Linux 5.0 or later"),
                Check.of(GROUP, "kvm.dirty-ring", KvmChecks::dirtyRing)
                        .orElse("Linux 5.11 or later on x86-64, 6.4 on arm64"));
    }

    private static Outcome kvm() throws Refused {
        try (Kvm kvm = Refused.need(Kvm.open());
                KvmVm vm = Refused.need(kvm.createVm())) {
            long vcpuCount = vm.extension(KvmCapability.MAXIMUM_VCPUS);
            return Outcome.available(
                    "API version %d; a VM was made, with up to %d vCPUs"
                            .formatted(kvm.apiVersion(), vcpuCount),
                    Map.of("apiVersion", (long) kvm.apiVersion(), "vcpuCountMax", vcpuCount));
        }
    }

    private static boolean canRunTinyGuest() {
        return Platform.current() == Platform.LINUX_X64;
    }

    private static Outcome dirtyLog() throws Refused {
        try (Kvm kvm = Refused.need(Kvm.open())) {
            if (!canRunTinyGuest()) {
                return dirtyLogWithoutGuest(kvm);
            }
            try (TinyGuest guest = TinyGuest.logged(kvm, vm -> {})) {
                guest.run();
                long first = guest.dirtyLog();
                long second = guest.dirtyLog();
                if (first != WRITTEN || second != 0) {
                    return wrongLog(first, second);
                }
                return Outcome.available("a guest wrote one page, and the log named it");
            }
        }
    }

    private static Outcome wrongLog(long first, long second) {
        return Outcome.missing(
                "a guest wrote page %d, and the log reads 0x%x, then 0x%x"
                        .formatted(TinyGuest.WRITTEN_PAGE, first, second),
                "");
    }

    private static Outcome dirtyLogWithoutGuest(Kvm kvm) throws Refused {
        long byteCount = 16 * NativeMemory.pageByteCount();
        try (Mapped memory = Mapped.anonymous(byteCount, 0, "mmap");
                KvmVm vm = Refused.need(kvm.createVm());
                Arena arena = Arena.ofConfined()) {
            Set<KvmVm.SlotFlag> flags = Set.of(KvmVm.SlotFlag.LOG_DIRTY_PAGES);
            Refused.check(
                    vm.setMemory(0, flags, 0, memory.segment()),
                    "KVM_SET_USER_MEMORY_REGION with KVM_MEM_LOG_DIRTY_PAGES");
            MemorySegment words = arena.allocate(vm.dirtyLogByteCount(0), Long.BYTES);
            Refused.check(vm.getDirtyLog(0, words), "KVM_GET_DIRTY_LOG");
            return Outcome.available("switched on and read; no guest was run");
        }
    }

    private static Outcome manualProtect() throws Refused {
        try (Kvm kvm = Refused.need(Kvm.open())) {
            int flags = kvm.extension(KvmCapability.MANUAL_DIRTY_LOG_PROTECT2);
            if (flags <= 0) {
                return Outcome.missing(
                        "KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2 is 0", "Linux 5.0 or later");
            }
            if (!canRunTinyGuest()) {
                return Outcome.available("offered; no guest was run");
            }
            try (TinyGuest guest = TinyGuest.logged(kvm, KvmChecks::enableManualProtect)) {
                guest.run();
                long first = guest.dirtyLog();
                long second = guest.dirtyLog();
                guest.clearDirtyLog();
                long cleared = guest.dirtyLog();
                if (first != WRITTEN || second != WRITTEN || cleared != 0) {
                    return wrongLog(second, cleared);
                }
                return Outcome.available("reading keeps the log, clearing protects again");
            }
        }
    }

    private static void enableManualProtect(KvmVm vm) throws Refused {
        // 1: protection is put off until a page is cleared.
        Refused.check(
                vm.enable(KvmCapability.MANUAL_DIRTY_LOG_PROTECT2, 1),
                "KVM_ENABLE_CAP(KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2)");
    }

    private static Outcome dirtyRing() throws Refused {
        try (Kvm kvm = Refused.need(Kvm.open());
                KvmVm probe = Refused.need(kvm.createVm())) {
            long byteCountMax = probe.dirtyRingByteCountMax();
            if (byteCountMax <= 0) {
                return Outcome.missing(
                        "KVM_CAP_DIRTY_LOG_RING and KVM_CAP_DIRTY_LOG_RING_ACQ_REL are 0",
                        "Linux 5.11 or later on x86-64, 6.4 on arm64");
            }
            Map<String, Long> numbers = Map.of("byteCountMax", byteCountMax);
            if (!canRunTinyGuest()) {
                return Outcome.available("offered; no guest was run", numbers);
            }
            int byteCount = (int) Math.min(byteCountMax, RING_BYTE_COUNT);
            try (TinyGuest guest = TinyGuest.logged(kvm, vm -> enableRing(vm, byteCount))) {
                guest.run();
                String harvested = harvest(guest);
                String expected = TinyGuest.SLOT + ":" + TinyGuest.WRITTEN_PAGE;
                if (!harvested.equals(expected)) {
                    return Outcome.missing(
                            "a guest wrote %s, and the ring holds [%s]"
                                    .formatted(expected, harvested),
                            "");
                }
                return Outcome.available("a guest wrote one page, and its ring named it", numbers);
            }
        }
    }

    private static void enableRing(KvmVm vm, int byteCount) throws Refused {
        Refused.check(
                vm.enableDirtyRing(byteCount),
                "KVM_ENABLE_CAP(KVM_CAP_DIRTY_LOG_RING) of " + byteCount + " bytes");
    }

    private static String harvest(TinyGuest guest) throws Refused {
        KvmDirtyRing ring =
                guest.vcpu()
                        .dirtyRing()
                        .orElseThrow(() -> new IllegalStateException("the vCPU has no ring"));
        StringJoiner pages = new StringJoiner(" ");
        int count = ring.harvest((slot, page) -> pages.add(slot + ":" + page));
        int reset = guest.vm().resetDirtyRings();
        if (Refused.check(reset, "KVM_RESET_DIRTY_RINGS") != count) {
            throw new IllegalStateException("harvested " + count + ", but reset " + reset);
        }
        return pages.toString();
    }
}
