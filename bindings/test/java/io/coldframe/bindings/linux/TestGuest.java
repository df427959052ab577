package io.coldframe.bindings.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.Set;

/// A VM with one vCPU and some megabytes of memory, in which a few bytes of machine code run.
final class TestGuest implements AutoCloseable {
    static final long PAGE_COUNT = 1024;
    static final long CODE_ADDRESS = 0x1000;
    static final long LIST_ADDRESS = 0x2000;
    static final int SLOT = 3;

    // Pages from here on are nobody's but the program's.
    static final int FIRST_FREE_PAGE = 16;

    private static final int CR0_PROTECTED_MODE = 1;
    private static final int RFLAGS_ALWAYS_SET = 2;

    // lodsd; mov [eax], eax; loop back; hlt
    private static final String WRITE_EACH_LISTED = "ad 8900 e2fb f4";

    // The same with out 0x10, al after each.
    private static final String WRITE_AND_SAY_EACH_LISTED = "ad 8900 e610 e2f9 f4";

    private final Arena arena = Arena.ofShared();
    private final Kvm kvm;
    private final KvmVm vm;
    private final MemorySegment memory;
    private final KvmVcpu vcpu;

    /// What is done to the VM before it has a vCPU.
    @FunctionalInterface
    interface Preparation {
        void prepare(KvmVm vm);
    }

    static TestGuest plain() {
        return with(Set.of(), vm -> {});
    }

    static TestGuest with(Set<KvmVm.SlotFlag> flags, Preparation preparation) {
        Facilities.assumeX64();
        return new TestGuest(Facilities.assume(Kvm.open()), flags, preparation);
    }

    private TestGuest(Kvm kvm, Set<KvmVm.SlotFlag> flags, Preparation preparation) {
        this.kvm = kvm;
        this.vm = Facilities.require(kvm.createVm());
        this.memory = TestMemory.anonymous(arena, PAGE_COUNT);
        // Above the memory, for processors that can't run real mode by themselves.
        assertEquals(0, KvmX64.setIdentityMapAddress(vm, 0xFFFB_C000L));
        assertEquals(0, KvmX64.setTssAddress(vm, 0xFFFB_D000L));
        preparation.prepare(vm);
        assertEquals(0, vm.setMemory(SLOT, flags, 0, memory));
        this.vcpu = Facilities.require(vm.createVcpu(0));
    }

    Kvm kvm() {
        return kvm;
    }

    KvmVm vm() {
        return vm;
    }

    KvmVcpu vcpu() {
        return vcpu;
    }

    Arena arena() {
        return arena;
    }

    MemorySegment memory() {
        return memory;
    }

    /// Puts machine code where the vCPU starts.
    void load(String code) {
        byte[] bytes = HexFormat.of().parseHex(code.replace(" ", ""));
        MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, CODE_ADDRESS, bytes.length);
    }

    /// Starts the vCPU at the code, in real mode.
    void startReal() {
        MemorySegment sregs = state(KvmVcpuState.SREGS);
        KvmX64Segment.CS.setReal(sregs, 0);
        KvmX64Segment.DS.setReal(sregs, 0);
        assertEquals(0, vcpu.set(KvmVcpuState.SREGS, sregs));
        start(0, 0);
    }

    /// Starts the vCPU at the code, in 32-bit mode over all memory.
    void startFlat(int ecx, int esi) {
        MemorySegment sregs = state(KvmVcpuState.SREGS);
        KvmX64Segment.CS.set(sregs, flat(8, 0xB));
        KvmX64Segment.DS.set(sregs, flat(16, 0x3));
        KvmX64Segment.ES.set(sregs, flat(16, 0x3));
        KvmX64Segment.SS.set(sregs, flat(16, 0x3));
        KvmX64Control.CR0.set(sregs, KvmX64Control.CR0.get(sregs) | CR0_PROTECTED_MODE);
        assertEquals(0, vcpu.set(KvmVcpuState.SREGS, sregs));
        start(ecx, esi);
    }

    private static KvmX64Segment.Value flat(int selector, int type) {
        return new KvmX64Segment.Value(
                0,
                0xFFFF_FFFF,
                selector,
                type,
                0,
                new KvmX64Segment.Flags(true, true, true, false, true, false, false));
    }

    private void start(int ecx, int esi) {
        MemorySegment regs = arena.allocate(vcpu.byteCount(KvmVcpuState.REGS), Long.BYTES);
        KvmX64Register.RIP.set(regs, CODE_ADDRESS);
        KvmX64Register.RFLAGS.set(regs, RFLAGS_ALWAYS_SET);
        KvmX64Register.RCX.set(regs, ecx);
        KvmX64Register.RSI.set(regs, esi);
        assertEquals(0, vcpu.set(KvmVcpuState.REGS, regs));
    }

    /// Runs until the next exit, which must be this one.
    void runUntil(int reason) {
        assertEquals(0, vcpu.run());
        assertEquals(reason, vcpu.exit().reason(), () -> vcpu.exit().toString());
    }

    /// Runs until the next exit, whatever it is.
    void runUntilAnyExit() {
        assertEquals(0, vcpu.run());
    }

    private void startWriting(BitSet pages, String code) {
        load(code);
        long at = LIST_ADDRESS;
        for (int page = pages.nextSetBit(0); page >= 0; page = pages.nextSetBit(page + 1)) {
            int address = Math.toIntExact(page * TestMemory.PAGE_BYTE_COUNT) + 4 * (page % 1000);
            memory.set(ValueLayout.JAVA_INT, at, address);
            at += Integer.BYTES;
        }
        startFlat(pages.cardinality(), (int) LIST_ADDRESS);
    }

    /// Makes the guest write these pages, and nothing else.
    void write(BitSet pages) {
        startWriting(pages, WRITE_EACH_LISTED);
        runUntil(KvmExit.HLT);
    }

    /// Makes the guest start to write these pages, with an access to a port after each.
    void startWritingWithPauses(BitSet pages) {
        startWriting(pages, WRITE_AND_SAY_EACH_LISTED);
    }

    /// A part of the vCPU's state, as it is now.
    MemorySegment state(KvmVcpuState part) {
        MemorySegment bytes = arena.allocate(vcpu.byteCount(part), Long.BYTES);
        assertEquals(0, vcpu.get(part, bytes), part::name);
        return bytes;
    }

    @Override
    public void close() {
        vcpu.close();
        vm.close();
        kvm.close();
        arena.close();
    }
}
