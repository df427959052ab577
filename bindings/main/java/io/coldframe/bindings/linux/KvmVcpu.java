package io.coldframe.bindings.linux;

import io.coldframe.bindings.CallState;
import io.coldframe.bindings.Errno;
import io.coldframe.bindings.Facility;
import io.coldframe.bindings.Libc;
import io.coldframe.bindings.generated.linux.KvmH;
import io.coldframe.bindings.generated.linux.kvm_run;
import io.coldframe.bindings.generated.linux.x64.KvmX64H;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.Optional;

/// One vCPU: runs the guest, and hands its state out and in.
///
/// **Lifetime.** Owns a descriptor, the mapping that it shares with the kernel, and its dirty ring
/// where the VM has them. [KvmExit] and [KvmDirtyRing] are views of these mappings and fail after
/// [#close()]. The guest's memory must stay mapped until then.
///
/// **Threads.** One thread at a time, except [#immediateExit(boolean)], which is for the others.
public final class KvmVcpu implements AutoCloseable {
    private static final VarHandle BYTE = ValueLayout.JAVA_BYTE.varHandle();

    private final int id;
    private final Descriptor vcpu;
    private final Arena arena;
    private final CallState state;
    private final MemorySegment shared;
    private final KvmExit exit;
    private final Optional<KvmDirtyRing> dirtyRing;
    private final long xsaveRequest;
    private final long xsaveByteCount;

    private KvmVcpu(
            KvmVm vm,
            int id,
            Descriptor vcpu,
            Arena arena,
            MemorySegment shared,
            Optional<KvmDirtyRing> dirtyRing) {
        this.id = id;
        this.vcpu = vcpu;
        this.arena = arena;
        this.state = CallState.in(arena);
        this.shared = shared;
        this.exit = new KvmExit(shared);
        this.dirtyRing = dirtyRing;
        int xsave2ByteCount = vm.extension(KvmCapability.XSAVE2);
        this.xsaveRequest =
                xsave2ByteCount > 0 ? KvmX64H.KVM_GET_XSAVE2() : KvmX64H.KVM_GET_XSAVE();
        this.xsaveByteCount = Math.max(xsave2ByteCount, KvmVcpuState.XSAVE.byteCount());
    }

    /// Takes the descriptor over, whatever comes of it.
    static Facility<KvmVcpu> map(
            KvmVm vm, int id, Descriptor vcpu, long mappingByteCount, int dirtyRingByteCount) {
        Arena arena = Arena.ofShared();
        try {
            MemorySegment shared = Mapping.of(vcpu.number(), 0, mappingByteCount, arena);
            Optional<KvmDirtyRing> ring =
                    dirtyRingByteCount == 0
                            ? Optional.empty()
                            : Optional.of(
                                    KvmDirtyRing.map(vcpu.number(), dirtyRingByteCount, arena));
            return Facility.available(new KvmVcpu(vm, id, vcpu, arena, shared, ring));
        } catch (Mapping.Refused refused) {
            arena.close();
            vcpu.close();
            return Facility.missing(
                    "mmap of " + vcpu + " answers " + Errno.text(refused.errno()), "");
        } catch (Throwable failure) {
            arena.close();
            vcpu.close();
            throw failure;
        }
    }

    /// The number that the VM knows this vCPU by.
    public int id() {
        return id;
    }

    /// Runs the guest until something leaves it: 0, and [#exit()] says what; or `-EINTR`, when a
    /// signal or [#immediateExit(boolean)] came first.
    public int run() {
        return ioctl(KvmH.KVM_RUN(), 0);
    }

    /// While `true`, [#run()] finishes what the last exit began and answers `-EINTR` without
    /// entering the guest. From any thread. It does not interrupt a guest that runs already: a
    /// signal to its thread does.
    public void immediateExit(boolean immediate) {
        BYTE.setVolatile(shared, kvm_run.immediate_exit$offset(), (byte) (immediate ? 1 : 0));
    }

    /// What the last [#run()] left the guest for: always the same view.
    public KvmExit exit() {
        return exit;
    }

    /// The ring of this vCPU, if the VM had rings when it was made.
    public Optional<KvmDirtyRing> dirtyRing() {
        return dirtyRing;
    }

    /// The bytes of a part of this vCPU's state.
    public long byteCount(KvmVcpuState part) {
        return part == KvmVcpuState.XSAVE ? xsaveByteCount : part.byteCount();
    }

    /// Copies a part of the state out of the kernel.
    ///
    /// @param into native, [#byteCount] bytes or more
    public int get(KvmVcpuState part, MemorySegment into) {
        long request = part == KvmVcpuState.XSAVE ? xsaveRequest : part.getRequest();
        return ioctl(request, Parts.exactly(part, into, byteCount(part)));
    }

    /// Puts a part of the state into the kernel.
    ///
    /// @param from native, [#byteCount] bytes or more
    public int set(KvmVcpuState part, MemorySegment from) {
        return ioctl(part.setRequest(), Parts.exactly(part, from, byteCount(part)));
    }

    int ioctl(long request, long argument) {
        return Libc.ioctl(state, vcpu.number(), request, argument);
    }

    int ioctl(long request, MemorySegment argument) {
        return Libc.ioctl(state, vcpu.number(), request, argument);
    }

    int ioctl(long request, MemorySegment argument, MemorySegment named) {
        return Libc.ioctl(state, vcpu.number(), request, argument, named);
    }

    @Override
    public void close() {
        if (vcpu.isOpen()) {
            // First, because this is what fails while a call is under way.
            arena.close();
            vcpu.close();
        }
    }
}
