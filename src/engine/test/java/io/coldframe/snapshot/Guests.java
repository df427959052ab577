package io.coldframe.snapshot;

import io.coldframe.Blob;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;
import io.coldframe.state.Architecture;
import io.coldframe.state.Arm64Vcpu;
import io.coldframe.state.InterruptController;
import io.coldframe.state.MachineState;
import io.coldframe.state.VmInfo;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.random.RandomGenerator;

/// Guests to take snapshots of.
final class Guests {

    static final int PAGE = 4096;

    private Guests() {}

    /// Memory of so many pages, at guest address 0.
    static GuestMemory ofPages(int pageCount) throws Exception {
        return GuestMemory.anonymous(GuestLayout.of((long) pageCount * PAGE));
    }

    /// Writes bytes that are not zero into a page of the image.
    static void write(GuestMemory memory, int page, int value) throws Exception {
        put(memory, (long) page * PAGE, filled(PAGE, value));
    }

    static byte[] filled(int byteCount, int value) {
        byte[] bytes = new byte[byteCount];
        java.util.Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    static void put(GuestMemory memory, long imageOffset, byte[] bytes) throws Exception {
        memory.copyFrom(imageOffset, MemorySegment.ofArray(bytes));
    }

    static void fillRandomly(GuestMemory memory, RandomGenerator random) throws Exception {
        byte[] bytes = new byte[Math.toIntExact(memory.byteCount())];
        random.nextBytes(bytes);
        put(memory, 0, bytes);
    }

    /// All of the memory.
    static byte[] bytes(GuestMemory memory) throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment copy = arena.allocate(memory.byteCount());
            memory.copyTo(0, copy);
            return copy.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /// A state that only its maker can read.
    static StateSource opaque(String text) {
        return StateSource.opaque(
                MemorySegment.ofArray(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                Architecture.X86_64,
                2);
    }

    /// A machine with one vCPU.
    static MachineState machine(int memoryMib, long pc) {
        Arm64Vcpu vcpu = new Arm64Vcpu(0);
        return new MachineState(
                Architecture.AARCH64,
                new VmInfo(memoryMib),
                List.of(
                        new Arm64Vcpu(
                                vcpu.mpidr(),
                                vcpu.core().withPc(pc),
                                vcpu.vectors(),
                                vcpu.systemRegisters(),
                                vcpu.psci(),
                                vcpu.unknown())),
                new InterruptController(Blob.of((byte) 1)));
    }
}
