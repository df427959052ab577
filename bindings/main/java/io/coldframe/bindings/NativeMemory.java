package io.coldframe.bindings;

import io.coldframe.bindings.generated.linux.LibcH;
import io.coldframe.bindings.generated.macos.MacLibcH;
import io.coldframe.bindings.internal.Downcall;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Mapped memory: the calls that make, change and end mappings, and the door through which a
/// mapping becomes a [MemorySegment].
///
/// Every call returns its result or the negated errno. Addresses and lengths are the kernel's:
/// multiples of the page where it says so, which it checks and this class does not.
///
/// **Threads.** Any.
public final class NativeMemory {
    private static final Downcall MMAP =
            Downcall.libc("mmap", LibcH::mmap$descriptor, MacLibcH::mmap$descriptor);
    private static final Downcall MUNMAP =
            Downcall.libc("munmap", LibcH::munmap$descriptor, MacLibcH::munmap$descriptor);
    private static final Downcall MPROTECT =
            Downcall.libc("mprotect", LibcH::mprotect$descriptor, MacLibcH::mprotect$descriptor);
    private static final Downcall MADVISE =
            Downcall.libc("madvise", LibcH::madvise$descriptor, MacLibcH::madvise$descriptor);
    private static final Downcall MSYNC =
            Downcall.libc("msync", LibcH::msync$descriptor, MacLibcH::msync$descriptor);
    private static final Downcall MINCORE =
            Downcall.libc("mincore", LibcH::mincore$descriptor, MacLibcH::mincore$descriptor);
    private static final Downcall MEMFD_CREATE =
            Downcall.linux("memfd_create", LibcH::memfd_create$descriptor);
    private static final Downcall SYSCONF =
            Downcall.libc("sysconf", LibcH::sysconf$descriptor, MacLibcH::sysconf$descriptor);

    private NativeMemory() {}

    /// The host's page in bytes, or the negated errno.
    public static long pageByteCount() {
        int name = Platform.current().isMacos() ? MacLibcH._SC_PAGESIZE() : LibcH._SC_PAGESIZE();
        return SYSCONF.callLong((sysconf, state) -> (long) sysconf.invokeExact(state, name));
    }

    /// Maps `byteCount` bytes of a file, or of none.
    ///
    /// The mapping belongs to nobody yet: hand it to [#segment] or end it with [#munmap].
    ///
    /// @param address where it should be; 0 leaves it to the kernel
    /// @param protection `PROT_…` of [Abi]
    /// @param flags `MAP_…` of [Abi]
    /// @param fd the file, or -1 with [Abi#MAP_ANONYMOUS]
    /// @return the address, which is positive, or the negated errno
    public static long mmap(
            long address, long byteCount, int protection, int flags, int fd, long fileOffset) {
        return MMAP.callLong(
                (mmap, state) -> {
                    MemorySegment mapped =
                            (MemorySegment)
                                    mmap.invokeExact(
                                            state,
                                            MemorySegment.ofAddress(address),
                                            byteCount,
                                            protection,
                                            flags,
                                            fd,
                                            fileOffset);
                    return mapped.address();
                });
    }

    /// Ends what is mapped there.
    ///
    /// Only for memory that no segment names any more: a later load or store through one that
    /// still does is a fault of the whole process.
    public static int munmap(long address, long byteCount) {
        return MUNMAP.callInt(
                (munmap, state) ->
                        (int)
                                munmap.invokeExact(
                                        state, MemorySegment.ofAddress(address), byteCount));
    }

    /// Sets what loads and stores the range allows.
    ///
    /// @param protection `PROT_…` of [Abi]
    public static int mprotect(MemorySegment range, int protection) {
        return MPROTECT.callInt(
                (mprotect, state) ->
                        (int) mprotect.invokeExact(state, range, range.byteSize(), protection));
    }

    /// Advises the kernel about the range. The thread counts as native meanwhile, so a safepoint
    /// can be reached while [Abi#MADV_POPULATE_READ] waits for a page.
    ///
    /// @param advice one `MADV_…` of [Abi]
    /// @return 0, or the negated errno: populating what the protection forbids is `-EINVAL`, what
    ///     the file behind no longer has is `-EFAULT`, and neither is a fault
    public static int madvise(MemorySegment range, int advice) {
        return MADVISE.callInt(
                (madvise, state) ->
                        (int) madvise.invokeExact(state, range, range.byteSize(), advice));
    }

    /// Writes the range back to its file.
    ///
    /// @param flags `MS_…` of [Abi]
    public static int msync(MemorySegment range, int flags) {
        return MSYNC.callInt(
                (msync, state) -> (int) msync.invokeExact(state, range, range.byteSize(), flags));
    }

    /// Says of each page of the range whether it is in memory: bit 0 of one byte a page.
    ///
    /// @param resident native, one byte for each page that the range touches
    public static int mincore(MemorySegment range, MemorySegment resident) {
        long pageByteCount = pageByteCount();
        // The kernel writes as many bytes as the range has pages and asks nobody.
        if (resident.byteSize() < Math.ceilDiv(range.byteSize(), pageByteCount)) {
            throw new IllegalArgumentException(
                    "resident has %d bytes, too few for %d bytes in pages of %d"
                            .formatted(resident.byteSize(), range.byteSize(), pageByteCount));
        }
        return MINCORE.callInt(
                (mincore, state) ->
                        (int) mincore.invokeExact(state, range, range.byteSize(), resident));
    }

    /// A new file that has no name and lives in memory. Linux.
    ///
    /// @param name what `/proc` shows for it
    /// @param flags `MFD_…` of [Abi]
    /// @return the descriptor, or the negated errno
    public static int memfdCreate(String name, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocateFrom(name);
            return MEMFD_CREATE.callInt(
                    (memfdCreate, state) -> (int) memfdCreate.invokeExact(state, text, flags));
        }
    }

    /// The memory at `address` as a segment that lives as long as `arena`.
    ///
    /// Nothing can check that there is memory: the caller has just mapped it, and nobody else ends
    /// the mapping while the arena lives.
    ///
    /// @param cleanup runs once, when the arena is closed and no access can happen any more; where
    ///     this call throws (the arena is closed already) it does not run, and the mapping is still
    ///     the caller's
    public static MemorySegment segment(
            long address, long byteCount, Arena arena, Runnable cleanup) {
        return MemorySegment.ofAddress(address)
                .reinterpret(byteCount, arena, memory -> cleanup.run());
    }

    /// The memory at `address` as a segment that nobody owns: it is never ended, and whoever uses
    /// it answers for that it is there.
    public static MemorySegment borrowed(long address, long byteCount) {
        return MemorySegment.ofAddress(address).reinterpret(byteCount);
    }
}
