package io.coldframe.bindings.macos;

import io.coldframe.bindings.Facility;
import io.coldframe.bindings.Platform;
import io.coldframe.bindings.generated.macos.HypervisorH;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Apple's Hypervisor.framework on arm64: the process's one virtual machine and its memory.
///
/// The memory of the guest is memory of this process, mapped with [#map]. What the guest may do
/// with it is a matter of whole pages of 16 KiB and of [#protect]; what this process may do with it
/// never changes. vCPUs are made with [#createVcpu()], an interrupt controller with [#gic()].
///
/// **Lifetime.** The library stays loaded until the process ends, and a process has one: whichever
/// of [#system()] and [#load(Path)] comes first decides. Memory that is mapped must outlive its
/// mapping; the framework cannot know when an arena closes.
///
/// **Threads.** Safe; the framework orders the calls.
public final class HypervisorFramework {

    /// What the program that starts the virtual machine must be signed with; else macOS answers
    /// [HvResult#DENIED]. The launchers of the usual JDKs are not.
    public static final String ENTITLEMENT = "com.apple.security.hypervisor";

    /// How many bytes a page of the guest has: addresses and sizes are multiples of it.
    public static final int PAGE_BYTES = 16 << 10;

    /// The guest may load.
    public static final int READ = HypervisorH.HV_MEMORY_READ();

    /// The guest may store.
    public static final int WRITE = HypervisorH.HV_MEMORY_WRITE();

    /// The guest may fetch instructions.
    public static final int EXECUTE = HypervisorH.HV_MEMORY_EXEC();

    // Since macOS 11 there is no file at this path: the loader knows the name all the same.
    private static final Path SYSTEM =
            Path.of("/System/Library/Frameworks/Hypervisor.framework/Hypervisor");

    // One of each part that came together. The configuration of a machine came with macOS 13.
    private static final List<String> NEEDED =
            List.of("hv_vm_create", "hv_vm_config_create", "hv_vcpu_create", "hv_vcpus_exit");

    private record Attempt(Path library, Facility<HypervisorFramework> outcome) {}

    private static Optional<Attempt> first = Optional.empty();

    private final Facility<HypervisorGic> gic;
    private final SymbolLookup library;
    private Optional<Facility<VectorRegisters>> vectors = Optional.empty();

    private HypervisorFramework(SymbolLookup library) {
        this.library = library;
        gic = HypervisorGic.of(library);
    }

    /// The framework of this system, or why there is none.
    public static Facility<HypervisorFramework> system() {
        if (Platform.current() != Platform.MACOS_ARM64) {
            return Facility.missing(
                    "Hypervisor.framework is macOS on Apple silicon; this is "
                            + System.getProperty("os.name")
                            + " on "
                            + System.getProperty("os.arch"),
                    "");
        }
        return load(SYSTEM);
    }

    /// The framework in another library with the same symbols: the stand-in of the tests.
    ///
    /// The second load of a library is the first one's outcome; a second library is missing.
    public static synchronized Facility<HypervisorFramework> load(Path library) {
        if (first.isEmpty()) {
            first = Optional.of(new Attempt(library, attempt(library)));
        }
        Attempt made = first.get();
        return made.library.equals(library)
                ? made.outcome
                : Facility.missing(
                        "this process has loaded " + made.library + " and not " + library,
                        "start another process");
    }

    private static Facility<HypervisorFramework> attempt(Path library) {
        try {
            // The generated bindings look in the libraries of this module's class loader.
            System.load(library.toAbsolutePath().toString());
        } catch (UnsatisfiedLinkError failure) {
            return Facility.missing(library + " does not load: " + failure.getMessage(), "");
        }
        SymbolLookup lookup = SymbolLookup.loaderLookup();
        for (String name : NEEDED) {
            if (lookup.find(name).isEmpty()) {
                return Facility.missing(library + " has no " + name, "macOS 13 or later");
            }
        }
        return Facility.available(new HypervisorFramework(lookup));
    }

    /// The interrupt controller that macOS 15 added, or why there is none.
    public Facility<HypervisorGic> gic() {
        return gic;
    }

    /// How to write vector registers, or why that cannot be done in this process. The page of
    /// machine code that it takes is made when this is first called.
    public synchronized Facility<VectorRegisters> vectors() {
        if (vectors.isEmpty()) {
            vectors = Optional.of(VectorRegisters.of(library));
        }
        return vectors.get();
    }

    // ---- the machine ----

    /// How many bits a guest address may have at most.
    public HvAnswer<Integer> maxGuestAddressBits() {
        return HvCalls.getInt(HypervisorH::hv_vm_config_get_max_ipa_size);
    }

    /// How many bits a guest address has in a machine from [#createVm()].
    public HvAnswer<Integer> defaultGuestAddressBits() {
        return HvCalls.getInt(HypervisorH::hv_vm_config_get_default_ipa_size);
    }

    /// How many vCPUs a machine may have.
    public HvAnswer<Integer> maxVcpuCount() {
        return HvCalls.getInt(HypervisorH::hv_vm_get_max_vcpu_count);
    }

    /// Makes the process's virtual machine; [HvResult#BUSY] where it has one.
    public HvResult createVm() {
        return HvResult.of(HypervisorH.hv_vm_create(MemorySegment.NULL));
    }

    /// Makes the process's virtual machine with guest addresses of this many bits.
    public HvResult createVm(int guestAddressBits) {
        MemorySegment config = HypervisorH.hv_vm_config_create();
        if (config.equals(MemorySegment.NULL)) {
            return HvResult.NO_RESOURCES;
        }
        try {
            int code = HypervisorH.hv_vm_config_set_ipa_size(config, guestAddressBits);
            return HvResult.of(code == 0 ? HypervisorH.hv_vm_create(config) : code);
        } finally {
            HypervisorH.os_release(config);
        }
    }

    /// Ends the virtual machine. All its vCPUs are destroyed before.
    public HvResult destroyVm() {
        return HvResult.of(HypervisorH.hv_vm_destroy());
    }

    // ---- memory ----

    /// Maps memory of this process into the guest.
    ///
    /// @param memory whole pages, at a multiple of [#PAGE_BYTES]
    /// @param guestAddress where the guest finds it
    /// @param permissions any of [#READ], [#WRITE], [#EXECUTE]
    public HvResult map(MemorySegment memory, long guestAddress, int permissions) {
        return HvResult.of(
                HypervisorH.hv_vm_map(memory, guestAddress, memory.byteSize(), permissions));
    }

    /// Takes whole pages away from the guest.
    public HvResult unmap(long guestAddress, long byteCount) {
        return HvResult.of(HypervisorH.hv_vm_unmap(guestAddress, byteCount));
    }

    /// Sets what the guest may do with whole pages that are mapped. Once this returns, no vCPU acts
    /// on the old permissions.
    ///
    /// @param permissions any of [#READ], [#WRITE], [#EXECUTE]
    public HvResult protect(long guestAddress, long byteCount, int permissions) {
        // Unsigned: the permissions are 64 bits to the framework.
        return HvResult.of(
                HypervisorH.hv_vm_protect(
                        guestAddress, byteCount, Integer.toUnsignedLong(permissions)));
    }

    // ---- vCPUs ----

    /// Makes a vCPU that belongs to the calling thread, which may own one.
    public HvAnswer<HypervisorVcpu> createVcpu() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment id = arena.allocate(ValueLayout.JAVA_LONG);
            MemorySegment exit = arena.allocate(ValueLayout.ADDRESS);
            int code = HypervisorH.hv_vcpu_create(id, exit, MemorySegment.NULL);
            return code == 0
                    ? new HvAnswer.Given<>(
                            new HypervisorVcpu(
                                    id.get(ValueLayout.JAVA_LONG, 0),
                                    exit.get(ValueLayout.ADDRESS, 0)))
                    : new HvAnswer.Refused<>(HvResult.of(code));
        }
    }

    /// Makes vCPUs leave the guest with [HvExitReason#CANCELED], from any thread. One that is not
    /// running leaves at once when it runs next. None of them is destroyed meanwhile.
    public HvResult cancel(List<HypervisorVcpu> vcpus) {
        try (Arena arena = Arena.ofConfined()) {
            long[] ids = vcpus.stream().mapToLong(HypervisorVcpu::existingId).toArray();
            MemorySegment array = arena.allocateFrom(ValueLayout.JAVA_LONG, ids);
            return HvResult.of(HypervisorH.hv_vcpus_exit(array, ids.length));
        }
    }
}
