/*
 * A stand-in for Apple's Hypervisor.framework on arm64, for hosts that have none.
 *
 *     cc -shared -fPIC -pthread -o libhypervisor_standin.so hypervisor_standin.c
 *
 * It has the framework's symbols and keeps its rules: one virtual machine in a process, whole
 * pages of 16 KiB, a vCPU that only its own thread may touch, the documented result codes, and
 * guest permissions per page that leave the host's own mapping alone. Where Apple documents that a
 * call fails but not how, the code is this file's choice and is marked "our choice": nobody may
 * rely on more than its not being HV_SUCCESS.
 *
 * THE GUEST. hv_vcpu_run plays real A64 instructions, a handful of them, with the guest's MMU off,
 * so that the same program runs on a Mac:
 *
 *     MOVZ, MOVK Xd, #imm16, LSL #n     ADD, SUB Xd, Xn, #imm12 (LSL #12)     ADD, SUB Xd, Xn, Xm
 *     LDR, STR Xt, [Xn, #imm12 * 8]     B, CBZ, CBNZ                          HVC #imm16
 *     WFI                               NOP, YIELD
 *
 * Register 31 is zero and takes no value. Loads and stores go through the guest's permissions and
 * exit as a data abort where these refuse, with PC left on the instruction: give the permission
 * and run again. HVC exits with PC behind it, WFI with PC on it, as on a Mac. What is not in the
 * list exits with exception class 0; a real guest would take that exception itself.
 *
 * Not played: timers (no exit for the virtual timer), the registers of the interrupt controller in
 * guest memory, the MMU, EL2, SVE and SME.
 *
 * TOLD TO REFUSE. A test makes the next calls of a function answer what it wants:
 *
 *     hv_vm_protect(0x5354414e44494e00 + function, skip << 32 | count, code)
 *
 * lets `skip` calls of the function pass and has the `count` after them answer `code`, undone. The
 * functions are numbered as FUNCTIONS lists them. The address spells STANDIN and is no multiple of
 * a page, so the real framework would refuse the call.
 *
 * Thread-safe. `control` guards the machine, the vCPUs' existence and the interrupt controller;
 * `pages_lock` guards who may touch which page, so that no guest store passes an hv_vm_protect that
 * has returned. A vCPU's registers need no lock: only its own thread gets that far.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "../../headers/macos/hypervisor.h"

#define PAGE_SHIFT 14
#define PAGE_BYTES (UINT64_C(1) << PAGE_SHIFT)
#define FLAGS_ALL ((uint64_t)(HV_MEMORY_READ | HV_MEMORY_WRITE | HV_MEMORY_EXEC))

/* 64 GiB and 1 TiB: the page table below then takes 64 MiB and 1 GiB, of which only what is
 * touched exists. */
#define IPA_BITS_DEFAULT 36
#define IPA_BITS_MAX 40
#define IPA_BITS_MIN 32

#define VCPU_MAX 64

#define COUNT_ONE(...) +1
enum {
    SYS_REG_COUNT = 0 HV_SYS_REGS_BASE(COUNT_ONE) HV_SYS_REGS_MACOS_15_0(COUNT_ONE)
            HV_SYS_REGS_MACOS_15_2(COUNT_ONE) HV_SYS_REGS_WITH_GIC(COUNT_ONE),
    ICC_REG_COUNT = 0 HV_GIC_ICC_REGS(COUNT_ONE)
};

/* ---- told to refuse ----------------------------------------------------------------------- */

#define FUNCTIONS(F) \
    F(vm_create) F(vm_destroy) F(vm_map) F(vm_unmap) F(vm_protect) F(vm_get_max_vcpu_count) \
    F(vm_config_get_max_ipa_size) F(vm_config_get_default_ipa_size) F(vm_config_set_ipa_size) \
    F(vcpu_create) F(vcpu_destroy) F(vcpu_run) F(vcpus_exit) \
    F(vcpu_get_reg) F(vcpu_set_reg) F(vcpu_get_sys_reg) F(vcpu_set_sys_reg) \
    F(vcpu_get_simd_fp_reg) F(vcpu_set_simd_fp_reg) F(vcpu_get_pending_interrupt) \
    F(vcpu_set_pending_interrupt) F(vcpu_get_vtimer_mask) F(vcpu_set_vtimer_mask) \
    F(vcpu_get_vtimer_offset) F(vcpu_set_vtimer_offset) F(gic_create) F(gic_reset) F(gic_set_spi) \
    F(gic_send_msi) F(gic_get_redistributor_base) F(gic_state_get_size) F(gic_state_get_data) \
    F(gic_set_state) F(gic_get_icc_reg) F(gic_set_icc_reg) F(gic_config_set_distributor_base) \
    F(gic_config_set_redistributor_base) F(gic_config_set_msi_region_base) \
    F(gic_config_set_msi_interrupt_range)

#define FUNCTION_CONSTANT(name) FUNCTION_##name,
enum function { FUNCTIONS(FUNCTION_CONSTANT) FUNCTION_COUNT };

#define TELL_ADDRESS UINT64_C(0x5354414e44494e00)

static pthread_mutex_t control = PTHREAD_MUTEX_INITIALIZER;

static struct {
    uint32_t skip;
    uint32_t count;
    hv_return_t code;
} told[FUNCTION_COUNT];

static hv_return_t refused(enum function function)
{
    hv_return_t code = HV_SUCCESS;
    pthread_mutex_lock(&control);
    if (told[function].skip > 0) {
        told[function].skip--;
    } else if (told[function].count > 0) {
        told[function].count--;
        code = told[function].code;
    }
    pthread_mutex_unlock(&control);
    return code;
}

/* The first line of every function that answers with a code. */
#define MAY_REFUSE(name) \
    do { \
        hv_return_t code = refused(FUNCTION_##name); \
        if (code != HV_SUCCESS) { \
            return code; \
        } \
    } while (0)

static bool is_told(uint64_t address, uint64_t skip_and_count, uint64_t code)
{
    if (address < TELL_ADDRESS || address >= TELL_ADDRESS + FUNCTION_COUNT) {
        return false;
    }
    pthread_mutex_lock(&control);
    told[address - TELL_ADDRESS].skip = (uint32_t)(skip_and_count >> 32);
    told[address - TELL_ADDRESS].count = (uint32_t)skip_and_count;
    told[address - TELL_ADDRESS].code = (hv_return_t)(uint32_t)code;
    pthread_mutex_unlock(&control);
    return true;
}

/* ---- objects: configurations and states, given back with os_release ------------------------ */

enum kind { VM_CONFIG = 0x564d4346, GIC_CONFIG = 0x47434346, GIC_STATE = 0x47435354 };

struct gic_geometry {
    uint64_t distributor;
    uint64_t redistributor;
    uint64_t msi;
    uint32_t msi_first;
    uint32_t msi_count;
};

#define INTID_COUNT 1024
#define SPI_FIRST 32
/* 1020 to 1023 are special. */
#define SPI_COUNT (1020 - SPI_FIRST)

/* What hv_gic_state_get_data hands out. Opaque to callers, as Apple's is. */
struct gic_data {
    char magic[8];
    uint32_t version;
    uint32_t size;
    struct gic_geometry geometry;
    uint8_t level[INTID_COUNT];
    uint64_t sum;
};

struct object {
    enum kind kind;
    uint32_t ipa_bits;
    struct gic_geometry geometry;
    struct gic_data data;
};

static struct object *object(enum kind kind)
{
    struct object *made = calloc(1, sizeof *made);
    if (made != NULL) {
        made->kind = kind;
        made->ipa_bits = IPA_BITS_DEFAULT;
    }
    return made;
}

static struct object *as(enum kind kind, void *given)
{
    struct object *found = given;
    return found != NULL && found->kind == kind ? found : NULL;
}

void os_release(void *given)
{
    free(given);
}

/* ---- the machine and its pages -------------------------------------------------------------- */

struct page {
    uint8_t *host;
    uint8_t flags;
    bool mapped;
};

static struct {
    bool exists;
    uint64_t page_count;
    struct page *pages;
} vm;

/* The guest reads in a tight loop: without preference an hv_vm_protect could wait for ever. */
#ifdef PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP
static pthread_rwlock_t pages_lock = PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP;
#else
static pthread_rwlock_t pages_lock = PTHREAD_RWLOCK_INITIALIZER;
#endif

static struct {
    bool exists;
    bool vcpu_ran;
    struct gic_geometry geometry;
    uint8_t level[INTID_COUNT];
} gic;

struct vcpu {
    bool exists;
    bool running;
    pthread_t owner;
    atomic_bool exit_asked;
    hv_vcpu_exit_t exit;
    uint64_t x[31];
    uint64_t pc;
    uint64_t fpcr;
    uint64_t fpsr;
    uint64_t cpsr;
    uint64_t sys[SYS_REG_COUNT];
    uint64_t icc[ICC_REG_COUNT];
    uint8_t q[32][16];
    bool pending[2];
    bool vtimer_masked;
    uint64_t vtimer_offset;
};

static struct vcpu vcpus[VCPU_MAX];

static bool any_vcpu(bool (*is)(const struct vcpu *vcpu))
{
    for (int i = 0; i < VCPU_MAX; i++) {
        if (is(&vcpus[i])) {
            return true;
        }
    }
    return false;
}

static bool exists(const struct vcpu *vcpu)
{
    return vcpu->exists;
}

static bool is_running(const struct vcpu *vcpu)
{
    return vcpu->exists && vcpu->running;
}

static bool is_here(const struct vcpu *vcpu)
{
    return vcpu->exists && pthread_equal(vcpu->owner, pthread_self());
}

hv_vm_config_t hv_vm_config_create(void)
{
    return object(VM_CONFIG);
}

hv_return_t hv_vm_config_get_max_ipa_size(uint32_t *bits)
{
    MAY_REFUSE(vm_config_get_max_ipa_size);
    *bits = IPA_BITS_MAX;
    return HV_SUCCESS;
}

hv_return_t hv_vm_config_get_default_ipa_size(uint32_t *bits)
{
    MAY_REFUSE(vm_config_get_default_ipa_size);
    *bits = IPA_BITS_DEFAULT;
    return HV_SUCCESS;
}

hv_return_t hv_vm_config_set_ipa_size(hv_vm_config_t given, uint32_t bits)
{
    MAY_REFUSE(vm_config_set_ipa_size);
    struct object *config = as(VM_CONFIG, given);
    if (config == NULL || bits < IPA_BITS_MIN || bits > IPA_BITS_MAX) {
        return HV_BAD_ARGUMENT;
    }
    config->ipa_bits = bits;
    return HV_SUCCESS;
}

hv_return_t hv_vm_config_get_ipa_size(hv_vm_config_t given, uint32_t *bits)
{
    struct object *config = as(VM_CONFIG, given);
    if (config == NULL) {
        return HV_BAD_ARGUMENT;
    }
    *bits = config->ipa_bits;
    return HV_SUCCESS;
}

hv_return_t hv_vm_get_max_vcpu_count(uint32_t *count)
{
    MAY_REFUSE(vm_get_max_vcpu_count);
    *count = VCPU_MAX;
    return HV_SUCCESS;
}

static hv_return_t make_vm(uint32_t ipa_bits)
{
    if (vm.exists) {
        return HV_BUSY;
    }
    uint64_t page_count = UINT64_C(1) << (ipa_bits - PAGE_SHIFT);
    void *pages = mmap(NULL, page_count * sizeof(struct page), PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (pages == MAP_FAILED) {
        return HV_NO_RESOURCES;
    }
    vm.exists = true;
    vm.page_count = page_count;
    vm.pages = pages;
    memset(&gic, 0, sizeof gic);
    return HV_SUCCESS;
}

hv_return_t hv_vm_create(hv_vm_config_t given)
{
    MAY_REFUSE(vm_create);
    struct object *config = as(VM_CONFIG, given);
    if (given != NULL && config == NULL) {
        return HV_BAD_ARGUMENT;
    }
    pthread_mutex_lock(&control);
    pthread_rwlock_wrlock(&pages_lock);
    hv_return_t result = make_vm(config == NULL ? IPA_BITS_DEFAULT : config->ipa_bits);
    pthread_rwlock_unlock(&pages_lock);
    pthread_mutex_unlock(&control);
    return result;
}

static hv_return_t end_vm(void)
{
    if (!vm.exists) {
        return HV_NO_DEVICE;
    }
    if (any_vcpu(exists)) {
        return HV_BUSY; /* our choice */
    }
    munmap(vm.pages, vm.page_count * sizeof(struct page));
    memset(&vm, 0, sizeof vm);
    memset(&gic, 0, sizeof gic);
    return HV_SUCCESS;
}

hv_return_t hv_vm_destroy(void)
{
    MAY_REFUSE(vm_destroy);
    pthread_mutex_lock(&control);
    pthread_rwlock_wrlock(&pages_lock);
    hv_return_t result = end_vm();
    pthread_rwlock_unlock(&pages_lock);
    pthread_mutex_unlock(&control);
    return result;
}

/* Whether the range is one or more whole pages of the guest's address space. */
static bool is_guest_range(uint64_t guest, uint64_t size)
{
    return guest % PAGE_BYTES == 0 && size % PAGE_BYTES == 0 && size != 0
            && size >> PAGE_SHIFT <= vm.page_count
            && guest >> PAGE_SHIFT <= vm.page_count - (size >> PAGE_SHIFT);
}

static bool all_mapped(uint64_t guest, uint64_t size, bool mapped)
{
    for (uint64_t at = guest >> PAGE_SHIFT; at < (guest + size) >> PAGE_SHIFT; at++) {
        if (vm.pages[at].mapped != mapped) {
            return false;
        }
    }
    return true;
}

static hv_return_t map_pages(uint8_t *host, uint64_t guest, uint64_t size, uint64_t flags)
{
    if (!vm.exists) {
        return HV_NO_DEVICE;
    }
    if (host == NULL || (uintptr_t)host % PAGE_BYTES != 0 || size > UINTPTR_MAX - (uintptr_t)host
            || !is_guest_range(guest, size) || (flags & ~FLAGS_ALL) != 0) {
        return HV_BAD_ARGUMENT;
    }
    if (!all_mapped(guest, size, false)) {
        return HV_ERROR; /* our choice */
    }
    for (uint64_t offset = 0; offset < size; offset += PAGE_BYTES) {
        vm.pages[(guest + offset) >> PAGE_SHIFT] =
                (struct page){.host = host + offset, .flags = (uint8_t)flags, .mapped = true};
    }
    return HV_SUCCESS;
}

hv_return_t hv_vm_map(void *host, hv_ipa_t guest, size_t size, hv_memory_flags_t flags)
{
    MAY_REFUSE(vm_map);
    pthread_rwlock_wrlock(&pages_lock);
    hv_return_t result = map_pages(host, guest, size, flags);
    pthread_rwlock_unlock(&pages_lock);
    return result;
}

static hv_return_t find_mapped(uint64_t guest, uint64_t size)
{
    if (!vm.exists) {
        return HV_NO_DEVICE;
    }
    if (!is_guest_range(guest, size)) {
        return HV_BAD_ARGUMENT;
    }
    return all_mapped(guest, size, true) ? HV_SUCCESS : HV_ERROR; /* the error is our choice */
}

hv_return_t hv_vm_unmap(hv_ipa_t guest, size_t size)
{
    MAY_REFUSE(vm_unmap);
    pthread_rwlock_wrlock(&pages_lock);
    hv_return_t result = find_mapped(guest, size);
    if (result == HV_SUCCESS) {
        memset(&vm.pages[guest >> PAGE_SHIFT], 0, (size >> PAGE_SHIFT) * sizeof(struct page));
    }
    pthread_rwlock_unlock(&pages_lock);
    return result;
}

hv_return_t hv_vm_protect(hv_ipa_t guest, size_t size, hv_memory_flags_t flags)
{
    if (is_told(guest, size, flags)) {
        return HV_SUCCESS;
    }
    MAY_REFUSE(vm_protect);
    pthread_rwlock_wrlock(&pages_lock);
    hv_return_t result = find_mapped(guest, size);
    if (result == HV_SUCCESS && (flags & ~FLAGS_ALL) != 0) {
        result = HV_BAD_ARGUMENT;
    }
    if (result == HV_SUCCESS) {
        for (uint64_t at = guest >> PAGE_SHIFT; at < (guest + size) >> PAGE_SHIFT; at++) {
            vm.pages[at].flags = (uint8_t)flags;
        }
    }
    pthread_rwlock_unlock(&pages_lock);
    return result;
}

/* ---- the guest ------------------------------------------------------------------------------ */

#define CLASS_UNKNOWN UINT64_C(0x00)
#define CLASS_WFX UINT64_C(0x01)
#define CLASS_HVC UINT64_C(0x16)
#define CLASS_INSTRUCTION_ABORT UINT64_C(0x20)
#define CLASS_DATA_ABORT UINT64_C(0x24)

/* Fault status codes of ISS bits 5 to 0; both faults are reported at level 3, a page. */
#define TRANSLATION_FAULT 0x07
#define PERMISSION_FAULT 0x0f
#define ALIGNMENT_FAULT 0x21

static uint64_t syndrome(uint64_t class, uint64_t specific)
{
    const uint64_t instruction_of_32_bits = UINT64_C(1) << 25;
    return class << 26 | instruction_of_32_bits | specific;
}

static void exit_with(struct vcpu *vcpu, uint64_t esr, uint64_t address)
{
    vcpu->exit.reason = HV_EXIT_REASON_EXCEPTION;
    vcpu->exit.exception.syndrome = esr;
    vcpu->exit.exception.virtual_address = address;
    vcpu->exit.exception.physical_address = address;
}

/* The host address behind `guest`, or the fault. Call with pages_lock held. */
static unsigned translate(uint64_t guest, uint64_t byte_count, uint8_t need, uint8_t **host)
{
    if (guest % byte_count != 0) {
        return ALIGNMENT_FAULT;
    }
    if (guest >> PAGE_SHIFT >= vm.page_count || !vm.pages[guest >> PAGE_SHIFT].mapped) {
        return TRANSLATION_FAULT;
    }
    const struct page *page = &vm.pages[guest >> PAGE_SHIFT];
    *host = page->host + guest % PAGE_BYTES;
    return (page->flags & need) == need ? 0 : PERMISSION_FAULT;
}

static bool fetch(struct vcpu *vcpu, uint32_t *instruction)
{
    uint8_t *host;
    pthread_rwlock_rdlock(&pages_lock);
    unsigned fault = translate(vcpu->pc, sizeof *instruction, HV_MEMORY_EXEC, &host);
    if (fault == 0) {
        *instruction = __atomic_load_n((uint32_t *)host, __ATOMIC_RELAXED);
    }
    pthread_rwlock_unlock(&pages_lock);
    if (fault != 0) {
        exit_with(vcpu, syndrome(CLASS_INSTRUCTION_ABORT, fault), vcpu->pc);
    }
    return fault == 0;
}

static bool load_or_store(struct vcpu *vcpu, uint64_t address, unsigned t, bool store)
{
    uint8_t *host;
    pthread_rwlock_rdlock(&pages_lock);
    unsigned fault = translate(address, 8, store ? HV_MEMORY_WRITE : HV_MEMORY_READ, &host);
    if (fault == 0 && store) {
        /* Another vCPU or the host may look at the same word. */
        __atomic_store_n((uint64_t *)host, t == 31 ? 0 : vcpu->x[t], __ATOMIC_RELAXED);
    } else if (fault == 0) {
        uint64_t value = __atomic_load_n((uint64_t *)host, __ATOMIC_RELAXED);
        if (t != 31) {
            vcpu->x[t] = value;
        }
    }
    pthread_rwlock_unlock(&pages_lock);
    if (fault != 0) {
        /* ISV, an access of 8 bytes, its register, a 64-bit register, WnR, the fault. */
        uint64_t specific = UINT64_C(1) << 24 | UINT64_C(3) << 22 | (uint64_t)t << 16
                | UINT64_C(1) << 15 | (uint64_t)store << 6 | fault;
        exit_with(vcpu, syndrome(CLASS_DATA_ABORT, specific), address);
    }
    return fault == 0;
}

static uint64_t get_x(const struct vcpu *vcpu, unsigned n)
{
    return n == 31 ? 0 : vcpu->x[n];
}

static void set_x(struct vcpu *vcpu, unsigned n, uint64_t value)
{
    if (n != 31) {
        vcpu->x[n] = value;
    }
}

/* The low `bits` bits of `value` as a signed number of instructions, in bytes. */
static uint64_t branch_offset(uint32_t value, unsigned bits)
{
    uint64_t sign = UINT64_C(1) << (bits - 1);
    uint64_t field = value & ((UINT64_C(1) << bits) - 1);
    return ((field ^ sign) - sign) * 4;
}

/* Plays what has no effect outside of the vCPU; false where that is not such an instruction. */
static bool play_inside(struct vcpu *vcpu, uint32_t word)
{
    unsigned d = word & 31;
    unsigned n = word >> 5 & 31;
    unsigned m = word >> 16 & 31;
    unsigned shift = (word >> 21 & 3) * 16;
    uint64_t imm16 = word >> 5 & 0xffff;
    uint64_t imm12 = (uint64_t)(word >> 10 & 0xfff) << (word >> 22 & 1 ? 12 : 0);
    uint64_t next = vcpu->pc + 4;
    if (word == 0xd503201f || word == 0xd503203f) { /* NOP, YIELD */
    } else if ((word & 0xff800000) == 0xd2800000) { /* MOVZ */
        set_x(vcpu, d, imm16 << shift);
    } else if ((word & 0xff800000) == 0xf2800000) { /* MOVK */
        set_x(vcpu, d, (get_x(vcpu, d) & ~(UINT64_C(0xffff) << shift)) | imm16 << shift);
    } else if ((word & 0xff800000) == 0x91000000 && d != 31 && n != 31) { /* ADD immediate */
        set_x(vcpu, d, get_x(vcpu, n) + imm12);
    } else if ((word & 0xff800000) == 0xd1000000 && d != 31 && n != 31) { /* SUB immediate */
        set_x(vcpu, d, get_x(vcpu, n) - imm12);
    } else if ((word & 0xffe0fc00) == 0x8b000000) { /* ADD register */
        set_x(vcpu, d, get_x(vcpu, n) + get_x(vcpu, m));
    } else if ((word & 0xffe0fc00) == 0xcb000000) { /* SUB register */
        set_x(vcpu, d, get_x(vcpu, n) - get_x(vcpu, m));
    } else if ((word & 0xfc000000) == 0x14000000) { /* B */
        next = vcpu->pc + branch_offset(word, 26);
    } else if ((word & 0xfe000000) == 0xb4000000) { /* CBZ, and CBNZ with bit 24 set */
        bool zero = get_x(vcpu, d) == 0;
        next = zero != (word >> 24 & 1) ? vcpu->pc + branch_offset(word >> 5, 19) : next;
    } else {
        return false;
    }
    vcpu->pc = next;
    return true;
}

/* Plays one instruction; false at an exit. */
static bool step(struct vcpu *vcpu)
{
    uint32_t word;
    if (!fetch(vcpu, &word)) {
        return false;
    }
    if ((word & 0xff800000) == 0xf9000000 && (word >> 5 & 31) != 31) { /* STR, LDR */
        uint64_t address = get_x(vcpu, word >> 5 & 31) + (word >> 10 & 0xfff) * UINT64_C(8);
        if (!load_or_store(vcpu, address, word & 31, (word >> 22 & 1) == 0)) {
            return false;
        }
        vcpu->pc += 4;
        return true;
    }
    if ((word & 0xffe0001f) == 0xd4000002) { /* HVC */
        vcpu->pc += 4;
        exit_with(vcpu, syndrome(CLASS_HVC, word >> 5 & 0xffff), 0);
        return false;
    }
    if (word == 0xd503207f) { /* WFI */
        if (vcpu->pending[HV_INTERRUPT_TYPE_IRQ] || vcpu->pending[HV_INTERRUPT_TYPE_FIQ]) {
            vcpu->pc += 4;
            return true;
        }
        /* Condition valid, and it is "always". */
        exit_with(vcpu, syndrome(CLASS_WFX, UINT64_C(1) << 24 | UINT64_C(0xe) << 20), 0);
        return false;
    }
    if (play_inside(vcpu, word)) {
        return true;
    }
    exit_with(vcpu, syndrome(CLASS_UNKNOWN, 0), 0);
    return false;
}

/* ---- vCPUs ---------------------------------------------------------------------------------- */

/* The vCPU, if the calling thread owns it. */
static hv_return_t find_own(hv_vcpu_t id, struct vcpu **found)
{
    hv_return_t result = HV_SUCCESS;
    pthread_mutex_lock(&control);
    if (!vm.exists) {
        result = HV_NO_DEVICE;
    } else if (id >= VCPU_MAX || !is_here(&vcpus[id])) {
        result = HV_BAD_ARGUMENT; /* our choice for another thread's vCPU */
    }
    pthread_mutex_unlock(&control);
    *found = result == HV_SUCCESS ? &vcpus[id] : NULL;
    return result;
}

#define OWN(vcpu, id) \
    struct vcpu *vcpu; \
    do { \
        hv_return_t result = find_own(id, &vcpu); \
        if (result != HV_SUCCESS) { \
            return result; \
        } \
    } while (0)

static int sys_reg_index(hv_sys_reg_t reg)
{
#define SYS_REG_NUMBER(name, ...) HV_SYS_REG_##name,
    static const uint16_t numbers[SYS_REG_COUNT] = {
            HV_SYS_REGS_BASE(SYS_REG_NUMBER) HV_SYS_REGS_MACOS_15_0(SYS_REG_NUMBER)
                    HV_SYS_REGS_MACOS_15_2(SYS_REG_NUMBER) HV_SYS_REGS_WITH_GIC(SYS_REG_NUMBER)};
    const int with_gic = SYS_REG_COUNT - (0 HV_SYS_REGS_WITH_GIC(COUNT_ONE));
    for (int i = 0; i < (gic.exists ? SYS_REG_COUNT : with_gic); i++) {
        if (numbers[i] == reg) {
            return i;
        }
    }
    return -1;
}

static hv_return_t make_vcpu(hv_vcpu_t *id)
{
    if (!vm.exists) {
        return HV_NO_DEVICE;
    }
    if (any_vcpu(is_here)) {
        return HV_BUSY; /* our choice */
    }
    for (int i = 0; i < VCPU_MAX; i++) {
        if (!vcpus[i].exists) {
            memset(&vcpus[i], 0, sizeof vcpus[i]);
            vcpus[i].exists = true;
            vcpus[i].owner = pthread_self();
            /* EL1 with its own stack pointer, every interrupt masked. */
            vcpus[i].cpsr = 0x3c5;
            vcpus[i].sys[sys_reg_index(HV_SYS_REG_MPIDR_EL1)] = UINT64_C(1) << 31 | (uint64_t)i;
            *id = (hv_vcpu_t)i;
            return HV_SUCCESS;
        }
    }
    return HV_NO_RESOURCES;
}

hv_return_t hv_vcpu_create(hv_vcpu_t *id, hv_vcpu_exit_t **exit, hv_vcpu_config_t config)
{
    MAY_REFUSE(vcpu_create);
    if (id == NULL || exit == NULL || config != NULL) {
        return HV_BAD_ARGUMENT;
    }
    pthread_mutex_lock(&control);
    hv_return_t result = make_vcpu(id);
    pthread_mutex_unlock(&control);
    if (result == HV_SUCCESS) {
        *exit = &vcpus[*id].exit;
    }
    return result;
}

hv_return_t hv_vcpu_destroy(hv_vcpu_t id)
{
    MAY_REFUSE(vcpu_destroy);
    OWN(vcpu, id);
    pthread_mutex_lock(&control);
    vcpu->exists = false;
    pthread_mutex_unlock(&control);
    return HV_SUCCESS;
}

hv_return_t hv_vcpu_run(hv_vcpu_t id)
{
    MAY_REFUSE(vcpu_run);
    OWN(vcpu, id);
    pthread_mutex_lock(&control);
    vcpu->running = true;
    gic.vcpu_ran = true;
    pthread_mutex_unlock(&control);
    memset(&vcpu->exit, 0, sizeof vcpu->exit);
    bool exit_asked;
    do {
        exit_asked = atomic_exchange(&vcpu->exit_asked, false);
    } while (!exit_asked && step(vcpu));
    if (exit_asked) {
        vcpu->exit.reason = HV_EXIT_REASON_CANCELED;
    }
    memset(vcpu->pending, 0, sizeof vcpu->pending);
    pthread_mutex_lock(&control);
    vcpu->running = false;
    pthread_mutex_unlock(&control);
    return HV_SUCCESS;
}

hv_return_t hv_vcpus_exit(hv_vcpu_t *ids, uint32_t count)
{
    MAY_REFUSE(vcpus_exit);
    hv_return_t result = HV_SUCCESS;
    pthread_mutex_lock(&control);
    if (!vm.exists) {
        result = HV_NO_DEVICE;
    } else if (ids == NULL && count > 0) {
        result = HV_BAD_ARGUMENT;
    }
    for (uint32_t i = 0; result == HV_SUCCESS && i < count; i++) {
        if (ids[i] >= VCPU_MAX || !vcpus[ids[i]].exists) {
            result = HV_BAD_ARGUMENT;
        }
    }
    for (uint32_t i = 0; result == HV_SUCCESS && i < count; i++) {
        atomic_store(&vcpus[ids[i]].exit_asked, true);
    }
    pthread_mutex_unlock(&control);
    return result;
}

static uint64_t *reg_of(struct vcpu *vcpu, hv_reg_t reg)
{
    switch (reg) {
    case HV_REG_PC:
        return &vcpu->pc;
    case HV_REG_FPCR:
        return &vcpu->fpcr;
    case HV_REG_FPSR:
        return &vcpu->fpsr;
    case HV_REG_CPSR:
        return &vcpu->cpsr;
    default:
        return reg <= HV_REG_X30 ? &vcpu->x[reg] : NULL;
    }
}

hv_return_t hv_vcpu_get_reg(hv_vcpu_t id, hv_reg_t reg, uint64_t *value)
{
    MAY_REFUSE(vcpu_get_reg);
    OWN(vcpu, id);
    uint64_t *found = reg_of(vcpu, reg);
    if (found == NULL || value == NULL) {
        return HV_BAD_ARGUMENT;
    }
    *value = *found;
    return HV_SUCCESS;
}

hv_return_t hv_vcpu_set_reg(hv_vcpu_t id, hv_reg_t reg, uint64_t value)
{
    MAY_REFUSE(vcpu_set_reg);
    OWN(vcpu, id);
    uint64_t *found = reg_of(vcpu, reg);
    if (found == NULL) {
        return HV_BAD_ARGUMENT;
    }
    *found = value;
    return HV_SUCCESS;
}

hv_return_t hv_vcpu_get_sys_reg(hv_vcpu_t id, hv_sys_reg_t reg, uint64_t *value)
{
    MAY_REFUSE(vcpu_get_sys_reg);
    OWN(vcpu, id);
    int index = sys_reg_index(reg);
    if (index < 0 || value == NULL) {
        return HV_BAD_ARGUMENT;
    }
    *value = vcpu->sys[index];
    return HV_SUCCESS;
}

hv_return_t hv_vcpu_set_sys_reg(hv_vcpu_t id, hv_sys_reg_t reg, uint64_t value)
{
    MAY_REFUSE(vcpu_set_sys_reg);
    OWN(vcpu, id);
    int index = sys_reg_index(reg);
    if (index < 0) {
        return HV_BAD_ARGUMENT;
    }
    vcpu->sys[index] = value;
    return HV_SUCCESS;
}

hv_return_t hv_vcpu_get_simd_fp_reg(
        hv_vcpu_t id, hv_simd_fp_reg_t reg, hv_simd_fp_uchar16_t *value)
{
    MAY_REFUSE(vcpu_get_simd_fp_reg);
    OWN(vcpu, id);
    if (reg > HV_SIMD_FP_REG_Q31 || value == NULL) {
        return HV_BAD_ARGUMENT;
    }
    memcpy(value, vcpu->q[reg], sizeof vcpu->q[reg]);
    return HV_SUCCESS;
}

hv_return_t hv_vcpu_set_simd_fp_reg(
        hv_vcpu_t id, hv_simd_fp_reg_t reg, hv_simd_fp_uchar16_t value)
{
    MAY_REFUSE(vcpu_set_simd_fp_reg);
    OWN(vcpu, id);
    if (reg > HV_SIMD_FP_REG_Q31) {
        return HV_BAD_ARGUMENT;
    }
    memcpy(vcpu->q[reg], &value, sizeof value);
    return HV_SUCCESS;
}

hv_return_t hv_vcpu_get_pending_interrupt(hv_vcpu_t id, hv_interrupt_type_t type, bool *pending)
{
    MAY_REFUSE(vcpu_get_pending_interrupt);
    OWN(vcpu, id);
    if (type > HV_INTERRUPT_TYPE_FIQ || pending == NULL) {
        return HV_BAD_ARGUMENT;
    }
    *pending = vcpu->pending[type];
    return HV_SUCCESS;
}

hv_return_t hv_vcpu_set_pending_interrupt(hv_vcpu_t id, hv_interrupt_type_t type, bool pending)
{
    MAY_REFUSE(vcpu_set_pending_interrupt);
    OWN(vcpu, id);
    if (type > HV_INTERRUPT_TYPE_FIQ) {
        return HV_BAD_ARGUMENT;
    }
    vcpu->pending[type] = pending;
    return HV_SUCCESS;
}

hv_return_t hv_vcpu_get_vtimer_mask(hv_vcpu_t id, bool *masked)
{
    MAY_REFUSE(vcpu_get_vtimer_mask);
    OWN(vcpu, id);
    *masked = vcpu->vtimer_masked;
    return HV_SUCCESS;
}

hv_return_t hv_vcpu_set_vtimer_mask(hv_vcpu_t id, bool masked)
{
    MAY_REFUSE(vcpu_set_vtimer_mask);
    OWN(vcpu, id);
    vcpu->vtimer_masked = masked;
    return HV_SUCCESS;
}

hv_return_t hv_vcpu_get_vtimer_offset(hv_vcpu_t id, uint64_t *offset)
{
    MAY_REFUSE(vcpu_get_vtimer_offset);
    OWN(vcpu, id);
    *offset = vcpu->vtimer_offset;
    return HV_SUCCESS;
}

hv_return_t hv_vcpu_set_vtimer_offset(hv_vcpu_t id, uint64_t offset)
{
    MAY_REFUSE(vcpu_set_vtimer_offset);
    OWN(vcpu, id);
    vcpu->vtimer_offset = offset;
    return HV_SUCCESS;
}

/* ---- the interrupt controller --------------------------------------------------------------- */

#define FRAME_BYTES UINT64_C(0x10000)
/* Two frames for each vCPU. */
#define REDISTRIBUTOR_BYTES (2 * FRAME_BYTES)
#define MSI_SET_SPI_NSR 0x40

#define SIZE_QUERY(name, bytes) \
    hv_return_t hv_gic_get_##name(size_t *size) \
    { \
        *size = (bytes); \
        return HV_SUCCESS; \
    }

SIZE_QUERY(distributor_size, FRAME_BYTES)
SIZE_QUERY(distributor_base_alignment, FRAME_BYTES)
SIZE_QUERY(redistributor_region_size, VCPU_MAX *REDISTRIBUTOR_BYTES)
SIZE_QUERY(redistributor_size, REDISTRIBUTOR_BYTES)
SIZE_QUERY(redistributor_base_alignment, FRAME_BYTES)
SIZE_QUERY(msi_region_size, FRAME_BYTES)
SIZE_QUERY(msi_region_base_alignment, FRAME_BYTES)

hv_return_t hv_gic_get_spi_interrupt_range(uint32_t *first, uint32_t *count)
{
    *first = SPI_FIRST;
    *count = SPI_COUNT;
    return HV_SUCCESS;
}

hv_return_t hv_gic_get_intid(hv_gic_intid_t interrupt, uint32_t *intid)
{
    switch (interrupt) {
    case HV_GIC_INT_PERFORMANCE_MONITOR:
    case HV_GIC_INT_MAINTENANCE:
    case HV_GIC_INT_EL2_PHYSICAL_TIMER:
    case HV_GIC_INT_EL1_VIRTUAL_TIMER:
    case HV_GIC_INT_EL1_PHYSICAL_TIMER:
        *intid = interrupt;
        return HV_SUCCESS;
    default:
        return HV_BAD_ARGUMENT;
    }
}

hv_gic_config_t hv_gic_config_create(void)
{
    return object(GIC_CONFIG);
}

static hv_return_t set_base(uint64_t *field, uint64_t base, uint64_t byte_count)
{
    if (base % FRAME_BYTES != 0 || base > UINT64_MAX - byte_count) {
        return HV_BAD_ARGUMENT;
    }
    *field = base;
    return HV_SUCCESS;
}

hv_return_t hv_gic_config_set_distributor_base(hv_gic_config_t given, hv_ipa_t base)
{
    MAY_REFUSE(gic_config_set_distributor_base);
    struct object *config = as(GIC_CONFIG, given);
    return config == NULL ? HV_BAD_ARGUMENT
                          : set_base(&config->geometry.distributor, base, FRAME_BYTES);
}

hv_return_t hv_gic_config_set_redistributor_base(hv_gic_config_t given, hv_ipa_t base)
{
    MAY_REFUSE(gic_config_set_redistributor_base);
    struct object *config = as(GIC_CONFIG, given);
    return config == NULL ? HV_BAD_ARGUMENT
                          : set_base(&config->geometry.redistributor, base,
                                  VCPU_MAX * REDISTRIBUTOR_BYTES);
}

hv_return_t hv_gic_config_set_msi_region_base(hv_gic_config_t given, hv_ipa_t base)
{
    MAY_REFUSE(gic_config_set_msi_region_base);
    struct object *config = as(GIC_CONFIG, given);
    return config == NULL ? HV_BAD_ARGUMENT : set_base(&config->geometry.msi, base, FRAME_BYTES);
}

hv_return_t hv_gic_config_set_msi_interrupt_range(
        hv_gic_config_t given, uint32_t first, uint32_t count)
{
    MAY_REFUSE(gic_config_set_msi_interrupt_range);
    struct object *config = as(GIC_CONFIG, given);
    if (config == NULL || first < SPI_FIRST || count > SPI_COUNT
            || first - SPI_FIRST > SPI_COUNT - count) {
        return HV_BAD_ARGUMENT;
    }
    config->geometry.msi_first = first;
    config->geometry.msi_count = count;
    return HV_SUCCESS;
}

static hv_return_t make_gic(const struct object *config)
{
    if (!vm.exists) {
        return HV_NO_DEVICE;
    }
    if (config == NULL || config->geometry.redistributor == 0) {
        return HV_BAD_ARGUMENT;
    }
    if (gic.exists || any_vcpu(exists)) {
        return HV_BUSY; /* our choice */
    }
    gic.exists = true;
    gic.geometry = config->geometry;
    return HV_SUCCESS;
}

hv_return_t hv_gic_create(hv_gic_config_t given)
{
    MAY_REFUSE(gic_create);
    pthread_mutex_lock(&control);
    hv_return_t result = make_gic(as(GIC_CONFIG, given));
    pthread_mutex_unlock(&control);
    return result;
}

/* Call with `control` held. */
static hv_return_t need_gic(void)
{
    if (!vm.exists) {
        return HV_NO_DEVICE;
    }
    return gic.exists ? HV_SUCCESS : HV_UNSUPPORTED; /* our choice */
}

hv_return_t hv_gic_reset(void)
{
    MAY_REFUSE(gic_reset);
    pthread_mutex_lock(&control);
    hv_return_t result = need_gic();
    if (result == HV_SUCCESS) {
        memset(gic.level, 0, sizeof gic.level);
    }
    pthread_mutex_unlock(&control);
    return result;
}

static bool is_msi(uint32_t intid)
{
    return gic.geometry.msi != 0 && intid >= gic.geometry.msi_first
            && intid - gic.geometry.msi_first < gic.geometry.msi_count;
}

hv_return_t hv_gic_set_spi(uint32_t intid, bool level)
{
    MAY_REFUSE(gic_set_spi);
    pthread_mutex_lock(&control);
    hv_return_t result = need_gic();
    if (result == HV_SUCCESS
            && (intid < SPI_FIRST || intid - SPI_FIRST >= SPI_COUNT || is_msi(intid))) {
        result = HV_BAD_ARGUMENT;
    }
    if (result == HV_SUCCESS) {
        gic.level[intid] = level;
    }
    pthread_mutex_unlock(&control);
    return result;
}

hv_return_t hv_gic_send_msi(hv_ipa_t address, uint32_t intid)
{
    MAY_REFUSE(gic_send_msi);
    pthread_mutex_lock(&control);
    hv_return_t result = need_gic();
    if (result == HV_SUCCESS
            && (!is_msi(intid) || address != gic.geometry.msi + MSI_SET_SPI_NSR)) {
        result = HV_BAD_ARGUMENT;
    }
    if (result == HV_SUCCESS) {
        gic.level[intid] = 1;
    }
    pthread_mutex_unlock(&control);
    return result;
}

hv_return_t hv_gic_get_redistributor_base(hv_vcpu_t id, hv_ipa_t *base)
{
    MAY_REFUSE(gic_get_redistributor_base);
    pthread_mutex_lock(&control);
    hv_return_t result = need_gic();
    if (result == HV_SUCCESS && (id >= VCPU_MAX || !vcpus[id].exists || base == NULL)) {
        result = HV_BAD_ARGUMENT;
    }
    if (result == HV_SUCCESS) {
        *base = gic.geometry.redistributor + id * REDISTRIBUTOR_BYTES;
    }
    pthread_mutex_unlock(&control);
    return result;
}

static uint64_t sum_of(const struct gic_data *data)
{
    const uint8_t *bytes = (const uint8_t *)data;
    uint64_t sum = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
    for (size_t i = 0; i < offsetof(struct gic_data, sum); i++) {
        sum = (sum ^ bytes[i]) * UINT64_C(0x100000001b3);
    }
    return sum;
}

static const char GIC_MAGIC[8] = {'S', 'T', 'A', 'N', 'D', 'G', 'I', 'C'};

hv_gic_state_t hv_gic_state_create(void)
{
    struct object *state = object(GIC_STATE);
    pthread_mutex_lock(&control);
    bool possible = state != NULL && vm.exists && gic.exists && !any_vcpu(is_running);
    if (possible) {
        struct gic_data *data = &state->data;
        memcpy(data->magic, GIC_MAGIC, sizeof GIC_MAGIC);
        data->version = 1;
        data->size = sizeof *data;
        data->geometry = gic.geometry;
        memcpy(data->level, gic.level, sizeof gic.level);
        data->sum = sum_of(data);
    }
    pthread_mutex_unlock(&control);
    if (!possible) {
        free(state);
        return NULL;
    }
    return state;
}

hv_return_t hv_gic_state_get_size(hv_gic_state_t given, size_t *size)
{
    MAY_REFUSE(gic_state_get_size);
    if (as(GIC_STATE, given) == NULL || size == NULL) {
        return HV_BAD_ARGUMENT;
    }
    *size = sizeof(struct gic_data);
    return HV_SUCCESS;
}

hv_return_t hv_gic_state_get_data(hv_gic_state_t given, void *data)
{
    MAY_REFUSE(gic_state_get_data);
    struct object *state = as(GIC_STATE, given);
    if (state == NULL || data == NULL) {
        return HV_BAD_ARGUMENT;
    }
    memcpy(data, &state->data, sizeof state->data);
    return HV_SUCCESS;
}

static hv_return_t put_state(const struct gic_data *data)
{
    hv_return_t result = need_gic();
    if (result != HV_SUCCESS) {
        return result;
    }
    if (gic.vcpu_ran) {
        return HV_ILLEGAL_GUEST_STATE; /* our choice */
    }
    if (memcmp(data->magic, GIC_MAGIC, sizeof GIC_MAGIC) != 0 || data->version != 1
            || data->size != sizeof *data || data->sum != sum_of(data)
            || memcmp(&data->geometry, &gic.geometry, sizeof gic.geometry) != 0) {
        return HV_BAD_ARGUMENT;
    }
    memcpy(gic.level, data->level, sizeof gic.level);
    return HV_SUCCESS;
}

hv_return_t hv_gic_set_state(const void *bytes, size_t size)
{
    MAY_REFUSE(gic_set_state);
    struct gic_data data;
    if (bytes == NULL || size != sizeof data) {
        return HV_BAD_ARGUMENT;
    }
    memcpy(&data, bytes, sizeof data); /* the caller's bytes need no alignment */
    pthread_mutex_lock(&control);
    hv_return_t result = put_state(&data);
    pthread_mutex_unlock(&control);
    return result;
}

static hv_return_t find_icc(hv_vcpu_t id, hv_gic_icc_reg_t reg, uint64_t **found)
{
#define ICC_REG_NUMBER(name, ...) HV_GIC_ICC_REG_##name,
    static const uint16_t numbers[ICC_REG_COUNT] = {HV_GIC_ICC_REGS(ICC_REG_NUMBER)};
    OWN(vcpu, id);
    if (!gic.exists) {
        return HV_UNSUPPORTED;
    }
    for (int i = 0; i < ICC_REG_COUNT; i++) {
        if (numbers[i] == reg && reg != HV_GIC_ICC_REG_SRE_EL2) {
            *found = &vcpu->icc[i];
            return HV_SUCCESS;
        }
    }
    return HV_BAD_ARGUMENT;
}

hv_return_t hv_gic_get_icc_reg(hv_vcpu_t id, hv_gic_icc_reg_t reg, uint64_t *value)
{
    MAY_REFUSE(gic_get_icc_reg);
    uint64_t *found;
    hv_return_t result = find_icc(id, reg, &found);
    if (result == HV_SUCCESS) {
        *value = *found;
    }
    return result;
}

hv_return_t hv_gic_set_icc_reg(hv_vcpu_t id, hv_gic_icc_reg_t reg, uint64_t value)
{
    MAY_REFUSE(gic_set_icc_reg);
    uint64_t *found;
    hv_return_t result = find_icc(id, reg, &found);
    if (result == HV_SUCCESS) {
        *found = value;
    }
    return result;
}
