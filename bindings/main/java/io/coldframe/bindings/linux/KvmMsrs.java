package io.coldframe.bindings.linux;

import io.coldframe.bindings.generated.linux.x64.kvm_msr_entry;
import io.coldframe.bindings.generated.linux.x64.kvm_msrs;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.Objects;

/// Model-specific registers by index, with a value each: what [KvmX64#getMsrs] fills and
/// [KvmX64#setMsrs] takes.
///
/// **Lifetime.** The allocator's.
///
/// **Threads.** One at a time.
public final class KvmMsrs {
    private final MemorySegment bytes;
    private final int count;

    private KvmMsrs(MemorySegment bytes, int count) {
        this.bytes = bytes;
        this.count = count;
    }

    /// Room for the registers `indices`, all of them 0.
    public static KvmMsrs of(SegmentAllocator allocator, int... indices) {
        long byteCount = kvm_msrs.entries$offset() + indices.length * kvm_msr_entry.sizeof();
        MemorySegment bytes =
                allocator.allocate(byteCount, kvm_msrs.layout().byteAlignment()).fill((byte) 0);
        kvm_msrs.nmsrs(bytes, indices.length);
        KvmMsrs msrs = new KvmMsrs(bytes, indices.length);
        for (int at = 0; at < indices.length; at++) {
            kvm_msr_entry.index(msrs.entry(at), indices[at]);
        }
        return msrs;
    }

    /// How many there are.
    public int count() {
        return count;
    }

    /// The index of the register at a place.
    public int index(int place) {
        return kvm_msr_entry.index(entry(place));
    }

    /// The value at a place.
    public long value(int place) {
        return kvm_msr_entry.data(entry(place));
    }

    /// Sets the value at a place.
    public void setValue(int place, long value) {
        kvm_msr_entry.data(entry(place), value);
    }

    MemorySegment bytes() {
        return bytes;
    }

    private MemorySegment entry(int place) {
        Objects.checkIndex(place, count);
        return bytes.asSlice(
                kvm_msrs.entries$offset() + place * kvm_msr_entry.sizeof(), kvm_msr_entry.sizeof());
    }
}
