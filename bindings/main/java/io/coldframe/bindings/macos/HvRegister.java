package io.coldframe.bindings.macos;

import io.coldframe.bindings.generated.macos.HypervisorH;

/// The registers that [HypervisorVcpu#read(HvRegister)] knows. The stack pointers are system
/// registers, the vectors are in [VectorRegisters].
public enum HvRegister {
    /// General register 0.
    X0(HypervisorH.HV_REG_X0()),
    /// General register 1.
    X1(HypervisorH.HV_REG_X1()),
    /// General register 2.
    X2(HypervisorH.HV_REG_X2()),
    /// General register 3.
    X3(HypervisorH.HV_REG_X3()),
    /// General register 4.
    X4(HypervisorH.HV_REG_X4()),
    /// General register 5.
    X5(HypervisorH.HV_REG_X5()),
    /// General register 6.
    X6(HypervisorH.HV_REG_X6()),
    /// General register 7.
    X7(HypervisorH.HV_REG_X7()),
    /// General register 8.
    X8(HypervisorH.HV_REG_X8()),
    /// General register 9.
    X9(HypervisorH.HV_REG_X9()),
    /// General register 10.
    X10(HypervisorH.HV_REG_X10()),
    /// General register 11.
    X11(HypervisorH.HV_REG_X11()),
    /// General register 12.
    X12(HypervisorH.HV_REG_X12()),
    /// General register 13.
    X13(HypervisorH.HV_REG_X13()),
    /// General register 14.
    X14(HypervisorH.HV_REG_X14()),
    /// General register 15.
    X15(HypervisorH.HV_REG_X15()),
    /// General register 16.
    X16(HypervisorH.HV_REG_X16()),
    /// General register 17.
    X17(HypervisorH.HV_REG_X17()),
    /// General register 18.
    X18(HypervisorH.HV_REG_X18()),
    /// General register 19.
    X19(HypervisorH.HV_REG_X19()),
    /// General register 20.
    X20(HypervisorH.HV_REG_X20()),
    /// General register 21.
    X21(HypervisorH.HV_REG_X21()),
    /// General register 22.
    X22(HypervisorH.HV_REG_X22()),
    /// General register 23.
    X23(HypervisorH.HV_REG_X23()),
    /// General register 24.
    X24(HypervisorH.HV_REG_X24()),
    /// General register 25.
    X25(HypervisorH.HV_REG_X25()),
    /// General register 26.
    X26(HypervisorH.HV_REG_X26()),
    /// General register 27.
    X27(HypervisorH.HV_REG_X27()),
    /// General register 28.
    X28(HypervisorH.HV_REG_X28()),
    /// General register 29, the frame pointer.
    X29(HypervisorH.HV_REG_X29()),
    /// General register 30, the link register.
    X30(HypervisorH.HV_REG_X30()),
    /// The program counter.
    PC(HypervisorH.HV_REG_PC()),
    /// Floating-point control.
    FPCR(HypervisorH.HV_REG_FPCR()),
    /// Floating-point status.
    FPSR(HypervisorH.HV_REG_FPSR()),
    /// The processor state, laid out as in `SPSR_EL1`.
    CPSR(HypervisorH.HV_REG_CPSR());

    private final int code;

    HvRegister(int code) {
        this.code = code;
    }

    /// General register `index`, 0 to 30.
    public static HvRegister x(int index) {
        if (index < 0 || index > 30) {
            throw new IllegalArgumentException("there is no register X" + index);
        }
        return values()[index];
    }

    int code() {
        return code;
    }
}
