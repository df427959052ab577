package io.coldframe.bindings.macos;

/// The exception syndrome of an exit, as the Arm architecture defines `ESR_EL2`.
///
/// ```
///     31    26  25  24                                      0
///    |  class | IL |       what the class says               |
///     a data abort:
///     ISV 24   size 23:22   register 20:16   WnR 6   fault 5:0
/// ```
///
/// @param bits the register as it stands
public record HvSyndrome(long bits) {

    /// The exception class of a WFI or WFE.
    public static final int WFX = 0x01;

    /// The exception class of an HVC, a call of the hypervisor.
    public static final int HVC = 0x16;

    /// The exception class of a trapped access to a system register.
    public static final int SYSTEM_REGISTER = 0x18;

    /// The exception class of a fetch that the guest's memory refused.
    public static final int INSTRUCTION_ABORT = 0x20;

    /// The exception class of a load or store that the guest's memory refused.
    public static final int DATA_ABORT = 0x24;

    // The fault status without its two lowest bits, which are the level of the page table.
    private static final int TRANSLATION = 0b0001;
    private static final int PERMISSION = 0b0011;

    /// Bits 31 to 26, one of the constants above or another of the architecture's.
    public int exceptionClass() {
        return (int) (bits >>> 26) & 0x3f;
    }

    /// Whether a load or a store was refused.
    public boolean isDataAbort() {
        return exceptionClass() == DATA_ABORT;
    }

    /// Of a data abort: whether it was a store.
    public boolean isWrite() {
        return (bits >>> 6 & 1) != 0;
    }

    /// Of an abort: whether the page is mapped and its permissions refused the access.
    public boolean isPermissionFault() {
        return (bits >>> 2 & 0xf) == PERMISSION;
    }

    /// Of an abort: whether nothing is mapped there, as with a device's registers.
    public boolean isTranslationFault() {
        return (bits >>> 2 & 0xf) == TRANSLATION;
    }

    /// Of a data abort: whether size and register below are valid.
    public boolean describesAccess() {
        return (bits >>> 24 & 1) != 0;
    }

    /// Of a data abort that describes its access: how many bytes.
    public int accessBytes() {
        return 1 << (bits >>> 22 & 3);
    }

    /// Of a data abort that describes its access: the general register, 31 being zero and **not**
    /// [HvRegister#PC].
    public int register() {
        return (int) (bits >>> 16) & 0x1f;
    }

    /// Of an [#HVC]: its immediate.
    public int immediate() {
        return (int) bits & 0xffff;
    }

    @Override
    public String toString() {
        return String.format("syndrome 0x%08x (class 0x%02x)", bits, exceptionClass());
    }
}
