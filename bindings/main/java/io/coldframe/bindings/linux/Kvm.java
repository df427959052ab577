package io.coldframe.bindings.linux;

import io.coldframe.bindings.Abi;
import io.coldframe.bindings.Errno;
import io.coldframe.bindings.Facility;
import io.coldframe.bindings.Libc;
import io.coldframe.bindings.Platform;
import io.coldframe.bindings.generated.linux.KvmH;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// `/dev/kvm`, opened: what the kernel's hypervisor offers, and the maker of VMs.
///
/// Calls answer their result or the negated errno, here and on all that is made from here.
///
/// **Lifetime.** Owns one descriptor. VMs do not need it any more once made.
///
/// **Threads.** Any thread may call; [#close()] is called by the owner, when nobody else does.
public final class Kvm implements AutoCloseable {
    static final Path DEVICE = Path.of("/dev/kvm");

    private final Descriptor device;
    private final int apiVersion;

    private Kvm(Descriptor device, int apiVersion) {
        this.device = device;
        this.apiVersion = apiVersion;
    }

    /// KVM, or why this process can't use it.
    public static Facility<Kvm> open() {
        return open(DEVICE);
    }

    static Facility<Kvm> open(Path path) {
        if (!Platform.current().isLinux()) {
            return Facility.missing("KVM is part of Linux", "");
        }
        int opened = Libc.open(path, Abi.O_RDWR | Abi.O_CLOEXEC, 0);
        if (opened < 0) {
            return Facility.missing(
                    "open(" + path + ") answers " + Errno.text(-opened), remedy(-opened));
        }
        Descriptor device = new Descriptor(path.toString(), opened);
        int apiVersion = Libc.ioctl(opened, KvmH.KVM_GET_API_VERSION(), 0);
        if (apiVersion != KvmH.KVM_API_VERSION()) {
            device.close();
            String answer = apiVersion < 0 ? Errno.text(-apiVersion) : "version " + apiVersion;
            return Facility.missing(
                    "KVM_GET_API_VERSION on %s answers %s, not version %d"
                            .formatted(path, answer, KvmH.KVM_API_VERSION()),
                    "");
        }
        return Facility.available(new Kvm(device, apiVersion));
    }

    private static String remedy(int errno) {
        if (errno == Errno.EACCES || errno == Errno.EPERM) {
            return "give this user access to it: usually, add the user to the group kvm";
        }
        if (errno == Errno.ENOENT || errno == Errno.ENODEV || errno == Errno.ENXIO) {
            return "load the module (kvm_intel or kvm_amd), with virtualisation turned on in the"
                    + " firmware, or nested virtualisation in the hypervisor outside";
        }
        return "";
    }

    /// 12, the only version that there is.
    public int apiVersion() {
        return apiVersion;
    }

    /// What the kernel answers about a capability; 0 means that it lacks it.
    public int extension(KvmCapability capability) {
        return ioctl(KvmH.KVM_CHECK_EXTENSION(), capability.number());
    }

    /// A new VM without memory or vCPUs, or why there is none.
    public Facility<KvmVm> createVm() {
        int made;
        do {
            // Machine type 0: what the architecture takes for its default.
            made = ioctl(KvmH.KVM_CREATE_VM(), 0);
            // It takes milliseconds, and a signal ends it (a profiler's does) with nothing made.
        } while (made == -Errno.EINTR);
        if (made < 0) {
            return Facility.missing("KVM_CREATE_VM answers " + Errno.text(-made), "");
        }
        Descriptor vm = new Descriptor("KVM VM", made);
        int mappingByteCount = ioctl(KvmH.KVM_GET_VCPU_MMAP_SIZE(), 0);
        if (mappingByteCount < 0) {
            vm.close();
            return Facility.missing(
                    "KVM_GET_VCPU_MMAP_SIZE answers " + Errno.text(-mappingByteCount), "");
        }
        return Facility.available(new KvmVm(vm, mappingByteCount));
    }

    int ioctl(long request, long argument) {
        return Libc.ioctl(device.number(), request, argument);
    }

    int ioctl(long request, MemorySegment argument) {
        return Libc.ioctl(device.number(), request, argument);
    }

    @Override
    public void close() {
        device.close();
    }
}
