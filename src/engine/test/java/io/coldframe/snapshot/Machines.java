package io.coldframe.snapshot;

import io.coldframe.Blob;
import io.coldframe.SnapshotException;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageGrid;
import io.coldframe.memory.PageSize;
import io.coldframe.state.Architecture;
import io.coldframe.state.Arm64Vcpu;
import io.coldframe.state.DeviceState;
import io.coldframe.state.InterruptController;
import io.coldframe.state.MachineState;
import io.coldframe.state.PsciState;
import io.coldframe.state.VmInfo;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/// Small machines to take snapshots of.
final class Machines {

    static final int MIB = 1 << 20;

    private Machines() {}

    /// A machine of 1 MiB that tracks dirty pages, told from others by a byte.
    static MachineState machine(int mark) {
        return machine(1, mark);
    }

    static MachineState machine(long memoryMib, int mark) {
        VmInfo info =
                new VmInfo(memoryMib)
                        .withCpuTemplate("V1N1")
                        .withKernel("/boot/vmlinux", "console=ttyAMA0 panic=1")
                        .withTrackDirtyPages(true);
        List<Arm64Vcpu> vcpus =
                List.of(new Arm64Vcpu(0), new Arm64Vcpu(1).withPsci(PsciState.ON_PENDING));
        return new MachineState(
                        Architecture.AARCH64,
                        info,
                        vcpus,
                        new InterruptController(Blob.of((byte) 1, (byte) 2, (byte) mark)))
                .withDevices(
                        List.of(new DeviceState("virtio-block", "root", 3, Blob.of((byte) mark))));
    }

    /// The byte that the machine was made with.
    static int mark(MachineState machine) {
        return machine.interruptController().state().get(2);
    }

    /// Memory of 1 MiB that is full of one byte.
    static GuestMemory memory(int value) throws SnapshotException {
        GuestMemory memory = GuestMemory.anonymous(GuestLayout.of(MIB));
        memory.segment(0).fill((byte) value);
        return memory;
    }

    /// Memory of 1 MiB in which every 8 bytes are others than their neighbours.
    static GuestMemory patterned(long seed) throws SnapshotException {
        GuestMemory memory = GuestMemory.anonymous(GuestLayout.of(MIB));
        MemorySegment bytes = memory.segment(0);
        for (long at = 0; at < bytes.byteSize(); at += Long.BYTES) {
            bytes.set(ValueLayout.JAVA_LONG, at, (at + 1) * 0x9E37_79B9_7F4A_7C15L + seed);
        }
        return memory;
    }

    static DirtyBitmap bitmap(PageSize pageSize) {
        return DirtyBitmap.create(new PageGrid(0, MIB, pageSize));
    }

    /// The one byte that all of the memory has, or -1.
    static int value(GuestMemory memory) {
        MemorySegment bytes = memory.segment(0);
        byte first = bytes.get(ValueLayout.JAVA_BYTE, 0);
        MemorySegment shifted = bytes.asSlice(1);
        boolean isOne = bytes.asSlice(0, shifted.byteSize()).mismatch(shifted) == -1;
        return isOne ? first : -1;
    }
}
