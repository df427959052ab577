package io.coldframe.cli.bench;

import io.coldframe.bindings.Abi;
import io.coldframe.bindings.Errno;
import io.coldframe.bindings.Libc;
import io.coldframe.bindings.NativeMemory;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// A file of a floor, by the bare calls.
///
/// **Lifetime.** Owns its descriptor.
///
/// **Threads.** One.
final class RawFile implements AutoCloseable {

    private final Path path;
    private final int descriptor;

    private RawFile(Path path, int descriptor) {
        this.path = path;
        this.descriptor = descriptor;
    }

    /// A new file.
    ///
    /// @param flags `O_…` beside those that make one
    static RawFile create(Path path, int flags) throws IOException {
        int all = Abi.O_CREAT | Abi.O_EXCL | Abi.O_RDWR | Abi.O_CLOEXEC | flags;
        return new RawFile(path, (int) check(Libc.open(path, all, 0600), "open", path));
    }

    /// A file that is there.
    static RawFile open(Path path) throws IOException {
        int flags = Abi.O_RDWR | Abi.O_CLOEXEC;
        return new RawFile(path, (int) check(Libc.open(path, flags, 0), "open", path));
    }

    /// Whether files here can be written past the page cache.
    static boolean canBeDirect(Path probe) throws IOException {
        int all = Abi.O_CREAT | Abi.O_EXCL | Abi.O_RDWR | Abi.O_CLOEXEC | Abi.O_DIRECT;
        int opened = Libc.open(probe, all, 0600);
        if (opened >= 0) {
            new RawFile(probe, opened).close();
        }
        // Made also where the flag is refused.
        int ignored = Libc.unlink(probe);
        return opened >= 0;
    }

    /// Writes all of `bytes` at `fileOffset`.
    void write(MemorySegment bytes, long fileOffset) throws IOException {
        long at = 0;
        while (at < bytes.byteSize()) {
            long written = Libc.pwrite(descriptor, bytes.asSlice(at), fileOffset + at);
            at += check(written, "pwrite", path);
        }
    }

    /// Reads as much into `target` as there is. @return how many bytes
    long read(MemorySegment target, long fileOffset) throws IOException {
        long done = 0;
        while (done < target.byteSize()) {
            long count = Libc.pread(descriptor, target.asSlice(done), fileOffset + done);
            if (check(count, "pread", path) == 0) {
                return done;
            }
            done += count;
        }
        return done;
    }

    /// Takes the space, so that no store into a mapping finds the disk full.
    void allocate(long byteCount) throws IOException {
        int allocated = Libc.fallocate(descriptor, 0, 0, byteCount);
        // macOS and some file systems can't; the length is needed all the same.
        if (allocated == -Errno.EOPNOTSUPP || allocated == -Errno.ENOSYS) {
            allocated = Libc.ftruncate(descriptor, byteCount);
        }
        check(allocated, "fallocate", path);
    }

    /// The whole file, mapped for as long as `arena` lives.
    MemorySegment map(long byteCount, Arena arena) throws IOException {
        int access = Abi.PROT_READ | Abi.PROT_WRITE;
        long address = NativeMemory.mmap(0, byteCount, access, Abi.MAP_SHARED, descriptor, 0);
        check(address, "mmap", path);
        return NativeMemory.segment(address, byteCount, arena, () -> unmap(address, byteCount));
    }

    private static void unmap(long address, long byteCount) {
        // It was mapped whole just before, so this can't fail.
        int ignored = NativeMemory.munmap(address, byteCount);
    }

    void sync() throws IOException {
        check(Libc.fsync(descriptor), "fsync", path);
    }

    /// Makes names in a directory durable.
    static void syncDirectory(Path directory) throws IOException {
        int flags = Abi.O_RDONLY | Abi.O_DIRECTORY | Abi.O_CLOEXEC;
        int opened = (int) check(Libc.open(directory, flags, 0), "open", directory);
        try (RawFile file = new RawFile(directory, opened)) {
            file.sync();
        }
    }

    static void rename(Path from, Path to) throws IOException {
        check(Libc.rename(from, to, Abi.RENAME_NOREPLACE), "renameat2", to);
    }

    @Override
    public void close() throws IOException {
        check(Libc.close(descriptor), "close", path);
    }

    private static long check(long result, String call, Path path) throws IOException {
        if (result < 0) {
            throw new IOException(path + ": " + call + ": " + Errno.text((int) -result));
        }
        return result;
    }
}
