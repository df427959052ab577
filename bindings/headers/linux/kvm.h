/*
 * KVM: what a VMM that takes snapshots needs of it, as far as both architectures agree. What
 * differs is in kvm_x64.h and kvm_arm64.h.
 *
 * Three kinds of descriptor take ioctls: /dev/kvm itself ("system"), a VM, and a vCPU; a fourth, an
 * in-kernel device, comes from KVM_CREATE_DEVICE.
 */
#ifndef COLDFRAME_LINUX_KVM_H
#define COLDFRAME_LINUX_KVM_H

#include "types.h"
#include "ioctl.h"

#define KVMIO 0xAE

/* The only version that there has been since 2007; anything else is to be refused. */
#define KVM_API_VERSION 12

/* ---- System ---- */

#define KVM_GET_API_VERSION IOCTL_NONE(KVMIO, 0x00)
#define KVM_CREATE_VM IOCTL_NONE(KVMIO, 0x01) /* argument: machine type; answers a descriptor */
#define KVM_CHECK_EXTENSION IOCTL_NONE(KVMIO, 0x03) /* argument: KVM_CAP_*; also on a VM */
#define KVM_GET_VCPU_MMAP_SIZE IOCTL_NONE(KVMIO, 0x04)

#define KVM_CAP_IRQCHIP 0
#define KVM_CAP_HLT 1
#define KVM_CAP_USER_MEMORY 3
#define KVM_CAP_SET_TSS_ADDR 4
#define KVM_CAP_EXT_CPUID 7
#define KVM_CAP_NR_VCPUS 9
#define KVM_CAP_NR_MEMSLOTS 10
#define KVM_CAP_MP_STATE 14
#define KVM_CAP_SYNC_MMU 16
#define KVM_CAP_SET_IDENTITY_MAP_ADDR 37
#define KVM_CAP_ADJUST_CLOCK 39
#define KVM_CAP_VCPU_EVENTS 41
#define KVM_CAP_ENABLE_CAP 54
#define KVM_CAP_TSC_CONTROL 60
#define KVM_CAP_GET_TSC_KHZ 61
#define KVM_CAP_MAX_VCPUS 66
#define KVM_CAP_ONE_REG 70
#define KVM_CAP_KVMCLOCK_CTRL 76
#define KVM_CAP_READONLY_MEM 81
#define KVM_CAP_DEVICE_CTRL 89
#define KVM_CAP_ENABLE_CAP_VM 98
#define KVM_CAP_ARM_PSCI_0_2 102
#define KVM_CAP_CHECK_EXTENSION_VM 105
#define KVM_CAP_MULTI_ADDRESS_SPACE 118
#define KVM_CAP_MAX_VCPU_ID 128
#define KVM_CAP_IMMEDIATE_EXIT 136
#define KVM_CAP_GET_MSR_FEATURES 153
#define KVM_CAP_EXCEPTION_PAYLOAD 164
#define KVM_CAP_ARM_VM_IPA_SIZE 165
#define KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2 168
#define KVM_CAP_DIRTY_LOG_RING 192
#define KVM_CAP_SREGS2 200
#define KVM_CAP_XSAVE2 208
#define KVM_CAP_X86_TRIPLE_FAULT_EVENT 218
#define KVM_CAP_DIRTY_LOG_RING_ACQ_REL 223
#define KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP 225
#define KVM_CAP_MEMORY_FAULT_INFO 232

/* On a VM or a vCPU: switches a capability on. */
struct kvm_enable_cap {
    u32 cap;
    u32 flags;
    u64 args[4];
    u8 pad[64];
};
#define KVM_ENABLE_CAP IOCTL_IN(KVMIO, 0xA3, struct kvm_enable_cap)

/* ---- Memory of a VM ---- */

/* A size of 0 deletes the slot. Bits 16 and up of `slot` are the address space. */
struct kvm_userspace_memory_region {
    u32 slot;
    u32 flags;
    u64 guest_phys_addr;
    u64 memory_size;
    u64 userspace_addr;
};
#define KVM_MEM_LOG_DIRTY_PAGES (1 << 0)
#define KVM_MEM_READONLY (1 << 1)
#define KVM_SET_USER_MEMORY_REGION IOCTL_IN(KVMIO, 0x46, struct kvm_userspace_memory_region)

/* ---- Dirty log: one bit per 4 KiB page (host page on arm64) of a slot ---- */

/* `dirty_bitmap` is the address of 64-bit words, as many as the slot has pages, rounded up. Clears
 * the log, unless manual protection is on. */
struct kvm_dirty_log {
    u32 slot;
    u32 padding1;
    u64 dirty_bitmap;
};
#define KVM_GET_DIRTY_LOG IOCTL_IN(KVMIO, 0x42, struct kvm_dirty_log)

/* With manual protection: the set bits are cleared and their pages protected again. `first_page` is
 * a multiple of 64, and so is `num_pages` unless it ends with the slot. */
struct kvm_clear_dirty_log {
    u32 slot;
    u32 num_pages;
    u64 first_page;
    u64 dirty_bitmap;
};
#define KVM_CLEAR_DIRTY_LOG IOCTL_INOUT(KVMIO, 0xC0, struct kvm_clear_dirty_log)

/* Arguments of KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2. */
#define KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE (1 << 0)
#define KVM_DIRTY_LOG_INITIALLY_SET (1 << 1)

/* ---- Dirty ring: per vCPU, mapped from its descriptor ---- */

/* In pages from the start of the vCPU's mapping; the same on both architectures. */
#define KVM_DIRTY_LOG_PAGE_OFFSET 64

/*
 * The kernel publishes an entry by setting DIRTY; the harvester hands it back by setting RESET, in
 * order and without gaps; KVM_RESET_DIRTY_RINGS protects the pages again and frees the entries.
 */
#define KVM_DIRTY_GFN_F_DIRTY (1 << 0)
#define KVM_DIRTY_GFN_F_RESET (1 << 1)
struct kvm_dirty_gfn {
    u32 flags;
    u32 slot;
    u64 offset; /* in pages, from the start of the slot */
};
#define KVM_RESET_DIRTY_RINGS IOCTL_NONE(KVMIO, 0xC7)

/* ---- Interrupt controller and devices in the kernel ---- */

#define KVM_CREATE_IRQCHIP IOCTL_NONE(KVMIO, 0x60)

struct kvm_irq_level {
    u32 irq;
    u32 level;
};
#define KVM_IRQ_LINE IOCTL_IN(KVMIO, 0x61, struct kvm_irq_level)

#define KVM_CREATE_DEVICE_TEST 1 /* a flag: only ask whether the type is known */
struct kvm_create_device {
    u32 type;
    u32 fd; /* out */
    u32 flags;
};
struct kvm_device_attr {
    u32 flags;
    u32 group;
    u64 attr;
    u64 addr; /* of the value */
};
#define KVM_CREATE_DEVICE IOCTL_INOUT(KVMIO, 0xE0, struct kvm_create_device)
#define KVM_SET_DEVICE_ATTR IOCTL_IN(KVMIO, 0xE1, struct kvm_device_attr)
#define KVM_GET_DEVICE_ATTR IOCTL_IN(KVMIO, 0xE2, struct kvm_device_attr)
#define KVM_HAS_DEVICE_ATTR IOCTL_IN(KVMIO, 0xE3, struct kvm_device_attr)

/* ---- vCPU ---- */

#define KVM_CREATE_VCPU IOCTL_NONE(KVMIO, 0x41) /* on a VM; argument: id; answers a descriptor */
#define KVM_RUN IOCTL_NONE(KVMIO, 0x80)
#define KVM_NMI IOCTL_NONE(KVMIO, 0x9A)

#define KVM_MP_STATE_RUNNABLE 0
#define KVM_MP_STATE_UNINITIALIZED 1
#define KVM_MP_STATE_INIT_RECEIVED 2
#define KVM_MP_STATE_HALTED 3
#define KVM_MP_STATE_SIPI_RECEIVED 4
#define KVM_MP_STATE_STOPPED 5
#define KVM_MP_STATE_AP_RESET_HOLD 9
#define KVM_MP_STATE_SUSPENDED 10
struct kvm_mp_state {
    u32 mp_state;
};
#define KVM_GET_MP_STATE IOCTL_OUT(KVMIO, 0x98, struct kvm_mp_state)
#define KVM_SET_MP_STATE IOCTL_IN(KVMIO, 0x99, struct kvm_mp_state)

/* One register by number: `addr` is where its value is read from or written to. */
struct kvm_one_reg {
    u64 id;
    u64 addr;
};
struct kvm_reg_list {
    u64 n; /* in: room; out: registers, also when they did not fit (E2BIG) */
    u64 reg[];
};
#define KVM_GET_ONE_REG IOCTL_IN(KVMIO, 0xAB, struct kvm_one_reg)
#define KVM_SET_ONE_REG IOCTL_IN(KVMIO, 0xAC, struct kvm_one_reg)
#define KVM_GET_REG_LIST IOCTL_INOUT(KVMIO, 0xB0, struct kvm_reg_list)

/* A register's number says its architecture and its size: 2 to this power is its bytes. */
#define KVM_REG_ARCH_MASK 0xFF00000000000000ULL
#define KVM_REG_ARM64 0x6000000000000000ULL
#define KVM_REG_SIZE_SHIFT 52
#define KVM_REG_SIZE_MASK 0x00F0000000000000ULL
#define KVM_REG_SIZE_U32 0x0020000000000000ULL
#define KVM_REG_SIZE_U64 0x0030000000000000ULL
#define KVM_REG_SIZE_U128 0x0040000000000000ULL

/* ---- The shared page of a vCPU: KVM_GET_VCPU_MMAP_SIZE bytes mapped from its descriptor ---- */

#define KVM_EXIT_UNKNOWN 0
#define KVM_EXIT_EXCEPTION 1
#define KVM_EXIT_IO 2
#define KVM_EXIT_HYPERCALL 3
#define KVM_EXIT_DEBUG 4
#define KVM_EXIT_HLT 5
#define KVM_EXIT_MMIO 6
#define KVM_EXIT_IRQ_WINDOW_OPEN 7
#define KVM_EXIT_SHUTDOWN 8
#define KVM_EXIT_FAIL_ENTRY 9
#define KVM_EXIT_INTR 10
#define KVM_EXIT_SET_TPR 11
#define KVM_EXIT_TPR_ACCESS 12
#define KVM_EXIT_NMI 16
#define KVM_EXIT_INTERNAL_ERROR 17
#define KVM_EXIT_SYSTEM_EVENT 24
#define KVM_EXIT_IOAPIC_EOI 26
#define KVM_EXIT_ARM_NISV 28
#define KVM_EXIT_X86_RDMSR 29
#define KVM_EXIT_X86_WRMSR 30
#define KVM_EXIT_DIRTY_RING_FULL 31
#define KVM_EXIT_X86_BUS_LOCK 33
#define KVM_EXIT_NOTIFY 37
#define KVM_EXIT_MEMORY_FAULT 39

#define KVM_EXIT_IO_IN 0
#define KVM_EXIT_IO_OUT 1

#define KVM_SYSTEM_EVENT_SHUTDOWN 1
#define KVM_SYSTEM_EVENT_RESET 2
#define KVM_SYSTEM_EVENT_CRASH 3
#define KVM_SYSTEM_EVENT_WAKEUP 4
#define KVM_SYSTEM_EVENT_SUSPEND 5

/* Those members of the union that we read; it is padded to 256 bytes whatever it holds. */
struct kvm_run {
    u8 request_interrupt_window;
    u8 immediate_exit; /* set by us: KVM_RUN answers EINTR without entering the guest */
    u8 padding1[6];
    u32 exit_reason;
    u8 ready_for_interrupt_injection;
    u8 if_flag;
    u16 flags;
    u64 cr8;
    u64 apic_base;
    union {
        struct {
            u64 hardware_exit_reason;
        } hw;
        struct {
            u64 hardware_entry_failure_reason;
            u32 cpu;
        } fail_entry;
        struct {
            u32 exception;
            u32 error_code;
        } ex;
        struct {
            u8 direction;
            u8 size; /* bytes of one access */
            u16 port;
            u32 count;
            u64 data_offset; /* from the start of this structure */
        } io;
        struct {
            u64 phys_addr;
            u8 data[8];
            u32 len;
            u8 is_write;
        } mmio;
        struct {
            u64 nr;
            u64 args[6];
            u64 ret;
            u32 longmode;
            u32 pad;
        } hypercall;
        struct {
            u32 suberror;
            u32 ndata;
            u64 data[16];
        } internal;
        struct {
            u32 type;
            u32 ndata;
            u64 data[16];
        } system_event;
        struct {
            u8 vector;
        } eoi;
        struct {
            u64 esr_iss;
            u64 fault_ipa;
        } arm_nisv;
        struct {
            u8 error; /* in: 1 makes the access fault in the guest */
            u8 pad[7];
            u32 reason;
            u32 index;
            u64 data;
        } msr;
        struct {
            u32 flags;
        } notify;
        struct {
            u64 flags;
            u64 gpa;
            u64 size;
        } memory_fault;
        u8 padding[256];
    };
    u64 kvm_valid_regs;
    u64 kvm_dirty_regs;
    union {
        u8 padding[2048]; /* KVM_CAP_SYNC_REGS, which we do not use */
    } s;
};

/* 64 bytes on both architectures, so one number, but each its own fields. */
#define KVM_GET_VCPU_EVENTS IOCTL_REQUEST(2ul, KVMIO, 0x9F, 64ul)
#define KVM_SET_VCPU_EVENTS IOCTL_REQUEST(1ul, KVMIO, 0xA0, 64ul)

#endif
