package io.coldframe.bindings.internal;

import io.coldframe.bindings.CallState;
import io.coldframe.bindings.Errno;
import io.coldframe.bindings.Platform;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// One C function, looked up and linked once, with its errno caught at every call.
///
/// A function that the system lacks is not an error here: its calls answer `-ENOSYS`, as a kernel
/// that lacks the call would.
///
/// A record, because the compiler trusts the fields of a record that a `static final` holds: the
/// handle is a constant to it.
///
/// @param name the symbol
/// @param handle takes the state segment and then the function's own arguments
/// @param isPresent false where `handle` must not be called
public record Downcall(String name, MethodHandle handle, boolean isPresent) {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option CATCH_ERRNO = Linker.Option.captureCallState("errno");

    /// A call whose result fits an `int`.
    @FunctionalInterface
    public interface IntCall {
        /// Makes the call.
        ///
        /// @param handle invoke it exactly: the state first, then the function's arguments
        /// @param state belongs to this call
        int invoke(MethodHandle handle, MemorySegment state) throws Throwable;
    }

    /// A call whose result is 64 bits wide.
    @FunctionalInterface
    public interface LongCall {
        /// Makes the call.
        ///
        /// @param handle invoke it exactly: the state first, then the function's arguments
        /// @param state belongs to this call
        long invoke(MethodHandle handle, MemorySegment state) throws Throwable;
    }

    /// A function of the C library on both systems.
    ///
    /// @param onLinux the generated descriptor, asked for only when the symbol is there, because
    ///     the generated holder throws where it is not
    /// @param onMacos the same for macOS
    public static Downcall libc(
            String name,
            Supplier<FunctionDescriptor> onLinux,
            Supplier<FunctionDescriptor> onMacos) {
        return Platform.current().isMacos() ? macos(name, onMacos) : linux(name, onLinux);
    }

    /// A function of the C library that only Linux has.
    public static Downcall linux(String name, Supplier<FunctionDescriptor> descriptor) {
        return Platform.current().isLinux()
                ? link(LINKER.defaultLookup(), name, descriptor)
                : absent(name);
    }

    /// A function of the C library that only macOS has.
    public static Downcall macos(String name, Supplier<FunctionDescriptor> descriptor) {
        return Platform.current().isMacos()
                ? link(LINKER.defaultLookup(), name, descriptor)
                : absent(name);
    }

    /// A variadic function of the C library, linked for one list of argument types.
    ///
    /// @param firstVariadicArgument the index of the first argument after the declared ones;
    ///     Apple's arm64 passes those on the stack
    public static Downcall variadic(
            String name, int firstVariadicArgument, FunctionDescriptor descriptor) {
        return Platform.current() == Platform.OTHER
                ? absent(name)
                : link(
                        LINKER.defaultLookup(),
                        name,
                        () -> descriptor,
                        Linker.Option.firstVariadicArg(firstVariadicArgument));
    }

    /// A function of the library that `lookup` searches.
    public static Downcall link(
            SymbolLookup lookup,
            String name,
            Supplier<FunctionDescriptor> descriptor,
            Linker.Option... options) {
        Optional<MemorySegment> address = lookup.find(name);
        if (address.isEmpty()) {
            return absent(name);
        }
        List<Linker.Option> all = new ArrayList<>(List.of(options));
        all.add(CATCH_ERRNO);
        MethodHandle handle =
                LINKER.downcallHandle(
                        address.get(), descriptor.get(), all.toArray(Linker.Option[]::new));
        return new Downcall(name, handle, true);
    }

    private static Downcall absent(String name) {
        return new Downcall(name, MethodHandles.zero(int.class), false);
    }

    /// The result of `call`, or the negated errno.
    public int callInt(IntCall call) {
        try (Arena arena = Arena.ofConfined()) {
            return callInt(CallState.in(arena), call);
        }
    }

    /// As [#callInt(IntCall)], without an allocation.
    public int callInt(CallState state, IntCall call) {
        if (!isPresent) {
            return -Errno.ENOSYS;
        }
        try {
            return state.result(call.invoke(handle, state.segment()));
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw unexpected(impossible);
        }
    }

    /// The result of `call`, or the negated errno.
    public long callLong(LongCall call) {
        try (Arena arena = Arena.ofConfined()) {
            return callLong(CallState.in(arena), call);
        }
    }

    /// As [#callLong(LongCall)], without an allocation.
    public long callLong(CallState state, LongCall call) {
        if (!isPresent) {
            return -Errno.ENOSYS;
        }
        try {
            return state.result(call.invoke(handle, state.segment()));
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw unexpected(impossible);
        }
    }

    private AssertionError unexpected(Throwable thrown) {
        return new AssertionError("a call of " + name + " threw a checked exception", thrown);
    }
}
