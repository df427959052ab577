/*
 * What Coldframe uses of Apple's Hypervisor.framework on arm64, and every register and result code
 * that it has up to macOS 15.
 *
 * Names, numbers and layouts are Apple's; words and arrangement are ours. Nothing is included, so
 * that the header parses anywhere: bindings/README.md says where each fact comes from and which
 * ones no one here could try on a Mac.
 *
 * "Owner" below: the thread that created the vCPU. Apple lets no other thread touch it, except
 * through hv_vcpus_exit.
 */
#ifndef COLDFRAME_HYPERVISOR_H
#define COLDFRAME_HYPERVISOR_H

typedef __UINT8_TYPE__ uint8_t;
typedef __UINT16_TYPE__ uint16_t;
typedef __UINT32_TYPE__ uint32_t;
typedef __INT32_TYPE__ int32_t;
typedef __UINT64_TYPE__ uint64_t;
typedef __SIZE_TYPE__ size_t;

/* ---- results: a mach_error_t of subsystem 0xba5 ------------------------------------------- */

typedef int32_t hv_return_t;

enum {
    HV_SUCCESS = 0,
    HV_ERROR = (int32_t)0xfae94001,
    HV_BUSY = (int32_t)0xfae94002,
    HV_BAD_ARGUMENT = (int32_t)0xfae94003,
    HV_ILLEGAL_GUEST_STATE = (int32_t)0xfae94004,
    HV_NO_RESOURCES = (int32_t)0xfae94005,
    HV_NO_DEVICE = (int32_t)0xfae94006,
    HV_DENIED = (int32_t)0xfae94007,
    /* Apple's pages say HV_FAULT; the arm64 headers leave it out or say HV_EXISTS. */
    HV_FAULT = (int32_t)0xfae94008,
    HV_UNSUPPORTED = (int32_t)0xfae9400f
};

/* ---- the virtual machine: at most one in a process ---------------------------------------- */

/* Configurations are objects: made by ..._create, given back with os_release. */
typedef void *hv_vm_config_t;

typedef uint64_t hv_ipa_t;
typedef uint64_t hv_memory_flags_t;

enum {
    HV_MEMORY_READ = 1 << 0,
    HV_MEMORY_WRITE = 1 << 1,
    HV_MEMORY_EXEC = 1 << 2
};

hv_vm_config_t hv_vm_config_create(void);
hv_return_t hv_vm_config_get_max_ipa_size(uint32_t *bits);
hv_return_t hv_vm_config_get_default_ipa_size(uint32_t *bits);
hv_return_t hv_vm_config_set_ipa_size(hv_vm_config_t config, uint32_t bits);
hv_return_t hv_vm_config_get_ipa_size(hv_vm_config_t config, uint32_t *bits);

hv_return_t hv_vm_get_max_vcpu_count(uint32_t *count);

/* A null configuration is the default one. */
hv_return_t hv_vm_create(hv_vm_config_t config);

/* Every vCPU is destroyed first. */
hv_return_t hv_vm_destroy(void);

/* Addresses and sizes are whole host pages, 16 KiB. The host's own mapping of the memory keeps its
 * permissions whatever the guest's are. */
hv_return_t hv_vm_map(void *host, hv_ipa_t guest, size_t size, hv_memory_flags_t flags);
hv_return_t hv_vm_unmap(hv_ipa_t guest, size_t size);
hv_return_t hv_vm_protect(hv_ipa_t guest, size_t size, hv_memory_flags_t flags);

/* Of libSystem: gives back an object that one of the ..._create functions made. */
void os_release(void *object);

/* ---- a virtual processor ------------------------------------------------------------------ */

typedef uint64_t hv_vcpu_t;
typedef void *hv_vcpu_config_t;

typedef uint32_t hv_exit_reason_t;

enum {
    HV_EXIT_REASON_CANCELED = 0,
    HV_EXIT_REASON_EXCEPTION = 1,
    HV_EXIT_REASON_VTIMER_ACTIVATED = 2,
    HV_EXIT_REASON_UNKNOWN = 3
};

/* The registers that the hardware would show a hypervisor at EL2: ESR, FAR, and HPFAR joined with
 * the page offset. */
typedef struct {
    uint64_t syndrome;
    uint64_t virtual_address;
    hv_ipa_t physical_address;
} hv_vcpu_exit_exception_t;

typedef struct {
    hv_exit_reason_t reason;
    hv_vcpu_exit_exception_t exception;
} hv_vcpu_exit_t;

/* The vCPU belongs to the calling thread, which may own one; the framework rewrites *exit at every
 * return of hv_vcpu_run. A null configuration is the default one. */
hv_return_t hv_vcpu_create(hv_vcpu_t *vcpu, hv_vcpu_exit_t **exit, hv_vcpu_config_t config);

/* Owner. */
hv_return_t hv_vcpu_destroy(hv_vcpu_t vcpu);

/* Owner. Returns at the next exit. */
hv_return_t hv_vcpu_run(hv_vcpu_t vcpu);

/* Any thread. A vCPU that is not running leaves its next hv_vcpu_run at once. */
hv_return_t hv_vcpus_exit(hv_vcpu_t *vcpus, uint32_t count);

typedef uint32_t hv_interrupt_type_t;

enum {
    HV_INTERRUPT_TYPE_IRQ = 0,
    HV_INTERRUPT_TYPE_FIQ = 1
};

/* Owner. What was set is cleared by every return of hv_vcpu_run. */
hv_return_t hv_vcpu_get_pending_interrupt(hv_vcpu_t vcpu, hv_interrupt_type_t type, _Bool *pending);
hv_return_t hv_vcpu_set_pending_interrupt(hv_vcpu_t vcpu, hv_interrupt_type_t type, _Bool pending);

/* Owner. The guest's counter is the host's mach_absolute_time less the offset. */
hv_return_t hv_vcpu_get_vtimer_mask(hv_vcpu_t vcpu, _Bool *masked);
hv_return_t hv_vcpu_set_vtimer_mask(hv_vcpu_t vcpu, _Bool masked);
hv_return_t hv_vcpu_get_vtimer_offset(hv_vcpu_t vcpu, uint64_t *offset);
hv_return_t hv_vcpu_set_vtimer_offset(hv_vcpu_t vcpu, uint64_t offset);

/* ---- registers ---------------------------------------------------------------------------- */

typedef uint32_t hv_reg_t;

/* X29 is also the frame pointer, X30 the link register. 31 is the program counter, never XZR. */
enum {
    HV_REG_X0 = 0,
    HV_REG_X1,
    HV_REG_X2,
    HV_REG_X3,
    HV_REG_X4,
    HV_REG_X5,
    HV_REG_X6,
    HV_REG_X7,
    HV_REG_X8,
    HV_REG_X9,
    HV_REG_X10,
    HV_REG_X11,
    HV_REG_X12,
    HV_REG_X13,
    HV_REG_X14,
    HV_REG_X15,
    HV_REG_X16,
    HV_REG_X17,
    HV_REG_X18,
    HV_REG_X19,
    HV_REG_X20,
    HV_REG_X21,
    HV_REG_X22,
    HV_REG_X23,
    HV_REG_X24,
    HV_REG_X25,
    HV_REG_X26,
    HV_REG_X27,
    HV_REG_X28,
    HV_REG_X29,
    HV_REG_X30,
    HV_REG_PC = 31,
    HV_REG_FPCR = 32,
    HV_REG_FPSR = 33,
    HV_REG_CPSR = 34,
    HV_REG_FP = HV_REG_X29,
    HV_REG_LR = HV_REG_X30
};

/* Owner. */
hv_return_t hv_vcpu_get_reg(hv_vcpu_t vcpu, hv_reg_t reg, uint64_t *value);
hv_return_t hv_vcpu_set_reg(hv_vcpu_t vcpu, hv_reg_t reg, uint64_t value);

typedef uint32_t hv_simd_fp_reg_t;

enum {
    HV_SIMD_FP_REG_Q0 = 0,
    HV_SIMD_FP_REG_Q1,
    HV_SIMD_FP_REG_Q2,
    HV_SIMD_FP_REG_Q3,
    HV_SIMD_FP_REG_Q4,
    HV_SIMD_FP_REG_Q5,
    HV_SIMD_FP_REG_Q6,
    HV_SIMD_FP_REG_Q7,
    HV_SIMD_FP_REG_Q8,
    HV_SIMD_FP_REG_Q9,
    HV_SIMD_FP_REG_Q10,
    HV_SIMD_FP_REG_Q11,
    HV_SIMD_FP_REG_Q12,
    HV_SIMD_FP_REG_Q13,
    HV_SIMD_FP_REG_Q14,
    HV_SIMD_FP_REG_Q15,
    HV_SIMD_FP_REG_Q16,
    HV_SIMD_FP_REG_Q17,
    HV_SIMD_FP_REG_Q18,
    HV_SIMD_FP_REG_Q19,
    HV_SIMD_FP_REG_Q20,
    HV_SIMD_FP_REG_Q21,
    HV_SIMD_FP_REG_Q22,
    HV_SIMD_FP_REG_Q23,
    HV_SIMD_FP_REG_Q24,
    HV_SIMD_FP_REG_Q25,
    HV_SIMD_FP_REG_Q26,
    HV_SIMD_FP_REG_Q27,
    HV_SIMD_FP_REG_Q28,
    HV_SIMD_FP_REG_Q29,
    HV_SIMD_FP_REG_Q30,
    HV_SIMD_FP_REG_Q31
};

/* A vector, so hv_vcpu_set_simd_fp_reg receives it in vector register 0. No layout of the Foreign
 * Function API stands for that, hence no binding: VectorRegisters.java makes the call. */
typedef uint8_t hv_simd_fp_uchar16_t __attribute__((vector_size(16)));

/* Owner. */
hv_return_t hv_vcpu_get_simd_fp_reg(
        hv_vcpu_t vcpu, hv_simd_fp_reg_t reg, hv_simd_fp_uchar16_t *value);
hv_return_t hv_vcpu_set_simd_fp_reg(
        hv_vcpu_t vcpu, hv_simd_fp_reg_t reg, hv_simd_fp_uchar16_t value);

/*
 * System registers by the architecture's encoding. The number is not the one of a trapped access:
 *
 *     15 14 13   11 10    7 6     3 2    0
 *    | op0 |  op1  |  CRn  |  CRm  | op2  |
 */
#define HV_SYS_REG_NUMBER(op0, op1, crn, crm, op2) \
    ((op0) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2))

/* Breakpoint and watchpoint n: value and control. */
#define HV_SYS_REGS_DEBUG_PAIR(R, n) \
    R(DBGBVR##n##_EL1, 2, 0, 0, n, 4) \
    R(DBGBCR##n##_EL1, 2, 0, 0, n, 5) \
    R(DBGWVR##n##_EL1, 2, 0, 0, n, 6) \
    R(DBGWCR##n##_EL1, 2, 0, 0, n, 7)

/* macOS 11. */
#define HV_SYS_REGS_BASE(R) \
    HV_SYS_REGS_DEBUG_PAIR(R, 0) \
    HV_SYS_REGS_DEBUG_PAIR(R, 1) \
    HV_SYS_REGS_DEBUG_PAIR(R, 2) \
    HV_SYS_REGS_DEBUG_PAIR(R, 3) \
    HV_SYS_REGS_DEBUG_PAIR(R, 4) \
    HV_SYS_REGS_DEBUG_PAIR(R, 5) \
    HV_SYS_REGS_DEBUG_PAIR(R, 6) \
    HV_SYS_REGS_DEBUG_PAIR(R, 7) \
    HV_SYS_REGS_DEBUG_PAIR(R, 8) \
    HV_SYS_REGS_DEBUG_PAIR(R, 9) \
    HV_SYS_REGS_DEBUG_PAIR(R, 10) \
    HV_SYS_REGS_DEBUG_PAIR(R, 11) \
    HV_SYS_REGS_DEBUG_PAIR(R, 12) \
    HV_SYS_REGS_DEBUG_PAIR(R, 13) \
    HV_SYS_REGS_DEBUG_PAIR(R, 14) \
    HV_SYS_REGS_DEBUG_PAIR(R, 15) \
    R(MDCCINT_EL1, 2, 0, 0, 2, 0) \
    R(MDSCR_EL1, 2, 0, 0, 2, 2) \
    R(MIDR_EL1, 3, 0, 0, 0, 0) \
    R(MPIDR_EL1, 3, 0, 0, 0, 5) \
    R(ID_AA64PFR0_EL1, 3, 0, 0, 4, 0) \
    R(ID_AA64PFR1_EL1, 3, 0, 0, 4, 1) \
    R(ID_AA64DFR0_EL1, 3, 0, 0, 5, 0) \
    R(ID_AA64DFR1_EL1, 3, 0, 0, 5, 1) \
    R(ID_AA64ISAR0_EL1, 3, 0, 0, 6, 0) \
    R(ID_AA64ISAR1_EL1, 3, 0, 0, 6, 1) \
    R(ID_AA64MMFR0_EL1, 3, 0, 0, 7, 0) \
    R(ID_AA64MMFR1_EL1, 3, 0, 0, 7, 1) \
    R(ID_AA64MMFR2_EL1, 3, 0, 0, 7, 2) \
    R(SCTLR_EL1, 3, 0, 1, 0, 0) \
    R(CPACR_EL1, 3, 0, 1, 0, 2) \
    R(TTBR0_EL1, 3, 0, 2, 0, 0) \
    R(TTBR1_EL1, 3, 0, 2, 0, 1) \
    R(TCR_EL1, 3, 0, 2, 0, 2) \
    R(APIAKEYLO_EL1, 3, 0, 2, 1, 0) \
    R(APIAKEYHI_EL1, 3, 0, 2, 1, 1) \
    R(APIBKEYLO_EL1, 3, 0, 2, 1, 2) \
    R(APIBKEYHI_EL1, 3, 0, 2, 1, 3) \
    R(APDAKEYLO_EL1, 3, 0, 2, 2, 0) \
    R(APDAKEYHI_EL1, 3, 0, 2, 2, 1) \
    R(APDBKEYLO_EL1, 3, 0, 2, 2, 2) \
    R(APDBKEYHI_EL1, 3, 0, 2, 2, 3) \
    R(APGAKEYLO_EL1, 3, 0, 2, 3, 0) \
    R(APGAKEYHI_EL1, 3, 0, 2, 3, 1) \
    R(SPSR_EL1, 3, 0, 4, 0, 0) \
    R(ELR_EL1, 3, 0, 4, 0, 1) \
    R(SP_EL0, 3, 0, 4, 1, 0) \
    R(AFSR0_EL1, 3, 0, 5, 1, 0) \
    R(AFSR1_EL1, 3, 0, 5, 1, 1) \
    R(ESR_EL1, 3, 0, 5, 2, 0) \
    R(FAR_EL1, 3, 0, 6, 0, 0) \
    R(PAR_EL1, 3, 0, 7, 4, 0) \
    R(MAIR_EL1, 3, 0, 10, 2, 0) \
    R(AMAIR_EL1, 3, 0, 10, 3, 0) \
    R(VBAR_EL1, 3, 0, 12, 0, 0) \
    R(CONTEXTIDR_EL1, 3, 0, 13, 0, 1) \
    R(TPIDR_EL1, 3, 0, 13, 0, 4) \
    R(CNTKCTL_EL1, 3, 0, 14, 1, 0) \
    R(CSSELR_EL1, 3, 2, 0, 0, 0) \
    R(TPIDR_EL0, 3, 3, 13, 0, 2) \
    R(TPIDRRO_EL0, 3, 3, 13, 0, 3) \
    R(CNTV_CTL_EL0, 3, 3, 14, 3, 1) \
    R(CNTV_CVAL_EL0, 3, 3, 14, 3, 2) \
    R(SP_EL1, 3, 4, 4, 1, 0)

/* macOS 15. Of ACTLR only bit 1, total store order. */
#define HV_SYS_REGS_MACOS_15_0(R) \
    R(ACTLR_EL1, 3, 0, 1, 0, 1)

/* macOS 15.2: the scalable matrix extension and software context numbers. */
#define HV_SYS_REGS_MACOS_15_2(R) \
    R(ID_AA64ZFR0_EL1, 3, 0, 0, 4, 4) \
    R(ID_AA64SMFR0_EL1, 3, 0, 0, 4, 5) \
    R(SMPRI_EL1, 3, 0, 1, 2, 4) \
    R(SMCR_EL1, 3, 0, 1, 2, 6) \
    R(SCXTNUM_EL1, 3, 0, 13, 0, 7) \
    R(TPIDR2_EL0, 3, 3, 13, 0, 5) \
    R(SCXTNUM_EL0, 3, 3, 13, 0, 7)

/* macOS 15, the physical timer: where the VM has an interrupt controller from hv_gic_create. */
#define HV_SYS_REGS_WITH_GIC(R) \
    R(CNTP_TVAL_EL0, 3, 3, 14, 2, 0) \
    R(CNTP_CTL_EL0, 3, 3, 14, 2, 1) \
    R(CNTP_CVAL_EL0, 3, 3, 14, 2, 2)

/* macOS 15: where the VM was configured with EL2. The SDKs of macOS 15 gave MDCR_EL2 the number
 * 0xe019, which is no register; later SDKs have the architecture's 0xe089. */
#define HV_SYS_REGS_WITH_EL2(R) \
    R(VPIDR_EL2, 3, 4, 0, 0, 0) \
    R(VMPIDR_EL2, 3, 4, 0, 0, 5) \
    R(SCTLR_EL2, 3, 4, 1, 0, 0) \
    R(HCR_EL2, 3, 4, 1, 1, 0) \
    R(MDCR_EL2, 3, 4, 1, 1, 1) \
    R(CPTR_EL2, 3, 4, 1, 1, 2) \
    R(TTBR0_EL2, 3, 4, 2, 0, 0) \
    R(TTBR1_EL2, 3, 4, 2, 0, 1) \
    R(TCR_EL2, 3, 4, 2, 0, 2) \
    R(VTTBR_EL2, 3, 4, 2, 1, 0) \
    R(VTCR_EL2, 3, 4, 2, 1, 2) \
    R(SPSR_EL2, 3, 4, 4, 0, 0) \
    R(ELR_EL2, 3, 4, 4, 0, 1) \
    R(ESR_EL2, 3, 4, 5, 2, 0) \
    R(FAR_EL2, 3, 4, 6, 0, 0) \
    R(HPFAR_EL2, 3, 4, 6, 0, 4) \
    R(MAIR_EL2, 3, 4, 10, 2, 0) \
    R(VBAR_EL2, 3, 4, 12, 0, 0) \
    R(TPIDR_EL2, 3, 4, 13, 0, 2) \
    R(CNTVOFF_EL2, 3, 4, 14, 0, 3) \
    R(CNTHCTL_EL2, 3, 4, 14, 1, 0) \
    R(CNTHP_TVAL_EL2, 3, 4, 14, 2, 0) \
    R(CNTHP_CTL_EL2, 3, 4, 14, 2, 1) \
    R(CNTHP_CVAL_EL2, 3, 4, 14, 2, 2) \
    R(SP_EL2, 3, 6, 4, 1, 0)

#define HV_SYS_REG_CONSTANT(name, op0, op1, crn, crm, op2) \
    HV_SYS_REG_##name = HV_SYS_REG_NUMBER(op0, op1, crn, crm, op2),

typedef uint16_t hv_sys_reg_t;

enum {
    HV_SYS_REGS_BASE(HV_SYS_REG_CONSTANT)
    HV_SYS_REGS_MACOS_15_0(HV_SYS_REG_CONSTANT)
    HV_SYS_REGS_MACOS_15_2(HV_SYS_REG_CONSTANT)
    HV_SYS_REGS_WITH_GIC(HV_SYS_REG_CONSTANT)
    HV_SYS_REGS_WITH_EL2(HV_SYS_REG_CONSTANT)
};

/* Owner. */
hv_return_t hv_vcpu_get_sys_reg(hv_vcpu_t vcpu, hv_sys_reg_t reg, uint64_t *value);
hv_return_t hv_vcpu_set_sys_reg(hv_vcpu_t vcpu, hv_sys_reg_t reg, uint64_t value);

/* ---- the interrupt controller, GICv3, macOS 15 -------------------------------------------- */

typedef void *hv_gic_config_t;
typedef void *hv_gic_state_t;

hv_return_t hv_gic_get_distributor_size(size_t *size);
hv_return_t hv_gic_get_distributor_base_alignment(size_t *alignment);
hv_return_t hv_gic_get_redistributor_region_size(size_t *size);
hv_return_t hv_gic_get_redistributor_size(size_t *size);
hv_return_t hv_gic_get_redistributor_base_alignment(size_t *alignment);
hv_return_t hv_gic_get_msi_region_size(size_t *size);
hv_return_t hv_gic_get_msi_region_base_alignment(size_t *alignment);
hv_return_t hv_gic_get_spi_interrupt_range(uint32_t *first, uint32_t *count);

typedef uint16_t hv_gic_intid_t;

enum {
    HV_GIC_INT_PERFORMANCE_MONITOR = 23,
    HV_GIC_INT_MAINTENANCE = 25,
    HV_GIC_INT_EL2_PHYSICAL_TIMER = 26,
    HV_GIC_INT_EL1_VIRTUAL_TIMER = 27,
    HV_GIC_INT_EL1_PHYSICAL_TIMER = 30
};

hv_return_t hv_gic_get_intid(hv_gic_intid_t interrupt, uint32_t *intid);

hv_gic_config_t hv_gic_config_create(void);
hv_return_t hv_gic_config_set_distributor_base(hv_gic_config_t config, hv_ipa_t base);
hv_return_t hv_gic_config_set_redistributor_base(hv_gic_config_t config, hv_ipa_t base);
hv_return_t hv_gic_config_set_msi_region_base(hv_gic_config_t config, hv_ipa_t base);
hv_return_t hv_gic_config_set_msi_interrupt_range(
        hv_gic_config_t config, uint32_t first, uint32_t count);

/* After hv_vm_create and before the first hv_vcpu_create; one in a VM. */
hv_return_t hv_gic_create(hv_gic_config_t config);
hv_return_t hv_gic_reset(void);
hv_return_t hv_gic_set_spi(uint32_t intid, _Bool level);
hv_return_t hv_gic_send_msi(hv_ipa_t address, uint32_t intid);

/* After the vCPU has its affinity in MPIDR_EL1. */
hv_return_t hv_gic_get_redistributor_base(hv_vcpu_t vcpu, hv_ipa_t *base);

/* The state of distributor and redistributors as opaque, versioned bytes. Null while a vCPU runs
 * and where there is no controller. It does not hold the processor interface: see the ICC
 * registers below. */
hv_gic_state_t hv_gic_state_create(void);
hv_return_t hv_gic_state_get_size(hv_gic_state_t state, size_t *size);
hv_return_t hv_gic_state_get_data(hv_gic_state_t state, void *data);

/* After the controller and the vCPUs are created, before any of them runs. */
hv_return_t hv_gic_set_state(const void *data, size_t size);

typedef uint16_t hv_gic_icc_reg_t;

/* The processor interface, numbered like system registers. SRE_EL2 where the VM has EL2. */
#define HV_GIC_ICC_REGS(R) \
    R(PMR_EL1, 3, 0, 4, 6, 0) \
    R(BPR0_EL1, 3, 0, 12, 8, 3) \
    R(AP0R0_EL1, 3, 0, 12, 8, 4) \
    R(AP1R0_EL1, 3, 0, 12, 9, 0) \
    R(RPR_EL1, 3, 0, 12, 11, 3) \
    R(BPR1_EL1, 3, 0, 12, 12, 3) \
    R(CTLR_EL1, 3, 0, 12, 12, 4) \
    R(SRE_EL1, 3, 0, 12, 12, 5) \
    R(IGRPEN0_EL1, 3, 0, 12, 12, 6) \
    R(IGRPEN1_EL1, 3, 0, 12, 12, 7) \
    R(SRE_EL2, 3, 4, 12, 9, 5)

#define HV_GIC_ICC_REG_CONSTANT(name, op0, op1, crn, crm, op2) \
    HV_GIC_ICC_REG_##name = HV_SYS_REG_NUMBER(op0, op1, crn, crm, op2),

enum {
    HV_GIC_ICC_REGS(HV_GIC_ICC_REG_CONSTANT)
};

/* Owner. */
hv_return_t hv_gic_get_icc_reg(hv_vcpu_t vcpu, hv_gic_icc_reg_t reg, uint64_t *value);
hv_return_t hv_gic_set_icc_reg(hv_vcpu_t vcpu, hv_gic_icc_reg_t reg, uint64_t value);

#endif
