package io.coldframe.bindings;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// What `fstat` says about an open file: the system's `struct stat`, whose layout differs on every
/// platform.
///
/// **Lifetime.** The arena's.
///
/// **Threads.** Not thread-safe while [Libc#fstat] fills it.
public final class FileStatus {
    /// In which `st_blocks` counts, whatever `st_blksize` says.
    public static final int ALLOCATION_UNIT_BYTES = 512;

    private static final Platform PLATFORM = Platform.current();

    private final MemorySegment stat;

    private FileStatus(MemorySegment stat) {
        this.stat = stat;
    }

    /// An empty one that lives as long as `arena`.
    public static FileStatus in(Arena arena) {
        return new FileStatus(
                switch (PLATFORM) {
                    case MACOS_ARM64 -> io.coldframe.bindings.generated.macos.stat.allocate(arena);
                    case LINUX_ARM64 ->
                            io.coldframe.bindings.generated.linux.arm64.stat.allocate(arena);
                    case LINUX_X64, OTHER ->
                            io.coldframe.bindings.generated.linux.x64.stat.allocate(arena);
                });
    }

    MemorySegment segment() {
        return stat;
    }

    /// The device that holds the file; with [#inode()] its identity.
    public long device() {
        return switch (PLATFORM) {
            case MACOS_ARM64 -> io.coldframe.bindings.generated.macos.stat.st_dev(stat);
            case LINUX_ARM64 -> io.coldframe.bindings.generated.linux.arm64.stat.st_dev(stat);
            case LINUX_X64, OTHER -> io.coldframe.bindings.generated.linux.x64.stat.st_dev(stat);
        };
    }

    /// The number of the file on its device.
    public long inode() {
        return switch (PLATFORM) {
            case MACOS_ARM64 -> io.coldframe.bindings.generated.macos.stat.st_ino(stat);
            case LINUX_ARM64 -> io.coldframe.bindings.generated.linux.arm64.stat.st_ino(stat);
            case LINUX_X64, OTHER -> io.coldframe.bindings.generated.linux.x64.stat.st_ino(stat);
        };
    }

    /// Type and permissions; see [Abi#S_IFMT].
    public int mode() {
        return switch (PLATFORM) {
            case MACOS_ARM64 ->
                    Short.toUnsignedInt(io.coldframe.bindings.generated.macos.stat.st_mode(stat));
            case LINUX_ARM64 -> io.coldframe.bindings.generated.linux.arm64.stat.st_mode(stat);
            case LINUX_X64, OTHER -> io.coldframe.bindings.generated.linux.x64.stat.st_mode(stat);
        };
    }

    /// How many names the file has; 0 once the last is gone.
    public long linkCount() {
        return switch (PLATFORM) {
            case MACOS_ARM64 ->
                    Short.toUnsignedInt(io.coldframe.bindings.generated.macos.stat.st_nlink(stat));
            case LINUX_ARM64 ->
                    Integer.toUnsignedLong(
                            io.coldframe.bindings.generated.linux.arm64.stat.st_nlink(stat));
            case LINUX_X64, OTHER -> io.coldframe.bindings.generated.linux.x64.stat.st_nlink(stat);
        };
    }

    /// The user that owns the file.
    public int userId() {
        return switch (PLATFORM) {
            case MACOS_ARM64 -> io.coldframe.bindings.generated.macos.stat.st_uid(stat);
            case LINUX_ARM64 -> io.coldframe.bindings.generated.linux.arm64.stat.st_uid(stat);
            case LINUX_X64, OTHER -> io.coldframe.bindings.generated.linux.x64.stat.st_uid(stat);
        };
    }

    /// The length, holes included.
    public long byteCount() {
        return switch (PLATFORM) {
            case MACOS_ARM64 -> io.coldframe.bindings.generated.macos.stat.st_size(stat);
            case LINUX_ARM64 -> io.coldframe.bindings.generated.linux.arm64.stat.st_size(stat);
            case LINUX_X64, OTHER -> io.coldframe.bindings.generated.linux.x64.stat.st_size(stat);
        };
    }

    /// What the file takes on its device, holes excluded.
    public long allocatedByteCount() {
        long units =
                switch (PLATFORM) {
                    case MACOS_ARM64 -> io.coldframe.bindings.generated.macos.stat.st_blocks(stat);
                    case LINUX_ARM64 ->
                            io.coldframe.bindings.generated.linux.arm64.stat.st_blocks(stat);
                    case LINUX_X64, OTHER ->
                            io.coldframe.bindings.generated.linux.x64.stat.st_blocks(stat);
                };
        return units * ALLOCATION_UNIT_BYTES;
    }

    /// The unit in which the file system likes to be read and written.
    public long preferredByteCount() {
        return switch (PLATFORM) {
            case MACOS_ARM64 -> io.coldframe.bindings.generated.macos.stat.st_blksize(stat);
            case LINUX_ARM64 -> io.coldframe.bindings.generated.linux.arm64.stat.st_blksize(stat);
            case LINUX_X64, OTHER ->
                    io.coldframe.bindings.generated.linux.x64.stat.st_blksize(stat);
        };
    }

    /// Whether it is what `type` says: one of the `S_IF…` of [Abi].
    public boolean is(int type) {
        return (mode() & Abi.S_IFMT) == type;
    }
}
