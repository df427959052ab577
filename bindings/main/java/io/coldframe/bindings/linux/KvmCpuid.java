package io.coldframe.bindings.linux;

import io.coldframe.bindings.generated.linux.x64.kvm_cpuid2;
import io.coldframe.bindings.generated.linux.x64.kvm_cpuid_entry2;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.List;
import java.util.stream.IntStream;

/// What the guest's CPUID instruction answers, function by function.
///
/// @param entries in the kernel's order
public record KvmCpuid(List<Entry> entries) {

    /// The answer to one function and index.
    ///
    /// @param function what the guest asks with eax
    /// @param index what the guest asks with ecx, where [#flags] say that it counts
    /// @param flags 1: the index counts
    /// @param eax eax
    /// @param ebx ebx
    /// @param ecx ecx
    /// @param edx edx
    public record Entry(int function, int index, int flags, int eax, int ebx, int ecx, int edx) {}

    /// A copy of a list.
    public KvmCpuid {
        entries = List.copyOf(entries);
    }

    static MemorySegment allocate(SegmentAllocator allocator, int entryCount) {
        long byteCount = kvm_cpuid2.entries$offset() + entryCount * kvm_cpuid_entry2.sizeof();
        MemorySegment bytes =
                allocator.allocate(byteCount, kvm_cpuid2.layout().byteAlignment()).fill((byte) 0);
        kvm_cpuid2.nent(bytes, entryCount);
        return bytes;
    }

    static KvmCpuid read(MemorySegment bytes) {
        return new KvmCpuid(
                IntStream.range(0, kvm_cpuid2.nent(bytes))
                        .mapToObj(place -> entryIn(at(bytes, place)))
                        .toList());
    }

    MemorySegment write(SegmentAllocator allocator) {
        MemorySegment bytes = allocate(allocator, entries.size());
        for (int place = 0; place < entries.size(); place++) {
            Entry entry = entries.get(place);
            MemorySegment at = at(bytes, place);
            kvm_cpuid_entry2.function(at, entry.function());
            kvm_cpuid_entry2.index(at, entry.index());
            kvm_cpuid_entry2.flags(at, entry.flags());
            kvm_cpuid_entry2.eax(at, entry.eax());
            kvm_cpuid_entry2.ebx(at, entry.ebx());
            kvm_cpuid_entry2.ecx(at, entry.ecx());
            kvm_cpuid_entry2.edx(at, entry.edx());
        }
        return bytes;
    }

    private static Entry entryIn(MemorySegment at) {
        return new Entry(
                kvm_cpuid_entry2.function(at),
                kvm_cpuid_entry2.index(at),
                kvm_cpuid_entry2.flags(at),
                kvm_cpuid_entry2.eax(at),
                kvm_cpuid_entry2.ebx(at),
                kvm_cpuid_entry2.ecx(at),
                kvm_cpuid_entry2.edx(at));
    }

    private static MemorySegment at(MemorySegment bytes, int place) {
        return bytes.asSlice(
                kvm_cpuid2.entries$offset() + place * kvm_cpuid_entry2.sizeof(),
                kvm_cpuid_entry2.sizeof());
    }
}
