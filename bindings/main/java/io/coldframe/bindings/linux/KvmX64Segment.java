package io.coldframe.bindings.linux;

import io.coldframe.bindings.generated.linux.x64.kvm_segment;
import io.coldframe.bindings.generated.linux.x64.kvm_sregs;

import java.lang.foreign.MemorySegment;

/// A segment register of x86-64, in the bytes of [KvmVcpuState#SREGS] and, at the same offsets, of
/// [KvmVcpuState#SREGS2].
public enum KvmX64Segment {
    /// Code.
    CS(kvm_sregs.cs$offset()),
    /// Data.
    DS(kvm_sregs.ds$offset()),
    /// Extra data.
    ES(kvm_sregs.es$offset()),
    /// More data.
    FS(kvm_sregs.fs$offset()),
    /// More data.
    GS(kvm_sregs.gs$offset()),
    /// The stack.
    SS(kvm_sregs.ss$offset()),
    /// The task.
    TR(kvm_sregs.tr$offset()),
    /// The local descriptor table.
    LDT(kvm_sregs.ldt$offset());

    /// What a segment register holds.
    ///
    /// @param base the first byte
    /// @param limit the last offset
    /// @param selector what the guest loaded
    /// @param type the four type bits of a descriptor
    /// @param privilege the descriptor's privilege level
    /// @param flags the single bits
    public record Value(long base, int limit, int selector, int type, int privilege, Flags flags) {}

    /// The single bits of a segment.
    ///
    /// @param present P
    /// @param code S: code or data, not a system segment
    /// @param wide D/B: 32 bits wide
    /// @param longMode L: 64-bit code
    /// @param pages G: the limit counts pages
    /// @param available AVL: the guest's own
    /// @param unusable loaded with the null selector
    public record Flags(
            boolean present,
            boolean code,
            boolean wide,
            boolean longMode,
            boolean pages,
            boolean available,
            boolean unusable) {}

    private final long offset;

    KvmX64Segment(long offset) {
        this.offset = offset;
    }

    /// Reads this segment from `sregs`.
    public Value get(MemorySegment sregs) {
        MemorySegment at = at(sregs);
        return new Value(
                kvm_segment.base(at),
                kvm_segment.limit(at),
                Short.toUnsignedInt(kvm_segment.selector(at)),
                kvm_segment.type(at),
                kvm_segment.dpl(at),
                new Flags(
                        kvm_segment.present(at) != 0,
                        kvm_segment.s(at) != 0,
                        kvm_segment.db(at) != 0,
                        kvm_segment.l(at) != 0,
                        kvm_segment.g(at) != 0,
                        kvm_segment.avl(at) != 0,
                        kvm_segment.unusable(at) != 0));
    }

    /// Writes this segment in `sregs`.
    public void set(MemorySegment sregs, Value value) {
        MemorySegment at = at(sregs);
        kvm_segment.base(at, value.base());
        kvm_segment.limit(at, value.limit());
        kvm_segment.selector(at, (short) value.selector());
        kvm_segment.type(at, (byte) value.type());
        kvm_segment.dpl(at, (byte) value.privilege());
        kvm_segment.present(at, bit(value.flags().present()));
        kvm_segment.s(at, bit(value.flags().code()));
        kvm_segment.db(at, bit(value.flags().wide()));
        kvm_segment.l(at, bit(value.flags().longMode()));
        kvm_segment.g(at, bit(value.flags().pages()));
        kvm_segment.avl(at, bit(value.flags().available()));
        kvm_segment.unusable(at, bit(value.flags().unusable()));
    }

    /// Loads this segment as real mode does: it starts at 16 times the selector. What else the
    /// segment holds stays.
    public void setReal(MemorySegment sregs, int selector) {
        MemorySegment at = at(sregs);
        kvm_segment.selector(at, (short) selector);
        kvm_segment.base(at, (long) selector << 4);
    }

    private MemorySegment at(MemorySegment sregs) {
        return sregs.asSlice(offset, kvm_segment.sizeof());
    }

    private static byte bit(boolean set) {
        return (byte) (set ? 1 : 0);
    }
}
