package io.coldframe.bindings.linux;

import io.coldframe.bindings.Errno;
import io.coldframe.bindings.Facility;
import io.coldframe.bindings.Libc;
import io.coldframe.bindings.NativeMemory;
import io.coldframe.bindings.generated.linux.KvmH;
import io.coldframe.bindings.generated.linux.kvm_clear_dirty_log;
import io.coldframe.bindings.generated.linux.kvm_create_device;
import io.coldframe.bindings.generated.linux.kvm_dirty_log;
import io.coldframe.bindings.generated.linux.kvm_enable_cap;
import io.coldframe.bindings.generated.linux.kvm_irq_level;
import io.coldframe.bindings.generated.linux.kvm_userspace_memory_region;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// One VM: its memory slots, its dirty log, its vCPUs and its devices.
///
/// **Lifetime.** Owns one descriptor. Memory is borrowed: it stays mapped until its slot is removed
/// or this VM and all that was made from it are closed, because the kernel keeps a VM for as long
/// as one of its vCPUs or devices is open.
///
/// **Threads.** Any thread may call. [#close()] is called by the owner, when nobody else does.
public final class KvmVm implements AutoCloseable {

    /// How a memory slot is watched.
    public enum SlotFlag {
        /// Record what is written, in the dirty log or in the dirty rings.
        LOG_DIRTY_PAGES(KvmH.KVM_MEM_LOG_DIRTY_PAGES()),
        /// The guest's writes leave the guest as accesses to a device.
        READONLY(KvmH.KVM_MEM_READONLY());

        private final int bit;

        SlotFlag(int bit) {
            this.bit = bit;
        }
    }

    private final Descriptor vm;
    private final int mappingByteCount;
    private final Map<Integer, MemorySegment> slots = new ConcurrentHashMap<>();
    private volatile int dirtyRingByteCount;

    KvmVm(Descriptor vm, int mappingByteCount) {
        this.vm = vm;
        this.mappingByteCount = mappingByteCount;
    }

    /// What the kernel answers about a capability of this VM; 0 means that it lacks it.
    public int extension(KvmCapability capability) {
        return ioctl(KvmH.KVM_CHECK_EXTENSION(), capability.number());
    }

    /// Switches a capability on; `argument` is what it takes.
    public int enable(KvmCapability capability, long argument) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment request = kvm_enable_cap.allocate(call);
            kvm_enable_cap.cap(request, capability.number());
            kvm_enable_cap.args(request, 0, argument);
            return ioctl(KvmH.KVM_ENABLE_CAP(), request);
        }
    }

    /// Gives the guest `memory` at `guestAddress`, or changes the flags of a slot that has it.
    ///
    /// @param memory native, aligned to pages and whole pages long; borrowed
    public int setMemory(int slot, Set<SlotFlag> flags, long guestAddress, MemorySegment memory) {
        if (!memory.isNative() || memory.byteSize() == 0) {
            throw new IllegalArgumentException(
                    "slot " + slot + " needs native memory, not " + memory);
        }
        int answer = setRegion(slot, bits(flags), guestAddress, memory);
        if (answer == 0) {
            slots.put(slot, memory);
        }
        return answer;
    }

    /// Takes a slot's memory away from the guest.
    public int removeMemory(int slot) {
        int answer = setRegion(slot, 0, 0, MemorySegment.NULL);
        if (answer == 0) {
            slots.remove(slot);
        }
        return answer;
    }

    private int setRegion(int slot, int flags, long guestAddress, MemorySegment memory) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment region = kvm_userspace_memory_region.allocate(call);
            kvm_userspace_memory_region.slot(region, slot);
            kvm_userspace_memory_region.flags(region, flags);
            kvm_userspace_memory_region.guest_phys_addr(region, guestAddress);
            kvm_userspace_memory_region.memory_size(region, memory.byteSize());
            kvm_userspace_memory_region.userspace_addr(region, memory.address());
            return ioctl(KvmH.KVM_SET_USER_MEMORY_REGION(), region, memory);
        }
    }

    private static int bits(Set<SlotFlag> flags) {
        int bits = 0;
        for (SlotFlag flag : flags) {
            bits |= flag.bit;
        }
        return bits;
    }

    /// Fills `words` with one bit per host page of the slot, and clears the log unless
    /// [KvmCapability#MANUAL_DIRTY_LOG_PROTECT2] is on. `-ENOENT`: the slot is not logged.
    ///
    /// @param words native, [#dirtyLogByteCount(int)] bytes or more, aligned to 8
    public int getDirtyLog(int slot, MemorySegment words) {
        requireWords(words, dirtyLogByteCount(slot));
        try (Arena call = Arena.ofConfined()) {
            MemorySegment log = kvm_dirty_log.allocate(call);
            kvm_dirty_log.slot(log, slot);
            kvm_dirty_log.dirty_bitmap(log, words.address());
            return ioctl(KvmH.KVM_GET_DIRTY_LOG(), log, words);
        }
    }

    /// Clears the pages whose bits are set in `words`, and watches them again.
    ///
    /// @param words native; bit 0 is `firstPage`
    /// @param firstPage a multiple of 64
    /// @param pageCount a multiple of 64, or what is left of the slot
    public int clearDirtyLog(int slot, MemorySegment words, long firstPage, int pageCount) {
        requireWords(words, wordByteCount(pageCount));
        try (Arena call = Arena.ofConfined()) {
            MemorySegment clear = kvm_clear_dirty_log.allocate(call);
            kvm_clear_dirty_log.slot(clear, slot);
            kvm_clear_dirty_log.num_pages(clear, pageCount);
            kvm_clear_dirty_log.first_page(clear, firstPage);
            kvm_clear_dirty_log.dirty_bitmap(clear, words.address());
            return ioctl(KvmH.KVM_CLEAR_DIRTY_LOG(), clear, words);
        }
    }

    /// The bytes that [#getDirtyLog] fills for a slot.
    public long dirtyLogByteCount(int slot) {
        MemorySegment memory = slots.get(slot);
        if (memory == null) {
            throw new IllegalArgumentException("slot " + slot + " has no memory");
        }
        return wordByteCount(memory.byteSize() / NativeMemory.pageByteCount());
    }

    private static long wordByteCount(long pageCount) {
        return Math.ceilDiv(pageCount, Long.SIZE) * Long.BYTES;
    }

    // The kernel writes as far as the slot goes, whatever the caller has room for.
    private static void requireWords(MemorySegment words, long byteCount) {
        if (!words.isNative()
                || words.byteSize() < byteCount
                || words.address() % Long.BYTES != 0) {
            throw new IllegalArgumentException(
                    "a dirty log of " + byteCount + " bytes does not fit " + words);
        }
    }

    /// Gives every vCPU that is made from now on a dirty ring. Before the first vCPU only.
    ///
    /// @param byteCount a power of two, at most what [#dirtyRingByteCountMax()] answers
    public int enableDirtyRing(int byteCount) {
        int answer = enable(dirtyRingCapability(), byteCount);
        if (answer == 0) {
            dirtyRingByteCount = byteCount;
        }
        return answer;
    }

    /// The most bytes of a dirty ring, 0 where there are no rings.
    public int dirtyRingByteCountMax() {
        return extension(dirtyRingCapability());
    }

    private KvmCapability dirtyRingCapability() {
        // Our accesses are ordered, so the stricter one will do where both are offered.
        return extension(KvmCapability.DIRTY_LOG_RING_ACQ_REL) > 0
                ? KvmCapability.DIRTY_LOG_RING_ACQ_REL
                : KvmCapability.DIRTY_LOG_RING;
    }

    /// Watches all harvested pages again, and frees their entries; answers how many.
    public int resetDirtyRings() {
        return ioctl(KvmH.KVM_RESET_DIRTY_RINGS(), 0);
    }

    /// A vCPU, or why there is none.
    public Facility<KvmVcpu> createVcpu(int id) {
        int made = ioctl(KvmH.KVM_CREATE_VCPU(), id);
        if (made < 0) {
            return Facility.missing(
                    "KVM_CREATE_VCPU of vCPU " + id + " answers " + Errno.text(-made), "");
        }
        Descriptor vcpu = new Descriptor("KVM vCPU " + id, made);
        return KvmVcpu.map(this, id, vcpu, mappingByteCount, dirtyRingByteCount);
    }

    /// The interrupt controller of the architecture, inside the kernel. Before the first vCPU on
    /// x86-64; on arm64 a device is the better way.
    public int createIrqchip() {
        return ioctl(KvmH.KVM_CREATE_IRQCHIP(), 0);
    }

    /// Raises or lowers an interrupt line of the controller in the kernel.
    public int setInterruptLine(int line, boolean raised) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment level = kvm_irq_level.allocate(call);
            kvm_irq_level.irq(level, line);
            kvm_irq_level.level(level, raised ? 1 : 0);
            return ioctl(KvmH.KVM_IRQ_LINE(), level);
        }
    }

    /// Copies a part of the VM's state out of the kernel.
    public int get(KvmVmState part, MemorySegment into) {
        return part.get(this, into);
    }

    /// Puts a part of the VM's state into the kernel.
    public int set(KvmVmState part, MemorySegment from) {
        return part.set(this, from);
    }

    /// A device in the kernel, or why there is none.
    ///
    /// @param type as [KvmArm64] names them
    public Facility<KvmDevice> createDevice(int type) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment device = kvm_create_device.allocate(call);
            kvm_create_device.type(device, type);
            int answer = ioctl(KvmH.KVM_CREATE_DEVICE(), device);
            return answer < 0
                    ? Facility.missing(
                            "KVM_CREATE_DEVICE of type " + type + " answers " + Errno.text(-answer),
                            "")
                    : Facility.available(
                            new KvmDevice(
                                    new Descriptor(
                                            "KVM device of type " + type,
                                            kvm_create_device.fd(device))));
        }
    }

    int ioctl(long request, long argument) {
        return Libc.ioctl(vm.number(), request, argument);
    }

    int ioctl(long request, MemorySegment argument) {
        return Libc.ioctl(vm.number(), request, argument);
    }

    private int ioctl(long request, MemorySegment argument, MemorySegment named) {
        return Libc.ioctl(vm.number(), request, argument, named);
    }

    @Override
    public void close() {
        vm.close();
        slots.clear();
    }
}
