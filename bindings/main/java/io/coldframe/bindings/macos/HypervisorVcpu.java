package io.coldframe.bindings.macos;

import io.coldframe.bindings.generated.macos.HypervisorH;
import io.coldframe.bindings.generated.macos.hv_vcpu_exit_exception_t;
import io.coldframe.bindings.generated.macos.hv_vcpu_exit_t;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// A virtual processor and why it last left the guest.
///
/// **Lifetime.** Until [#destroy()] succeeds. Every call after that, but for [#id()], is an
/// [IllegalStateException]: the framework gives the number to the next vCPU.
///
/// **Threads.** The thread that made it, for everything but [#id()] and [#cancel()]: the framework
/// refuses another thread's call, and reading the exit from there is a [WrongThreadException].
public final class HypervisorVcpu {

    /// An interrupt line of a vCPU.
    public enum InterruptLine {
        /// The ordinary one.
        IRQ(HypervisorH.HV_INTERRUPT_TYPE_IRQ()),
        /// The fast one.
        FIQ(HypervisorH.HV_INTERRUPT_TYPE_FIQ());

        private final int code;

        InterruptLine(int code) {
            this.code = code;
        }
    }

    private final long id;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment exit;
    private final MemorySegment exception;
    private volatile boolean destroyed;

    /// @param exitAddress where the framework describes each exit
    HypervisorVcpu(long id, MemorySegment exitAddress) {
        this.id = id;
        exit = hv_vcpu_exit_t.reinterpret(exitAddress, arena, _ -> {});
        exception = hv_vcpu_exit_t.exception(exit);
    }

    /// The framework's number for it.
    public long id() {
        return id;
    }

    /// The number for a call, which must not reach the vCPU that has it next.
    long existingId() {
        if (destroyed) {
            throw new IllegalStateException(this + " is destroyed");
        }
        return id;
    }

    /// Runs the guest until it exits; the exit is then described below. The thread counts as native
    /// meanwhile.
    public HvResult run() {
        return HvResult.of(HypervisorH.hv_vcpu_run(existingId()));
    }

    /// As [HypervisorFramework#cancel(List)], for this one. Any thread.
    public HvResult cancel() {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment ids = call.allocate(HypervisorH.C_LONG_LONG);
            ids.set(HypervisorH.C_LONG_LONG, 0, existingId());
            return HvResult.of(HypervisorH.hv_vcpus_exit(ids, 1));
        }
    }

    /// Ends it.
    public HvResult destroy() {
        HvResult result = HvResult.of(HypervisorH.hv_vcpu_destroy(existingId()));
        if (result.isSuccess()) {
            destroyed = true;
            arena.close();
        }
        return result;
    }

    // ---- the last exit ----

    /// Why the vCPU left the guest.
    public HvExitReason exitReason() {
        return HvExitReason.of(hv_vcpu_exit_t.reason(exit));
    }

    /// Of an [HvExitReason#EXCEPTION]: what happened.
    public HvSyndrome syndrome() {
        return new HvSyndrome(hv_vcpu_exit_exception_t.syndrome(exception));
    }

    /// Of an abort: the address that the guest's program used.
    public long virtualAddress() {
        return hv_vcpu_exit_exception_t.virtual_address(exception);
    }

    /// Of an abort: the same as a guest address, which is what [HypervisorFramework#protect] takes.
    public long guestAddress() {
        return hv_vcpu_exit_exception_t.physical_address(exception);
    }

    // ---- registers ----

    /// Reads a general register.
    public HvAnswer<Long> read(HvRegister register) {
        return HvCalls.getLong(
                value -> HypervisorH.hv_vcpu_get_reg(existingId(), register.code(), value));
    }

    /// Writes a general register.
    public HvResult write(HvRegister register, long value) {
        return HvResult.of(HypervisorH.hv_vcpu_set_reg(existingId(), register.code(), value));
    }

    /// Reads a system register. What this host lacks is refused: see [HvSystemRegister#needs()].
    public HvAnswer<Long> read(HvSystemRegister register) {
        return HvCalls.getLong(
                value ->
                        HypervisorH.hv_vcpu_get_sys_reg(
                                existingId(), (short) register.code(), value));
    }

    /// Writes a system register. What this host lacks is refused, and so may be an identification
    /// register.
    public HvResult write(HvSystemRegister register, long value) {
        return HvResult.of(
                HypervisorH.hv_vcpu_set_sys_reg(existingId(), (short) register.code(), value));
    }

    /// Reads vector register `index` into 16 bytes. For writing see [VectorRegisters].
    ///
    /// @param index 0 to 31
    public HvResult readVector(int index, MemorySegment to) {
        VectorRegisters.checkBytes(to);
        try (Arena call = Arena.ofConfined()) {
            // A C vector is aligned, and the caller's bytes need not be.
            MemorySegment value = call.allocate(VectorRegisters.BYTES, VectorRegisters.BYTES);
            int code = HypervisorH.hv_vcpu_get_simd_fp_reg(existingId(), index, value);
            if (code == 0) {
                to.copyFrom(value);
            }
            return HvResult.of(code);
        }
    }

    // ---- interrupts and the virtual timer ----

    /// Whether the line is set. It is cleared whenever the vCPU leaves the guest.
    public HvAnswer<Boolean> isPending(InterruptLine line) {
        return HvCalls.getBoolean(
                value -> HypervisorH.hv_vcpu_get_pending_interrupt(existingId(), line.code, value));
    }

    /// Sets or clears the line for the next run.
    public HvResult setPending(InterruptLine line, boolean pending) {
        return HvResult.of(
                HypervisorH.hv_vcpu_set_pending_interrupt(existingId(), line.code, pending));
    }

    /// Whether the virtual timer makes no exit.
    public HvAnswer<Boolean> isTimerMasked() {
        return HvCalls.getBoolean(
                value -> HypervisorH.hv_vcpu_get_vtimer_mask(existingId(), value));
    }

    /// Masks or unmasks the virtual timer.
    public HvResult setTimerMasked(boolean masked) {
        return HvResult.of(HypervisorH.hv_vcpu_set_vtimer_mask(existingId(), masked));
    }

    /// By how many ticks the guest's counter is behind the host's.
    public HvAnswer<Long> timerOffsetTicks() {
        return HvCalls.getLong(value -> HypervisorH.hv_vcpu_get_vtimer_offset(existingId(), value));
    }

    /// Sets the guest's counter back by this many ticks of the host's. The same for every vCPU.
    public HvResult setTimerOffsetTicks(long ticks) {
        return HvResult.of(HypervisorH.hv_vcpu_set_vtimer_offset(existingId(), ticks));
    }

    @Override
    public String toString() {
        return "vCPU " + id;
    }
}
