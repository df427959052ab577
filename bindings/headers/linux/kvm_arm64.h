/*
 * KVM on arm64: registers go one by one through KVM_GET_ONE_REG, the interrupt controller is a
 * device with attributes.
 */
#ifndef COLDFRAME_LINUX_KVM_ARM64_H
#define COLDFRAME_LINUX_KVM_ARM64_H

#include "kvm.h"

/* ---- Making a vCPU ---- */

#define KVM_ARM_TARGET_GENERIC_V8 5

/* Bits of the first word of `features`, by number. */
#define KVM_ARM_VCPU_POWER_OFF 0
#define KVM_ARM_VCPU_EL1_32BIT 1
#define KVM_ARM_VCPU_PSCI_0_2 2
#define KVM_ARM_VCPU_PMU_V3 3
#define KVM_ARM_VCPU_SVE 4
#define KVM_ARM_VCPU_PTRAUTH_ADDRESS 5
#define KVM_ARM_VCPU_PTRAUTH_GENERIC 6
#define KVM_ARM_VCPU_HAS_EL2 7
struct kvm_vcpu_init {
    u32 target;
    u32 features[7];
};
#define KVM_ARM_VCPU_INIT IOCTL_IN(KVMIO, 0xAE, struct kvm_vcpu_init)
#define KVM_ARM_PREFERRED_TARGET IOCTL_OUT(KVMIO, 0xAF, struct kvm_vcpu_init) /* on a VM */
#define KVM_ARM_VCPU_FINALIZE IOCTL_IN(KVMIO, 0xC2, int)

/* ---- Register numbers ---- */

/*
 * A core register's number is KVM_REG_ARM64 | size | KVM_REG_ARM_CORE | its offset in this
 * structure in units of 4 bytes. The structure itself is never passed to the kernel.
 */
struct kvm_regs {
    struct {
        u64 regs[31];
        u64 sp; /* of EL0 */
        u64 pc;
        u64 pstate;
    } regs;
    u64 sp_el1;
    u64 elr_el1;
    u64 spsr[5];
    struct {
        u64 vregs[32][2] __attribute__((aligned(16)));
        u32 fpsr;
        u32 fpcr;
        u32 __reserved[2];
    } fp_regs;
};
#define KVM_REG_ARM_COPROC_MASK 0x0FFF0000ULL
#define KVM_REG_ARM_COPROC_SHIFT 16
#define KVM_REG_ARM_CORE (0x0010ULL << KVM_REG_ARM_COPROC_SHIFT)
#define KVM_REG_ARM_DEMUX (0x0011ULL << KVM_REG_ARM_COPROC_SHIFT)
#define KVM_REG_ARM64_SYSREG (0x0013ULL << KVM_REG_ARM_COPROC_SHIFT)
#define KVM_REG_ARM_FW (0x0014ULL << KVM_REG_ARM_COPROC_SHIFT)
#define KVM_REG_ARM64_SVE (0x0015ULL << KVM_REG_ARM_COPROC_SHIFT)
#define KVM_REG_ARM_FW_FEAT_BMAP (0x0016ULL << KVM_REG_ARM_COPROC_SHIFT)

/* A system register's number: its five coordinates. */
#define KVM_REG_ARM64_SYSREG_OP0_SHIFT 14
#define KVM_REG_ARM64_SYSREG_OP1_SHIFT 11
#define KVM_REG_ARM64_SYSREG_CRN_SHIFT 7
#define KVM_REG_ARM64_SYSREG_CRM_SHIFT 3
#define KVM_REG_ARM64_SYSREG_OP2_SHIFT 0

/* The virtual timer. Its counter and its compare value have each other's coordinates in the ABI. */
#define SYSREG_NUMBER(op0, op1, crn, crm, op2) \
    (KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM64_SYSREG | \
     ((u64)(op0) << KVM_REG_ARM64_SYSREG_OP0_SHIFT) | \
     ((u64)(op1) << KVM_REG_ARM64_SYSREG_OP1_SHIFT) | \
     ((u64)(crn) << KVM_REG_ARM64_SYSREG_CRN_SHIFT) | \
     ((u64)(crm) << KVM_REG_ARM64_SYSREG_CRM_SHIFT) | \
     ((u64)(op2) << KVM_REG_ARM64_SYSREG_OP2_SHIFT))
#define KVM_REG_ARM_TIMER_CTL SYSREG_NUMBER(3, 3, 14, 3, 1)
#define KVM_REG_ARM_TIMER_CVAL SYSREG_NUMBER(3, 3, 14, 0, 2)
#define KVM_REG_ARM_TIMER_CNT SYSREG_NUMBER(3, 3, 14, 3, 2)

/* ---- Pending events ---- */

struct kvm_vcpu_events {
    struct {
        u8 serror_pending;
        u8 serror_has_esr;
        u8 ext_dabt_pending;
        u8 pad[5];
        u64 serror_esr;
    } exception;
    u32 reserved[12];
};

/* ---- The interrupt controller (GIC) as a device ---- */

#define KVM_DEV_TYPE_ARM_VGIC_V2 5
#define KVM_DEV_TYPE_ARM_VGIC_V3 7
#define KVM_DEV_TYPE_ARM_VGIC_ITS 8

#define KVM_DEV_ARM_VGIC_GRP_ADDR 0
#define KVM_DEV_ARM_VGIC_GRP_DIST_REGS 1
#define KVM_DEV_ARM_VGIC_GRP_CPU_REGS 2
#define KVM_DEV_ARM_VGIC_GRP_NR_IRQS 3
#define KVM_DEV_ARM_VGIC_GRP_CTRL 4
#define KVM_DEV_ARM_VGIC_GRP_REDIST_REGS 5
#define KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS 6
#define KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO 7
#define KVM_DEV_ARM_VGIC_GRP_ITS_REGS 8

/* Attributes of GRP_ADDR. */
#define KVM_VGIC_V2_ADDR_TYPE_DIST 0
#define KVM_VGIC_V2_ADDR_TYPE_CPU 1
#define KVM_VGIC_V3_ADDR_TYPE_DIST 2
#define KVM_VGIC_V3_ADDR_TYPE_REDIST 3
#define KVM_VGIC_ITS_ADDR_TYPE 4
#define KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION 5

/* Attributes of the register groups: MPIDR (or CPU number) above, offset below. */
#define KVM_DEV_ARM_VGIC_V3_MPIDR_SHIFT 32
#define KVM_DEV_ARM_VGIC_OFFSET_SHIFT 0
#define KVM_DEV_ARM_VGIC_LINE_LEVEL_INFO_SHIFT 10

/* Attributes of GRP_CTRL. */
#define KVM_DEV_ARM_VGIC_CTRL_INIT 0
#define KVM_DEV_ARM_ITS_SAVE_TABLES 1
#define KVM_DEV_ARM_ITS_RESTORE_TABLES 2
#define KVM_DEV_ARM_VGIC_SAVE_PENDING_TABLES 3
#define KVM_DEV_ARM_ITS_CTRL_RESET 4

/* `irq` of KVM_IRQ_LINE: type, vCPU, number. */
#define KVM_ARM_IRQ_TYPE_SHIFT 24
#define KVM_ARM_IRQ_VCPU_SHIFT 16
#define KVM_ARM_IRQ_TYPE_CPU 0
#define KVM_ARM_IRQ_TYPE_SPI 1
#define KVM_ARM_IRQ_TYPE_PPI 2

#endif
