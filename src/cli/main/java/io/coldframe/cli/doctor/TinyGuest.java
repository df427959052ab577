package io.coldframe.cli.doctor;

import io.coldframe.bindings.NativeMemory;
import io.coldframe.bindings.linux.Kvm;
import io.coldframe.bindings.linux.KvmExit;
import io.coldframe.bindings.linux.KvmVcpu;
import io.coldframe.bindings.linux.KvmVcpuState;
import io.coldframe.bindings.linux.KvmVm;
import io.coldframe.bindings.linux.KvmX64;
import io.coldframe.bindings.linux.KvmX64Register;
import io.coldframe.bindings.linux.KvmX64Segment;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Set;

/// A VM of sixteen pages on x86-64 whose program stores one byte, into one page, and halts.
///
/// **Lifetime.** Owns all of it.
final class TinyGuest implements AutoCloseable {

    static final int SLOT = 0;

    /// The only page that the program writes.
    static final int WRITTEN_PAGE = 5;

    private static final int PAGE_COUNT = 16;

    // mov byte [0x5000], 0x2A; hlt: in real mode, at address 0.
    private static final byte[] PROGRAM = {(byte) 0xC6, 0x06, 0x00, 0x50, 0x2A, (byte) 0xF4};

    // Above the memory, for processors that can't run real mode by themselves.
    private static final long IDENTITY_MAP_ADDRESS = 0xFFFB_C000L;
    private static final long TSS_ADDRESS = 0xFFFB_D000L;

    // Bit 1 of the flags is always set.
    private static final long RFLAGS = 2;

    private final Mapped memory;
    private final KvmVm vm;
    private final KvmVcpu vcpu;

    private TinyGuest(Mapped memory, KvmVm vm, KvmVcpu vcpu) {
        this.memory = memory;
        this.vm = vm;
        this.vcpu = vcpu;
    }

    /// What is switched on in a VM before it has memory.
    @FunctionalInterface
    interface Preparation {
        void prepare(KvmVm vm) throws Refused;
    }

    /// A guest whose memory is logged.
    static TinyGuest logged(Kvm kvm, Preparation preparation) throws Refused {
        KvmVm vm = Refused.need(kvm.createVm());
        try {
            preparation.prepare(vm);
            Refused.check(
                    KvmX64.setIdentityMapAddress(vm, IDENTITY_MAP_ADDRESS),
                    "KVM_SET_IDENTITY_MAP_ADDR");
            Refused.check(KvmX64.setTssAddress(vm, TSS_ADDRESS), "KVM_SET_TSS_ADDR");
            return withMemory(vm);
        } catch (Refused refused) {
            vm.close();
            throw refused;
        }
    }

    private static TinyGuest withMemory(KvmVm vm) throws Refused {
        Mapped memory = Mapped.anonymous(PAGE_COUNT * NativeMemory.pageByteCount(), 0, "mmap");
        try {
            MemorySegment.copy(
                    PROGRAM, 0, memory.segment(), ValueLayout.JAVA_BYTE, 0, PROGRAM.length);
            Set<KvmVm.SlotFlag> flags = Set.of(KvmVm.SlotFlag.LOG_DIRTY_PAGES);
            Refused.check(
                    vm.setMemory(SLOT, flags, 0, memory.segment()),
                    "KVM_SET_USER_MEMORY_REGION with KVM_MEM_LOG_DIRTY_PAGES");
            return new TinyGuest(memory, vm, Refused.need(vm.createVcpu(0)));
        } catch (Refused refused) {
            memory.close();
            throw refused;
        }
    }

    KvmVm vm() {
        return vm;
    }

    KvmVcpu vcpu() {
        return vcpu;
    }

    /// Runs the program from its begin until it halts.
    void run() throws Refused {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment sregs = arena.allocate(vcpu.byteCount(KvmVcpuState.SREGS), Long.BYTES);
            Refused.check(vcpu.get(KvmVcpuState.SREGS, sregs), "KVM_GET_SREGS");
            KvmX64Segment.CS.setReal(sregs, 0);
            KvmX64Segment.DS.setReal(sregs, 0);
            Refused.check(vcpu.set(KvmVcpuState.SREGS, sregs), "KVM_SET_SREGS");
            MemorySegment regs = arena.allocate(vcpu.byteCount(KvmVcpuState.REGS), Long.BYTES);
            KvmX64Register.RFLAGS.set(regs, RFLAGS);
            Refused.check(vcpu.set(KvmVcpuState.REGS, regs), "KVM_SET_REGS");
        }
        Refused.check(vcpu.run(), "KVM_RUN");
        if (vcpu.exit().reason() != KvmExit.HLT) {
            throw new IllegalStateException("the guest did not halt: " + vcpu.exit());
        }
    }

    /// The dirty log of the memory: one bit a page.
    long dirtyLog() throws Refused {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment words = arena.allocate(vm.dirtyLogByteCount(SLOT), Long.BYTES);
            Refused.check(vm.getDirtyLog(SLOT, words), "KVM_GET_DIRTY_LOG");
            return words.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    /// Clears the bit of the page that the program writes.
    void clearDirtyLog() throws Refused {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment words = arena.allocateFrom(ValueLayout.JAVA_LONG, 1L << WRITTEN_PAGE);
            Refused.check(vm.clearDirtyLog(SLOT, words, 0, PAGE_COUNT), "KVM_CLEAR_DIRTY_LOG");
        }
    }

    @Override
    public void close() {
        vcpu.close();
        vm.close();
        memory.close();
    }
}
