package io.coldframe.bindings.linux;

import io.coldframe.bindings.NativeMemory;
import io.coldframe.bindings.generated.linux.KvmH;
import io.coldframe.bindings.generated.linux.kvm_dirty_gfn;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/// The pages that one vCPU wrote, in the order in which it first wrote them.
///
/// A page is in the ring once until [KvmVm#resetDirtyRings()] has watched it again.
///
/// **Lifetime.** A view of the vCPU's mapping.
///
/// **Threads.** One harvester at a time; the vCPU may run meanwhile.
public final class KvmDirtyRing {
    private static final VarHandle FLAGS = ValueLayout.JAVA_INT.varHandle();
    private static final long ENTRY_BYTE_COUNT = kvm_dirty_gfn.sizeof();

    /// Takes what is harvested.
    @FunctionalInterface
    public interface Sink {
        /// Takes one page.
        ///
        /// @param slot the memory slot
        /// @param page the page within it
        void dirty(int slot, long page);
    }

    private final MemorySegment entries;
    private final long entryCount;
    private long next;

    private KvmDirtyRing(MemorySegment entries) {
        this.entries = entries;
        this.entryCount = entries.byteSize() / ENTRY_BYTE_COUNT;
    }

    static KvmDirtyRing map(int vcpu, long byteCount, Arena arena) throws Mapping.Refused {
        long offset = KvmH.KVM_DIRTY_LOG_PAGE_OFFSET() * NativeMemory.pageByteCount();
        return new KvmDirtyRing(Mapping.of(vcpu, offset, byteCount, arena));
    }

    /// Hands every page that is in the ring now to `sink`, and answers how many. The entries are
    /// the kernel's again only after [KvmVm#resetDirtyRings()].
    ///
    /// A page is given back after the sink returned, so one whose sink throws is harvested again.
    public int harvest(Sink sink) {
        int harvested = 0;
        while (harvested < entryCount) {
            long at = next % entryCount * ENTRY_BYTE_COUNT;
            long flagsAt = at + kvm_dirty_gfn.flags$offset();
            // The kernel writes the entry, then the flag; we read the flag, then the entry.
            int flags = (int) FLAGS.getAcquire(entries, flagsAt);
            if ((flags & KvmH.KVM_DIRTY_GFN_F_DIRTY()) == 0
                    || (flags & KvmH.KVM_DIRTY_GFN_F_RESET()) != 0) {
                break;
            }
            MemorySegment entry = entries.asSlice(at, ENTRY_BYTE_COUNT);
            sink.dirty(kvm_dirty_gfn.slot(entry), kvm_dirty_gfn.offset(entry));
            FLAGS.setRelease(entries, flagsAt, KvmH.KVM_DIRTY_GFN_F_RESET());
            next++;
            harvested++;
        }
        return harvested;
    }
}
