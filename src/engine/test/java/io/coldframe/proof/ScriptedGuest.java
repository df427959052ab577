package io.coldframe.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coldframe.Blob;
import io.coldframe.SnapshotException;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageGrid;
import io.coldframe.memory.PageSize;
import io.coldframe.state.Architecture;
import io.coldframe.state.DeviceState;
import io.coldframe.state.MachineState;
import io.coldframe.state.RandomStates;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.List;

/// A guest that does what [ScriptedMemory] says, and tracks what it writes.
///
/// **Threads.** One.
final class ScriptedGuest implements AutoCloseable {
    private static final int MIB = 1 << 20;

    private final ScriptedMemory script;
    private final GuestMemory memory;
    private final DirtyBitmap dirty;
    private final BitSet dirtyModel = new BitSet();
    private int step;

    private ScriptedGuest(ScriptedMemory script, GuestMemory memory, DirtyBitmap dirty, int step) {
        this.script = script;
        this.memory = memory;
        this.dirty = dirty;
        this.step = step;
    }

    /// A guest as it is after a step. All its pages are dirty.
    static ScriptedGuest after(int step, GuestLayout layout, PageSize granule, long seed)
            throws SnapshotException {
        int byteCount = Math.toIntExact(layout.byteCount());
        ScriptedMemory script = new ScriptedMemory(byteCount, seed);
        GuestMemory memory = GuestMemory.anonymous(layout);
        memory.copyFrom(0, MemorySegment.ofArray(script.after(step)));
        DirtyBitmap dirty = DirtyBitmap.create(new PageGrid(0, byteCount, granule));
        ScriptedGuest guest = new ScriptedGuest(script, memory, dirty, step);
        dirty.markBytes(0, byteCount);
        guest.dirtyModel.set(0, Math.toIntExact(dirty.pageCount()));
        return guest;
    }

    /// Runs one step.
    void advance() throws SnapshotException {
        step++;
        for (ScriptedMemory.Write write : script.writes(step)) {
            memory.copyFrom(write.offset(), MemorySegment.ofArray(write.bytes()));
            dirty.markBytes(write.offset(), write.byteCount());
            PageSize granule = dirty.grid().pageSize();
            dirtyModel.set(
                    (int) granule.page(write.offset()),
                    (int) granule.page(write.offset() + write.byteCount() - 1L) + 1);
        }
    }

    void advanceTo(int later) throws SnapshotException {
        while (step < later) {
            advance();
        }
    }

    /// Somebody has saved all that was dirty.
    void expectClean() {
        dirtyModel.clear();
    }

    /// Somebody has marked all of it.
    void expectDirty() {
        dirtyModel.set(0, Math.toIntExact(dirty.pageCount()));
    }

    /// Fails if the bitmap does not say what the guest wrote since it was last saved.
    void checkDirty() {
        BitSet found = new BitSet();
        dirty.forEachDirty((first, count) -> found.set((int) first, (int) (first + count)));
        assertEquals(dirtyModel, found, "the dirty pages");
        assertEquals(dirtyModel.cardinality(), dirty.dirtyCount());
    }

    int step() {
        return step;
    }

    GuestMemory memory() {
        return memory;
    }

    DirtyBitmap dirty() {
        return dirty;
    }

    ScriptedMemory script() {
        return script;
    }

    /// A machine that tells the step, for memory of whole MiB.
    MachineState machine() {
        return machineAt(step, script.byteCount());
    }

    static MachineState machineAt(int step, long byteCount) {
        MachineState machine = RandomStates.restorable(Architecture.AARCH64, 1, byteCount / MIB);
        Blob told = Blob.of(ScriptedMemory.stateOf(step));
        return machine.withVmInfo(machine.vmInfo().withTrackDirtyPages(true))
                .withDevices(List.of(new DeviceState("clock", "step", 1, told)));
    }

    /// The step that a machine tells, every part of it looked at.
    static int stepOf(MachineState machine) {
        int step = ScriptedMemory.stepOf(machine.devices().getFirst().state().bytes());
        assertEquals(machineAt(step, machine.vmInfo().memoryByteCount()), machine);
        return step;
    }

    /// Fails unless memory is what it was after a step, every byte.
    static void checkMemory(ScriptedMemory script, int step, GuestMemory found)
            throws SnapshotException {
        assertEquals(script.byteCount(), found.byteCount());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment copy = arena.allocate(found.byteCount());
            found.copyTo(0, copy);
            assertEquals(-1, script.mismatch(step, copy), () -> "memory of step " + step);
        }
    }

    @Override
    public void close() {
        dirty.close();
        memory.close();
    }
}
