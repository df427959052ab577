package io.coldframe.bindings.macos;

import io.coldframe.bindings.Abi;
import io.coldframe.bindings.Errno;
import io.coldframe.bindings.Facility;
import io.coldframe.bindings.NativeMemory;
import io.coldframe.bindings.Platform;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/// Writes the vector registers of a vCPU.
///
/// `hv_vcpu_set_simd_fp_reg` takes its value in vector register 0, and the Foreign Function API has
/// no layout for a vector: the low half could travel as a `double`, the high half not at all. So a
/// few bytes of machine code stand in between. They take a *pointer* to the value and the
/// framework's function as two more arguments, load the vector, and jump on; the framework returns
/// straight to Java.
///
/// **Lifetime.** One page of the process, for ever.
///
/// **Threads.** The vCPU's thread.
public final class VectorRegisters {
    /// How many vector registers there are.
    public static final int COUNT = 32;

    /// How many bytes each has.
    public static final int BYTES = 16;

    private static final String TARGET = "hv_vcpu_set_simd_fp_reg";

    // hint #34 (a landing pad, should branch targets be checked); ldr q0, [x2]; br x3
    private static final int[] ARM64 = {
        0x5f, 0x24, 0x03, 0xd5, 0x40, 0x00, 0xc0, 0x3d, 0x60, 0x00, 0x1f, 0xd6
    };

    // endbr64; movups (%rdx), %xmm0; jmp *%rcx. For the stand-in: Apple's function is arm64 only.
    private static final int[] X64 = {0xf3, 0x0f, 0x1e, 0xfa, 0x0f, 0x10, 0x02, 0xff, 0xe1};

    private final MethodHandle write;
    private final MemorySegment target;

    private VectorRegisters(MethodHandle write, MemorySegment target) {
        this.write = write;
        this.target = target;
    }

    static Facility<VectorRegisters> of(SymbolLookup library) {
        Optional<MemorySegment> target = library.find(TARGET);
        if (target.isEmpty()) {
            return Facility.missing("Hypervisor.framework has no " + TARGET, "");
        }
        return switch (Platform.current()) {
            case MACOS_ARM64, LINUX_ARM64 -> link(ARM64, target.get());
            case LINUX_X64 -> link(X64, target.get());
            case OTHER -> Facility.missing("no machine code for this processor", "");
        };
    }

    private static Facility<VectorRegisters> link(int[] code, MemorySegment target) {
        long pageBytes = NativeMemory.pageByteCount();
        long address =
                NativeMemory.mmap(
                        0,
                        pageBytes,
                        Abi.PROT_READ | Abi.PROT_WRITE,
                        Abi.MAP_PRIVATE | Abi.MAP_ANONYMOUS,
                        -1,
                        0);
        if (address < 0) {
            return Facility.missing("no page for code: " + Errno.text((int) -address), "");
        }
        MemorySegment page = NativeMemory.borrowed(address, pageBytes);
        for (int at = 0; at < code.length; at++) {
            page.set(ValueLayout.JAVA_BYTE, at, (byte) code[at]);
        }
        // Never writable and executable at once: Apple silicon has no such pages.
        int result = NativeMemory.mprotect(page, Abi.PROT_READ | Abi.PROT_EXEC);
        if (result < 0) {
            NativeMemory.munmap(address, pageBytes);
            return Facility.missing(
                    "the system makes no page executable: " + Errno.text(-result),
                    "the entitlement com.apple.security.cs.allow-unsigned-executable-memory");
        }
        dropStaleInstructions(page);
        MethodHandle write =
                Linker.nativeLinker()
                        .downcallHandle(
                                page,
                                FunctionDescriptor.of(
                                        ValueLayout.JAVA_INT,
                                        ValueLayout.JAVA_LONG,
                                        ValueLayout.JAVA_INT,
                                        ValueLayout.ADDRESS,
                                        ValueLayout.ADDRESS));
        return Facility.available(new VectorRegisters(write, target));
    }

    // Linux does this itself when a page becomes executable; macOS leaves it to the caller.
    private static void dropStaleInstructions(MemorySegment page) {
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> invalidate = linker.defaultLookup().find("sys_icache_invalidate");
        if (invalidate.isPresent()) {
            MethodHandle handle =
                    linker.downcallHandle(
                            invalidate.get(),
                            FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
            try {
                handle.invokeExact(page, page.byteSize());
            } catch (RuntimeException | Error failure) {
                throw failure;
            } catch (Throwable impossible) {
                throw new AssertionError("a downcall threw a checked exception", impossible);
            }
        }
    }

    /// Writes vector register `index` of the vCPU from 16 bytes. For reading see
    /// [HypervisorVcpu#readVector].
    ///
    /// @param index 0 to 31
    public HvResult write(HypervisorVcpu vcpu, int index, MemorySegment from) {
        checkBytes(from);
        try {
            return HvResult.of((int) write.invokeExact(vcpu.existingId(), index, from, target));
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new AssertionError("a downcall threw a checked exception", impossible);
        }
    }

    static void checkBytes(MemorySegment value) {
        if (value.byteSize() != BYTES) {
            throw new IllegalArgumentException(
                    "a vector register has " + BYTES + " bytes, not " + value.byteSize());
        }
    }
}
