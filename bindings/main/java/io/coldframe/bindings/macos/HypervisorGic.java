package io.coldframe.bindings.macos;

import io.coldframe.bindings.Facility;
import io.coldframe.bindings.generated.macos.HypervisorH;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.function.ToIntFunction;

/// The interrupt controller, a GICv3, that the framework plays since macOS 15.
///
/// The order is: create the machine, create the controller, create the vCPUs, give each its
/// `MPIDR_EL1`, [#restoreState] if there is a state, run.
///
/// **Lifetime.** The controller is a part of the virtual machine and ends with it.
///
/// **Threads.** Safe, but for the registers of a vCPU's interface, which belong to its thread.
public final class HypervisorGic {
    private static final List<String> NEEDED =
            List.of("hv_gic_create", "hv_gic_state_create", "hv_gic_set_state");

    /// How much of the guest's address space the controller takes, and what it can tell apart.
    ///
    /// @param distributorBytes of the distributor
    /// @param distributorAlignment its base is a multiple of this
    /// @param redistributorRegionBytes of the redistributors of all vCPUs that a machine may have
    /// @param redistributorBytes of one of them
    /// @param redistributorAlignment the region's base is a multiple of this
    /// @param msiBytes of the frame for message-signalled interrupts
    /// @param msiAlignment its base is a multiple of this
    /// @param firstSpi the first shared peripheral interrupt
    /// @param spiCount how many there are
    public record Geometry(
            long distributorBytes,
            long distributorAlignment,
            long redistributorRegionBytes,
            long redistributorBytes,
            long redistributorAlignment,
            long msiBytes,
            long msiAlignment,
            int firstSpi,
            int spiCount) {}

    /// Where the guest finds the controller.
    ///
    /// @param distributorBase the distributor's guest address
    /// @param redistributorBase the guest address of the redistributors, never 0
    /// @param msiBase the guest address of the frame for message-signalled interrupts
    /// @param firstMsi the first of the interrupts that messages may raise
    /// @param msiCount how many of them; 0 for no messages, the frame's address being unused then
    public record Layout(
            long distributorBase,
            long redistributorBase,
            long msiBase,
            int firstMsi,
            int msiCount) {

        /// A controller without message-signalled interrupts.
        public static Layout withoutMessages(long distributorBase, long redistributorBase) {
            return new Layout(distributorBase, redistributorBase, 0, 0, 0);
        }
    }

    private HypervisorGic() {}

    static Facility<HypervisorGic> of(SymbolLookup library) {
        for (String name : NEEDED) {
            if (library.find(name).isEmpty()) {
                return Facility.missing("Hypervisor.framework has no " + name, "macOS 15 or later");
            }
        }
        return Facility.available(new HypervisorGic());
    }

    /// What the framework's controller is like on this host.
    public HvAnswer<Geometry> geometry() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment sizes = arena.allocate(ValueLayout.JAVA_LONG, 7);
            MemorySegment range = arena.allocate(ValueLayout.JAVA_INT, 2);
            List<ToIntFunction<MemorySegment>> queries =
                    List.of(
                            HypervisorH::hv_gic_get_distributor_size,
                            HypervisorH::hv_gic_get_distributor_base_alignment,
                            HypervisorH::hv_gic_get_redistributor_region_size,
                            HypervisorH::hv_gic_get_redistributor_size,
                            HypervisorH::hv_gic_get_redistributor_base_alignment,
                            HypervisorH::hv_gic_get_msi_region_size,
                            HypervisorH::hv_gic_get_msi_region_base_alignment);
            int code =
                    HypervisorH.hv_gic_get_spi_interrupt_range(range, range.asSlice(Integer.BYTES));
            for (int at = 0; at < queries.size() && code == 0; at++) {
                code = queries.get(at).applyAsInt(sizes.asSlice((long) at * Long.BYTES));
            }
            return code == 0
                    ? new HvAnswer.Given<>(geometry(sizes, range))
                    : new HvAnswer.Refused<>(HvResult.of(code));
        }
    }

    private static Geometry geometry(MemorySegment sizes, MemorySegment range) {
        return new Geometry(
                sizes.getAtIndex(ValueLayout.JAVA_LONG, 0),
                sizes.getAtIndex(ValueLayout.JAVA_LONG, 1),
                sizes.getAtIndex(ValueLayout.JAVA_LONG, 2),
                sizes.getAtIndex(ValueLayout.JAVA_LONG, 3),
                sizes.getAtIndex(ValueLayout.JAVA_LONG, 4),
                sizes.getAtIndex(ValueLayout.JAVA_LONG, 5),
                sizes.getAtIndex(ValueLayout.JAVA_LONG, 6),
                range.getAtIndex(ValueLayout.JAVA_INT, 0),
                range.getAtIndex(ValueLayout.JAVA_INT, 1));
    }

    /// The number of an interrupt that the framework keeps for itself.
    ///
    /// @param interrupt as the architecture numbers it: 23, 25, 26, 27 or 30
    public HvAnswer<Integer> reservedInterrupt(int interrupt) {
        return HvCalls.getInt(value -> HypervisorH.hv_gic_get_intid((short) interrupt, value));
    }

    /// Gives the virtual machine its controller, before it has a vCPU.
    public HvResult create(Layout layout) {
        MemorySegment config = HypervisorH.hv_gic_config_create();
        if (config.equals(MemorySegment.NULL)) {
            return HvResult.NO_RESOURCES;
        }
        try {
            int code = configure(config, layout);
            return HvResult.of(code == 0 ? HypervisorH.hv_gic_create(config) : code);
        } finally {
            HypervisorH.os_release(config);
        }
    }

    private static int configure(MemorySegment config, Layout layout) {
        int code = HypervisorH.hv_gic_config_set_distributor_base(config, layout.distributorBase());
        if (code == 0) {
            code =
                    HypervisorH.hv_gic_config_set_redistributor_base(
                            config, layout.redistributorBase());
        }
        if (code == 0 && layout.msiCount() != 0) {
            code = HypervisorH.hv_gic_config_set_msi_region_base(config, layout.msiBase());
        }
        if (code == 0 && layout.msiCount() != 0) {
            code =
                    HypervisorH.hv_gic_config_set_msi_interrupt_range(
                            config, layout.firstMsi(), layout.msiCount());
        }
        return code;
    }

    /// Resets the controller, as part of a reset of the machine.
    public HvResult reset() {
        return HvResult.of(HypervisorH.hv_gic_reset());
    }

    /// Sets the level of a shared peripheral interrupt; a rise is also the edge of one that has
    /// edges.
    public HvResult setInterrupt(int interrupt, boolean level) {
        return HvResult.of(HypervisorH.hv_gic_set_spi(interrupt, level));
    }

    /// Raises an interrupt by message.
    ///
    /// @param guestAddress of the register in the frame that takes messages
    public HvResult sendMessage(long guestAddress, int interrupt) {
        return HvResult.of(HypervisorH.hv_gic_send_msi(guestAddress, interrupt));
    }

    /// Where the guest finds the vCPU's redistributor. The vCPU has its `MPIDR_EL1`.
    public HvAnswer<Long> redistributorBase(HypervisorVcpu vcpu) {
        return HvCalls.getLong(
                value -> HypervisorH.hv_gic_get_redistributor_base(vcpu.existingId(), value));
    }

    // ---- state ----

    /// The state of distributor and redistributors as opaque bytes that a later process may put
    /// back.
    ///
    /// No vCPU runs. The interfaces of the vCPUs are not in it: [#read] them. Where the framework
    /// makes no state object it gives no code; [HvResult#ERROR] stands for that.
    public HvAnswer<MemorySegment> captureState(SegmentAllocator allocator) {
        MemorySegment state = HypervisorH.hv_gic_state_create();
        if (state.equals(MemorySegment.NULL)) {
            return new HvAnswer.Refused<>(HvResult.ERROR);
        }
        try {
            return switch (HvCalls.getLong(
                    size -> HypervisorH.hv_gic_state_get_size(state, size))) {
                case HvAnswer.Refused<Long>(HvResult result) -> new HvAnswer.Refused<>(result);
                case HvAnswer.Given<Long>(Long byteCount) -> {
                    MemorySegment data = allocator.allocate(byteCount, Long.BYTES);
                    int code = HypervisorH.hv_gic_state_get_data(state, data);
                    yield code == 0
                            ? new HvAnswer.Given<>(data)
                            : new HvAnswer.Refused<>(HvResult.of(code));
                }
            };
        } finally {
            HypervisorH.os_release(state);
        }
    }

    /// Puts back what [#captureState] gave: into a controller of the same layout, with the vCPUs
    /// created and none of them run yet. A newer macOS may refuse it.
    public HvResult restoreState(MemorySegment state) {
        return HvResult.of(HypervisorH.hv_gic_set_state(state, state.byteSize()));
    }

    /// Reads a register of the vCPU's interface. The vCPU's thread.
    public HvAnswer<Long> read(HypervisorVcpu vcpu, HvIccRegister register) {
        return HvCalls.getLong(
                value ->
                        HypervisorH.hv_gic_get_icc_reg(
                                vcpu.existingId(), (short) register.code(), value));
    }

    /// Writes a register of the vCPU's interface. The vCPU's thread.
    public HvResult write(HypervisorVcpu vcpu, HvIccRegister register, long value) {
        return HvResult.of(
                HypervisorH.hv_gic_set_icc_reg(vcpu.existingId(), (short) register.code(), value));
    }
}
