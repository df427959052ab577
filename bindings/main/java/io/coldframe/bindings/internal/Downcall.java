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
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;

/// One C function, looked up and linked once, with its errno caught at every call.
///
/// A function that the system lacks is not an error here: its calls answer `-ENOSYS`, as a kernel
/// that lacks the call would.
///
/// It is linked when it is first called, because linking costs about a millisecond and most
/// programs call few of the functions. A handle that is no constant to the compiler costs a call
/// about 10 ns, beside the 140 of the cheapest system call.
///
/// **Threads.** Any.
public final class Downcall {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option CATCH_ERRNO = Linker.Option.captureCallState("errno");

    private enum State {
        UNLINKED,
        PRESENT,
        ABSENT
    }

    private final SymbolLookup lookup;
    private final String name;
    private final Supplier<FunctionDescriptor> descriptor;
    private final Linker.Option[] options;
    // Written before `state`, which publishes it; never invoked before that.
    private MethodHandle handle = MethodHandles.zero(int.class);
    private volatile State state = State.UNLINKED;

    private Downcall(
            SymbolLookup lookup,
            String name,
            Supplier<FunctionDescriptor> descriptor,
            Linker.Option... options) {
        this.lookup = lookup;
        this.name = name;
        this.descriptor = descriptor;
        this.options = options;
    }

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
        return new Downcall(libraryWhere(Platform.current().isLinux()), name, descriptor);
    }

    /// A function of the C library that only macOS has.
    public static Downcall macos(String name, Supplier<FunctionDescriptor> descriptor) {
        return new Downcall(libraryWhere(Platform.current().isMacos()), name, descriptor);
    }

    /// A variadic function of the C library, linked for one list of argument types.
    ///
    /// @param firstVariadicArgument the index of the first argument after the declared ones;
    ///     Apple's arm64 passes those on the stack
    public static Downcall variadic(
            String name, int firstVariadicArgument, FunctionDescriptor descriptor) {
        return new Downcall(
                libraryWhere(Platform.current() != Platform.OTHER),
                name,
                () -> descriptor,
                Linker.Option.firstVariadicArg(firstVariadicArgument));
    }

    private static SymbolLookup libraryWhere(boolean known) {
        return known ? LINKER.defaultLookup() : name -> Optional.empty();
    }

    /// Whether the system has the function.
    public boolean isPresent() {
        State known = state;
        return (known == State.UNLINKED ? link() : known) == State.PRESENT;
    }

    private synchronized State link() {
        if (state == State.UNLINKED) {
            Optional<MethodHandle> linked = lookup.find(name).map(this::linkAt);
            handle = linked.orElse(handle);
            state = linked.isPresent() ? State.PRESENT : State.ABSENT;
        }
        return state;
    }

    private MethodHandle linkAt(MemorySegment address) {
        Linker.Option[] all = Arrays.copyOf(options, options.length + 1);
        all[options.length] = CATCH_ERRNO;
        return LINKER.downcallHandle(address, descriptor.get(), all);
    }

    /// The result of `call`, or the negated errno.
    public int callInt(IntCall call) {
        try (Arena arena = Arena.ofConfined()) {
            return callInt(CallState.in(arena), call);
        }
    }

    /// As [#callInt(IntCall)], without an allocation.
    public int callInt(CallState caught, IntCall call) {
        if (!isPresent()) {
            return -Errno.ENOSYS;
        }
        try {
            return caught.result(call.invoke(handle, caught.segment()));
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
    public long callLong(CallState caught, LongCall call) {
        if (!isPresent()) {
            return -Errno.ENOSYS;
        }
        try {
            return caught.result(call.invoke(handle, caught.segment()));
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
