package io.coldframe.bindings.linux;

import io.coldframe.bindings.generated.linux.KvmH;
import io.coldframe.bindings.generated.linux.kvm_run;

import java.lang.foreign.MemorySegment;

/// Why a vCPU left its guest: a view of what it shares with the kernel.
///
/// Only the members that belong to the [#reason()] mean anything.
///
/// **Lifetime.** The vCPU's.
///
/// **Threads.** The thread that runs the vCPU, between two runs.
public final class KvmExit {
    /// The guest read or wrote a port: the `io…` members.
    public static final int IO = KvmH.KVM_EXIT_IO();

    /// The guest halted, and there is no interrupt controller in the kernel to wake it.
    public static final int HLT = KvmH.KVM_EXIT_HLT();

    /// The guest touched an address without memory: the `mmio…` members.
    public static final int MMIO = KvmH.KVM_EXIT_MMIO();

    /// The guest gave up (a triple fault).
    public static final int SHUTDOWN = KvmH.KVM_EXIT_SHUTDOWN();

    /// The processor refused to enter the guest: [#entryFailure()].
    public static final int FAIL_ENTRY = KvmH.KVM_EXIT_FAIL_ENTRY();

    /// A signal came.
    public static final int INTR = KvmH.KVM_EXIT_INTR();

    /// KVM could not go on: [#internalError()].
    public static final int INTERNAL_ERROR = KvmH.KVM_EXIT_INTERNAL_ERROR();

    /// The guest asked for a shutdown or a reset: [#systemEvent()].
    public static final int SYSTEM_EVENT = KvmH.KVM_EXIT_SYSTEM_EVENT();

    /// The dirty ring must be harvested and reset before the guest goes on.
    public static final int DIRTY_RING_FULL = KvmH.KVM_EXIT_DIRTY_RING_FULL();

    /// The guest touched memory that this process can't provide: [#faultAddress()].
    public static final int MEMORY_FAULT = KvmH.KVM_EXIT_MEMORY_FAULT();

    private final MemorySegment shared;

    KvmExit(MemorySegment shared) {
        this.shared = shared;
    }

    /// One of the constants here, or another number of the kernel's.
    public int reason() {
        return kvm_run.exit_reason(shared);
    }

    /// Whether the port was written, not read.
    public boolean ioIsWrite() {
        return kvm_run.io.direction(io()) == KvmH.KVM_EXIT_IO_OUT();
    }

    /// The port.
    public int ioPort() {
        return Short.toUnsignedInt(kvm_run.io.port(io()));
    }

    /// The bytes of one access: 1, 2 or 4.
    public int ioByteCount() {
        return Byte.toUnsignedInt(kvm_run.io.size(io()));
    }

    /// The accesses in one instruction, more than one for a repeated string instruction.
    public int ioAccessCount() {
        return kvm_run.io.count(io());
    }

    /// What was written, or where to put what is read before the next run.
    public MemorySegment ioData() {
        long byteCount = Math.multiplyFull(ioByteCount(), ioAccessCount());
        return shared.asSlice(kvm_run.io.data_offset(io()), byteCount);
    }

    private MemorySegment io() {
        return kvm_run.io(shared);
    }

    /// The guest address.
    public long mmioAddress() {
        return kvm_run.mmio.phys_addr(mmio());
    }

    /// Whether it was written, not read.
    public boolean mmioIsWrite() {
        return kvm_run.mmio.is_write(mmio()) != 0;
    }

    /// What was written, or where to put what is read before the next run.
    public MemorySegment mmioData() {
        return kvm_run.mmio.data(mmio()).asSlice(0, kvm_run.mmio.len(mmio()));
    }

    private MemorySegment mmio() {
        return kvm_run.mmio(shared);
    }

    /// The processor's own reason for [#FAIL_ENTRY].
    public long entryFailure() {
        return kvm_run.fail_entry.hardware_entry_failure_reason(kvm_run.fail_entry(shared));
    }

    /// KVM's own reason for [#INTERNAL_ERROR].
    public int internalError() {
        return kvm_run.internal.suberror(kvm_run.internal(shared));
    }

    /// What the guest asked for with [#SYSTEM_EVENT].
    public int systemEvent() {
        return kvm_run.system_event.type(kvm_run.system_event(shared));
    }

    /// The guest address of [#MEMORY_FAULT].
    public long faultAddress() {
        return kvm_run.memory_fault.gpa(kvm_run.memory_fault(shared));
    }

    /// The reason and what belongs to it, for a message.
    @Override
    public String toString() {
        int reason = reason();
        if (reason == IO) {
            return (ioIsWrite() ? "write" : "read") + " of port " + ioPort();
        }
        if (reason == MMIO) {
            return (mmioIsWrite() ? "write" : "read")
                    + " of guest address 0x"
                    + Long.toHexString(mmioAddress());
        }
        if (reason == FAIL_ENTRY) {
            return "entry failed, hardware reason 0x" + Long.toHexString(entryFailure());
        }
        if (reason == INTERNAL_ERROR) {
            return "internal error " + internalError();
        }
        return "exit reason " + reason;
    }
}
