package io.coldframe.standin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import io.coldframe.bindings.Facility;
import io.coldframe.bindings.macos.HvResult;
import io.coldframe.bindings.macos.HypervisorFramework;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/// Hypervisor.framework where there is none: builds the stand-in library of
/// `bindings/test/native` and loads it.
///
/// Of every module's tests: a module adds `bindings/test/shared` to its test sources and calls
/// [#framework()]. `hypervisor_standin.c` says which rules the library keeps and what its guest can
/// do; [GuestProgram] writes the guest.
///
/// One virtual machine in a process: tests that use it do not run beside each other.
public final class HypervisorStandIn {
    private static final String SOURCE = "bindings/test/native/hypervisor_standin.c";

    // What the library's file calls its address for instructions to itself: "STANDIN" and a number.
    private static final long TELL_ADDRESS = 0x5354414e44494e00L;

    /// The functions that [#refuse] can make fail, in the library's order.
    public enum Function {
        VM_CREATE,
        VM_DESTROY,
        VM_MAP,
        VM_UNMAP,
        VM_PROTECT,
        VM_GET_MAX_VCPU_COUNT,
        VM_CONFIG_GET_MAX_IPA_SIZE,
        VM_CONFIG_GET_DEFAULT_IPA_SIZE,
        VM_CONFIG_SET_IPA_SIZE,
        VCPU_CREATE,
        VCPU_DESTROY,
        VCPU_RUN,
        VCPUS_EXIT,
        VCPU_GET_REG,
        VCPU_SET_REG,
        VCPU_GET_SYS_REG,
        VCPU_SET_SYS_REG,
        VCPU_GET_SIMD_FP_REG,
        VCPU_SET_SIMD_FP_REG,
        VCPU_GET_PENDING_INTERRUPT,
        VCPU_SET_PENDING_INTERRUPT,
        VCPU_GET_VTIMER_MASK,
        VCPU_SET_VTIMER_MASK,
        VCPU_GET_VTIMER_OFFSET,
        VCPU_SET_VTIMER_OFFSET,
        GIC_CREATE,
        GIC_RESET,
        GIC_SET_SPI,
        GIC_SEND_MSI,
        GIC_GET_REDISTRIBUTOR_BASE,
        GIC_STATE_GET_SIZE,
        GIC_STATE_GET_DATA,
        GIC_SET_STATE,
        GIC_GET_ICC_REG,
        GIC_SET_ICC_REG,
        GIC_CONFIG_SET_DISTRIBUTOR_BASE,
        GIC_CONFIG_SET_REDISTRIBUTOR_BASE,
        GIC_CONFIG_SET_MSI_REGION_BASE,
        GIC_CONFIG_SET_MSI_INTERRUPT_RANGE
    }

    private HypervisorStandIn() {}

    /// The framework of the stand-in; without a C compiler the calling test is aborted.
    public static HypervisorFramework framework() {
        return switch (HypervisorFramework.load(library())) {
            case Facility.Available<HypervisorFramework>(HypervisorFramework framework) ->
                    framework;
            case Facility.Missing<HypervisorFramework>(String reason, String remedy) ->
                    throw new AssertionError("the stand-in does not load: " + reason);
        };
    }

    /// The library, built if it is older than its source.
    public static Path library() {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve(SOURCE))) {
            root = root.getParent();
            if (root == null) {
                throw new AssertionError("no folder above this one has " + SOURCE);
            }
        }
        Path source = root.resolve(SOURCE);
        Path header = root.resolve("bindings/headers/macos/hypervisor.h");
        Path target = Path.of("target", "libhypervisor_standin.so").toAbsolutePath();
        try {
            if (!isNewer(target, source) || !isNewer(target, header)) {
                build(source, target);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return target;
    }

    private static boolean isNewer(Path target, Path source) throws IOException {
        return Files.exists(target)
                && Files.getLastModifiedTime(target).compareTo(Files.getLastModifiedTime(source))
                        > 0;
    }

    private static void build(Path source, Path target) throws IOException {
        Files.createDirectories(target.getParent());
        Path draft = Files.createTempFile(target.getParent(), "standin", ".so");
        List<String> command =
                new ArrayList<>(List.of("cc", "-shared", "-fPIC", "-pthread", "-O1", "-g"));
        command.addAll(List.of("-Wall", "-Wextra", "-Werror"));
        command.addAll(List.of("-o", draft.toString(), source.toString()));
        ProcessBuilder compiler = new ProcessBuilder(command).redirectErrorStream(true);
        try {
            Process process = compiler.start();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, process.waitFor(), () -> String.join(" ", command) + "\n" + output);
        } catch (InterruptedException interrupted) {
            throw new AssertionError("interrupted while compiling", interrupted);
        } catch (IOException missing) {
            Files.delete(draft);
            abort("no C compiler \"cc\" on the PATH, so no stand-in for Hypervisor.framework");
        }
        // Another test run may load the library while this one builds it.
        Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
    }

    /// Makes a function answer `code`, undone, after `skip` calls and for `count` calls.
    public static void refuse(
            HypervisorFramework framework, Function function, int skip, int count, HvResult code) {
        HvResult told =
                framework.protect(
                        TELL_ADDRESS + List.of(Function.values()).indexOf(function),
                        (long) skip << 32 | Integer.toUnsignedLong(count),
                        code.code());
        assertEquals(HvResult.SUCCESS, told, "is this the stand-in?");
    }

    /// Zeroed memory that can be mapped into a guest.
    public static MemorySegment memory(Arena arena, int pageCount) {
        return arena.allocate(
                (long) pageCount * HypervisorFramework.PAGE_BYTES, HypervisorFramework.PAGE_BYTES);
    }
}
