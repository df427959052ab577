/*
 * KVM on x86-64: the state of a vCPU and of the devices in the kernel, part by part.
 */
#ifndef COLDFRAME_LINUX_KVM_X64_H
#define COLDFRAME_LINUX_KVM_X64_H

#include "kvm.h"

/* Numbers of capabilities that arm64 has no name for. */
#define KVM_CAP_PIT2 33
#define KVM_CAP_PIT_STATE2 35
#define KVM_CAP_DEBUGREGS 50
#define KVM_CAP_XSAVE 55
#define KVM_CAP_XCRS 56

/* ---- General registers ---- */

struct kvm_regs {
    u64 rax, rbx, rcx, rdx;
    u64 rsi, rdi, rsp, rbp;
    u64 r8, r9, r10, r11;
    u64 r12, r13, r14, r15;
    u64 rip, rflags;
};
#define KVM_GET_REGS IOCTL_OUT(KVMIO, 0x81, struct kvm_regs)
#define KVM_SET_REGS IOCTL_IN(KVMIO, 0x82, struct kvm_regs)

/* ---- Segments, descriptor tables, control registers ---- */

struct kvm_segment {
    u64 base;
    u32 limit;
    u16 selector;
    u8 type;
    u8 present, dpl, db, s, l, g, avl;
    u8 unusable;
    u8 padding;
};
struct kvm_dtable {
    u64 base;
    u16 limit;
    u16 padding[3];
};
struct kvm_sregs {
    struct kvm_segment cs, ds, es, fs, gs, ss;
    struct kvm_segment tr, ldt;
    struct kvm_dtable gdt, idt;
    u64 cr0, cr2, cr3, cr4, cr8;
    u64 efer;
    u64 apic_base;
    u64 interrupt_bitmap[4];
};
/* The same, with the page directory pointers in place of the pending interrupt. */
struct kvm_sregs2 {
    struct kvm_segment cs, ds, es, fs, gs, ss;
    struct kvm_segment tr, ldt;
    struct kvm_dtable gdt, idt;
    u64 cr0, cr2, cr3, cr4, cr8;
    u64 efer;
    u64 apic_base;
    u64 flags;
    u64 pdptrs[4];
};
#define KVM_SREGS2_FLAGS_PDPTRS_VALID 1
#define KVM_GET_SREGS IOCTL_OUT(KVMIO, 0x83, struct kvm_sregs)
#define KVM_SET_SREGS IOCTL_IN(KVMIO, 0x84, struct kvm_sregs)
#define KVM_GET_SREGS2 IOCTL_OUT(KVMIO, 0xCC, struct kvm_sregs2)
#define KVM_SET_SREGS2 IOCTL_IN(KVMIO, 0xCD, struct kvm_sregs2)

/* ---- Floating point and vectors ---- */

struct kvm_fpu {
    u8 fpr[8][16];
    u16 fcw;
    u16 fsw;
    u8 ftwx;
    u8 pad1;
    u16 last_opcode;
    u64 last_ip;
    u64 last_dp;
    u8 xmm[16][16];
    u32 mxcsr;
    u32 pad2;
};
#define KVM_GET_FPU IOCTL_OUT(KVMIO, 0x8C, struct kvm_fpu)
#define KVM_SET_FPU IOCTL_IN(KVMIO, 0x8D, struct kvm_fpu)

/* The processor's XSAVE area. KVM_GET_XSAVE2 and KVM_SET_XSAVE move as many bytes as the VM answers
 * to KVM_CHECK_EXTENSION(KVM_CAP_XSAVE2), which can be more than 4096. */
struct kvm_xsave {
    u32 region[1024];
};
#define KVM_GET_XSAVE IOCTL_OUT(KVMIO, 0xA4, struct kvm_xsave)
#define KVM_SET_XSAVE IOCTL_IN(KVMIO, 0xA5, struct kvm_xsave)
#define KVM_GET_XSAVE2 IOCTL_OUT(KVMIO, 0xCF, struct kvm_xsave)

struct kvm_xcr {
    u32 xcr;
    u32 reserved;
    u64 value;
};
struct kvm_xcrs {
    u32 nr_xcrs;
    u32 flags;
    struct kvm_xcr xcrs[16];
    u64 padding[16];
};
#define KVM_GET_XCRS IOCTL_OUT(KVMIO, 0xA6, struct kvm_xcrs)
#define KVM_SET_XCRS IOCTL_IN(KVMIO, 0xA7, struct kvm_xcrs)

/* ---- Model-specific registers ---- */

struct kvm_msr_entry {
    u32 index;
    u32 reserved;
    u64 data;
};
/* Get and set answer how many entries were done; the first refused one stops them. */
struct kvm_msrs {
    u32 nmsrs;
    u32 pad;
    struct kvm_msr_entry entries[];
};
struct kvm_msr_list {
    u32 nmsrs; /* in: room; out: indices, also when they did not fit (E2BIG) */
    u32 indices[];
};
#define KVM_GET_MSR_INDEX_LIST IOCTL_INOUT(KVMIO, 0x02, struct kvm_msr_list)
#define KVM_GET_MSR_FEATURE_INDEX_LIST IOCTL_INOUT(KVMIO, 0x0A, struct kvm_msr_list)
#define KVM_GET_MSRS IOCTL_INOUT(KVMIO, 0x88, struct kvm_msrs)
#define KVM_SET_MSRS IOCTL_IN(KVMIO, 0x89, struct kvm_msrs)

/* ---- CPUID ---- */

struct kvm_cpuid_entry2 {
    u32 function;
    u32 index;
    u32 flags;
    u32 eax, ebx, ecx, edx;
    u32 padding[3];
};
#define KVM_CPUID_FLAG_SIGNIFCANT_INDEX (1 << 0) /* spelt so in the ABI */
struct kvm_cpuid2 {
    u32 nent; /* in: room; out: entries. Too little room is E2BIG */
    u32 padding;
    struct kvm_cpuid_entry2 entries[];
};
#define KVM_GET_SUPPORTED_CPUID IOCTL_INOUT(KVMIO, 0x05, struct kvm_cpuid2)
#define KVM_SET_CPUID2 IOCTL_IN(KVMIO, 0x90, struct kvm_cpuid2)
#define KVM_GET_CPUID2 IOCTL_INOUT(KVMIO, 0x91, struct kvm_cpuid2)

/* ---- Pending events, debug registers ---- */

#define KVM_VCPUEVENT_VALID_NMI_PENDING 0x01
#define KVM_VCPUEVENT_VALID_SIPI_VECTOR 0x02
#define KVM_VCPUEVENT_VALID_SHADOW 0x04
#define KVM_VCPUEVENT_VALID_SMM 0x08
#define KVM_VCPUEVENT_VALID_PAYLOAD 0x10
#define KVM_VCPUEVENT_VALID_TRIPLE_FAULT 0x20
struct kvm_vcpu_events {
    struct {
        u8 injected;
        u8 nr;
        u8 has_error_code;
        u8 pending;
        u32 error_code;
    } exception;
    struct {
        u8 injected;
        u8 nr;
        u8 soft;
        u8 shadow;
    } interrupt;
    struct {
        u8 injected;
        u8 pending;
        u8 masked;
        u8 pad;
    } nmi;
    u32 sipi_vector;
    u32 flags;
    struct {
        u8 smm;
        u8 pending;
        u8 smm_inside_nmi;
        u8 latched_init;
    } smi;
    struct {
        u8 pending;
    } triple_fault;
    u8 reserved[26];
    u8 exception_has_payload;
    u64 exception_payload;
};

struct kvm_debugregs {
    u64 db[4];
    u64 dr6;
    u64 dr7;
    u64 flags;
    u64 reserved[9];
};
#define KVM_GET_DEBUGREGS IOCTL_OUT(KVMIO, 0xA1, struct kvm_debugregs)
#define KVM_SET_DEBUGREGS IOCTL_IN(KVMIO, 0xA2, struct kvm_debugregs)

/* ---- Interrupts ---- */

/* The registers of the local APIC as it shows them in memory, 16 bytes apart. */
struct kvm_lapic_state {
    u8 regs[0x400];
};
#define KVM_GET_LAPIC IOCTL_OUT(KVMIO, 0x8E, struct kvm_lapic_state)
#define KVM_SET_LAPIC IOCTL_IN(KVMIO, 0x8F, struct kvm_lapic_state)

#define KVM_IRQCHIP_PIC_MASTER 0
#define KVM_IRQCHIP_PIC_SLAVE 1
#define KVM_IRQCHIP_IOAPIC 2
struct kvm_pic_state {
    u8 last_irr;
    u8 irr;
    u8 imr;
    u8 isr;
    u8 priority_add;
    u8 irq_base;
    u8 read_reg_select;
    u8 poll;
    u8 special_mask;
    u8 init_state;
    u8 auto_eoi;
    u8 rotate_on_auto_eoi;
    u8 special_fully_nested_mode;
    u8 init4;
    u8 elcr;
    u8 elcr_mask;
};
struct kvm_ioapic_state {
    u64 base_address;
    u32 ioregsel;
    u32 id;
    u32 irr;
    u32 pad;
    union {
        u64 bits;
    } redirtbl[24];
};
struct kvm_irqchip {
    u32 chip_id;
    u32 pad;
    union {
        u8 dummy[512];
        struct kvm_pic_state pic;
        struct kvm_ioapic_state ioapic;
    } chip;
};
/* The setter is declared as if the kernel wrote, in the ABI too. */
#define KVM_GET_IRQCHIP IOCTL_INOUT(KVMIO, 0x62, struct kvm_irqchip)
#define KVM_SET_IRQCHIP IOCTL_OUT(KVMIO, 0x63, struct kvm_irqchip)

/* ---- Timers and clocks ---- */

struct kvm_pit_config {
    u32 flags;
    u32 pad[15];
};
struct kvm_pit_channel_state {
    u32 count;
    u16 latched_count;
    u8 count_latched;
    u8 status_latched;
    u8 status;
    u8 read_state;
    u8 write_state;
    u8 write_latch;
    u8 rw_mode;
    u8 mode;
    u8 bcd;
    u8 gate;
    s64 count_load_time;
};
struct kvm_pit_state2 {
    struct kvm_pit_channel_state channels[3];
    u32 flags;
    u32 reserved[9];
};
#define KVM_CREATE_PIT2 IOCTL_IN(KVMIO, 0x77, struct kvm_pit_config)
#define KVM_GET_PIT2 IOCTL_OUT(KVMIO, 0x9F, struct kvm_pit_state2)
#define KVM_SET_PIT2 IOCTL_IN(KVMIO, 0xA0, struct kvm_pit_state2)

#define KVM_CLOCK_TSC_STABLE (1 << 1)
#define KVM_CLOCK_REALTIME (1 << 2)
#define KVM_CLOCK_HOST_TSC (1 << 3)
struct kvm_clock_data {
    u64 clock;
    u32 flags;
    u32 pad0;
    u64 realtime;
    u64 host_tsc;
    u32 pad[4];
};
#define KVM_SET_CLOCK IOCTL_IN(KVMIO, 0x7B, struct kvm_clock_data)
#define KVM_GET_CLOCK IOCTL_OUT(KVMIO, 0x7C, struct kvm_clock_data)
#define KVM_KVMCLOCK_CTRL IOCTL_NONE(KVMIO, 0xAD) /* tells the guest that it was paused */
#define KVM_SET_TSC_KHZ IOCTL_NONE(KVMIO, 0xA2)
#define KVM_GET_TSC_KHZ IOCTL_NONE(KVMIO, 0xA3)

/* ---- Before the first vCPU, where the processor can't run real mode by itself ---- */

#define KVM_SET_TSS_ADDR IOCTL_NONE(KVMIO, 0x47)
#define KVM_SET_IDENTITY_MAP_ADDR IOCTL_IN(KVMIO, 0x48, u64)

#endif
