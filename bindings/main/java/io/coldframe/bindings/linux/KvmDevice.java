package io.coldframe.bindings.linux;

import io.coldframe.bindings.Libc;
import io.coldframe.bindings.generated.linux.KvmH;
import io.coldframe.bindings.generated.linux.kvm_device_attr;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A device inside the kernel, such as the interrupt controller of arm64: values by group and
/// attribute.
///
/// **Lifetime.** Owns one descriptor, which keeps its VM.
///
/// **Threads.** Any thread may call. [#close()] is called by the owner, when nobody else does.
public final class KvmDevice implements AutoCloseable {
    private final Descriptor device;

    KvmDevice(Descriptor device) {
        this.device = device;
    }

    /// 0 if the device has the attribute, `-ENXIO` if not.
    public int has(int group, long attribute) {
        return call(KvmH.KVM_HAS_DEVICE_ATTR(), group, attribute, MemorySegment.NULL);
    }

    /// Reads an attribute.
    ///
    /// @param value native, as long as the attribute's value
    public int get(int group, long attribute, MemorySegment value) {
        return call(KvmH.KVM_GET_DEVICE_ATTR(), group, attribute, value);
    }

    /// Writes an attribute, or does what it stands for.
    ///
    /// @param value native, as long as the attribute's value; [MemorySegment#NULL] where there is
    ///     none
    public int set(int group, long attribute, MemorySegment value) {
        return call(KvmH.KVM_SET_DEVICE_ATTR(), group, attribute, value);
    }

    private int call(long request, int group, long attribute, MemorySegment value) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment attr = kvm_device_attr.allocate(call);
            kvm_device_attr.group(attr, group);
            kvm_device_attr.attr(attr, attribute);
            kvm_device_attr.addr(attr, value.address());
            return Libc.ioctl(device.number(), request, attr, value);
        }
    }

    @Override
    public void close() {
        device.close();
    }
}
