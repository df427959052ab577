package io.coldframe.bindings.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.coldframe.bindings.generated.linux.KvmH;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What is opened is closed, also where opening fails half way: as the kernel lists it.
final class OwnershipTest {
    private static final Set<UffdFeature> NONE = Set.of();

    @Test
    void aVmWithAVcpuAndARingLeavesNothing() throws IOException {
        assertLeavesNothing(
                () -> {
                    try (TestGuest guest =
                            TestGuest.with(
                                    Set.of(KvmVm.SlotFlag.LOG_DIRTY_PAGES),
                                    vm -> vm.enableDirtyRing(16 << 10))) {
                        Facilities.missing(guest.vm().createVcpu(0));
                        Facilities.missing(guest.vm().createDevice(KvmArm64.VGIC_V3));
                    }
                });
    }

    @Test
    void aVcpuWhoseVmIsClosedTooEarlyLeavesNothing() throws IOException {
        assertLeavesNothing(
                () -> {
                    try (Kvm kvm = Facilities.assume(Kvm.open())) {
                        KvmVm vm = Facilities.require(kvm.createVm());
                        Descriptor vcpu =
                                new Descriptor("vCPU", vm.ioctl(KvmH.KVM_CREATE_VCPU(), 0));
                        int byteCount = kvm.ioctl(KvmH.KVM_GET_VCPU_MMAP_SIZE(), 0);
                        vm.close();
                        assertThrows(
                                IllegalStateException.class,
                                () -> KvmVcpu.map(vm, 0, vcpu, byteCount, 0));
                    }
                });
    }

    @Test
    void aDeviceThatIsNotKvmLeavesNothing() throws IOException {
        assertLeavesNothing(() -> Facilities.missing(Kvm.open(Path.of("/dev/null"))));
    }

    @Test
    void everyWayToAUserfaultfdLeavesNothing() throws IOException {
        assertLeavesNothing(
                () -> {
                    Set<UffdFeature> all = EnumSet.allOf(UffdFeature.class);
                    for (UffdWay way : UffdWay.values()) {
                        Userfaultfd.open(way, NONE, all).asOptional().ifPresent(Userfaultfd::close);
                        Userfaultfd.known(way);
                    }
                });
    }

    @Test
    void aScanLeavesNothing() throws IOException {
        assertLeavesNothing(
                () -> Facilities.assume(PagemapScan.open(PageQuery.written(true))).close());
    }

    private static void assertLeavesNothing(Runnable action) throws IOException {
        // Once before, so that what the JVM opens for good is open.
        action.run();
        Map<String, Integer> before = descriptorsAndMappings();
        action.run();
        assertEquals(before, descriptorsAndMappings());
    }

    /// How many descriptors and mappings there are of each kind that these classes make.
    private static Map<String, Integer> descriptorsAndMappings() throws IOException {
        Map<String, Integer> counts = new TreeMap<>();
        try (var descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors) {
                if (Files.isSymbolicLink(descriptor)) {
                    count(counts, Files.readSymbolicLink(descriptor).toString());
                }
            }
        }
        for (String mapping : Files.readAllLines(Path.of("/proc/self/maps"))) {
            count(counts, mapping);
        }
        return counts;
    }

    private static void count(Map<String, Integer> counts, String text) {
        for (String kind : Set.of("kvm", "userfaultfd", "/pagemap", "/dev/null")) {
            if (text.contains(kind)) {
                counts.merge(kind, 1, Integer::sum);
            }
        }
    }
}
