package io.coldframe.cli.doctor;

import io.coldframe.bindings.Abi;
import io.coldframe.bindings.Errno;
import io.coldframe.bindings.Libc;
import io.coldframe.bindings.NativeMemory;
import io.coldframe.bindings.Platform;
import io.coldframe.cli.WorkFolder;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What the file system under one directory can do for a store of snapshots.
///
/// **Lifetime.** Each trial works in a [WorkFolder] and leaves nothing behind.
final class DirectoryChecks {

    private static final String GROUP = "directory";

    /// Files of a trial: small, and whole blocks of any file system.
    private static final int FILE_BYTE_COUNT = 1 << 20;

    // A sector: no device has a smaller unit.
    private static final long DIRECT_UNIT_BYTE_COUNT_MIN = 512;

    private final Path directory;

    private DirectoryChecks(Path directory) {
        this.directory = directory;
    }

    static List<Check> all(Path directory) {
        DirectoryChecks checks = new DirectoryChecks(directory);
        return List.of(
                Check.of(GROUP, "directory", checks::directory),
                checks.in("directory.direct-io", DirectoryChecks::directIo)
                        .orElse("a file system on a disk, such as ext4, XFS or btrfs"),
                checks.in("directory.reflink", DirectoryChecks::reflink)
                        .orElse("btrfs, or XFS made with reflink=1; on macOS, APFS"),
                checks.in("directory.fallocate", DirectoryChecks::fallocate)
                        .orElse("ext4, XFS, btrfs or tmpfs"),
                checks.in("directory.punch-hole", DirectoryChecks::punchHole)
                        .orElse("ext4, XFS, btrfs or tmpfs"),
                checks.in("directory.sparse-files", DirectoryChecks::sparseFiles)
                        .orElse("ext4, XFS, btrfs, tmpfs or APFS"),
                checks.in("directory.rename-noreplace", DirectoryChecks::renameNoReplace)
                        .orElse("a local file system: ext4, XFS, btrfs, tmpfs or APFS"),
                checks.in("directory.rename-exchange", DirectoryChecks::renameExchange)
                        .orElse("a local file system: ext4, XFS, btrfs, tmpfs or APFS"),
                checks.in("directory.unnamed-files", DirectoryChecks::unnamedFiles)
                        .orElse("ext4, XFS, btrfs or tmpfs"),
                checks.in("directory.sync", DirectoryChecks::sync));
    }

    /// A trial in a folder of its own.
    @FunctionalInterface
    private interface FolderTrial {
        Outcome attempt(WorkFolder folder) throws Exception;
    }

    private Check in(String name, FolderTrial trial) {
        return Check.of(GROUP, name, () -> attempt(trial));
    }

    private Outcome attempt(FolderTrial trial) throws Exception {
        WorkFolder made;
        try {
            made = WorkFolder.in(directory, "doctor");
        } catch (IOException refused) {
            return Outcome.untried(
                    "not a directory that this user can write: " + directory,
                    "name another by --dir");
        }
        try (WorkFolder folder = made) {
            return trial.attempt(folder);
        }
    }

    private Outcome directory() throws IOException {
        try (WorkFolder folder = WorkFolder.in(directory, "doctor")) {
            FileStore store = Files.getFileStore(folder.path());
            long freeByteCount = store.getUsableSpace();
            return Outcome.available(
                    "%s on %s, %.1f GiB free"
                            .formatted(
                                    directory, store.type(), freeByteCount / (double) (1L << 30)),
                    Map.of("freeByteCount", freeByteCount));
        } catch (IOException failure) {
            return Outcome.missing(
                    "can't make a folder in it: " + failure, "name another by --dir");
        }
    }

    private static Outcome directIo(WorkFolder folder) throws Refused {
        if (!Platform.current().isLinux()) {
            return Outcome.linuxOnly("O_DIRECT");
        }
        if (!goesDirect(folder, FILE_BYTE_COUNT)) {
            return Outcome.missing(
                    "O_DIRECT is taken, but what was written lies in the page cache",
                    "a file system on a disk, such as ext4, XFS or btrfs");
        }
        long unitByteCount = DIRECT_UNIT_BYTE_COUNT_MIN;
        while (unitByteCount < FILE_BYTE_COUNT && !goesDirectQuietly(folder, unitByteCount)) {
            unitByteCount *= 2;
        }
        return Outcome.available(
                "past the page cache, in units of " + unitByteCount + " bytes",
                Map.of("unitByteCount", unitByteCount));
    }

    private static boolean goesDirectQuietly(WorkFolder folder, long unitByteCount) {
        try {
            return goesDirect(folder, unitByteCount);
        } catch (Refused tooSmall) {
            return false;
        }
    }

    /// Whether a write of this unit is taken and leaves nothing in the page cache, which is where
    /// some file systems put what is not aligned as they like it.
    private static boolean goesDirect(WorkFolder folder, long unitByteCount) throws Refused {
        Path path = folder.resolve("direct-" + unitByteCount);
        try (Arena arena = Arena.ofConfined();
                OpenFile file = OpenFile.create(path, Abi.O_DIRECT, "open(O_DIRECT)")) {
            MemorySegment data = arena.allocate(FILE_BYTE_COUNT, 1 << 16).fill((byte) 0x5A);
            write(file, data, 0);
            if (unitByteCount < FILE_BYTE_COUNT) {
                // From an odd multiple in the memory to one in the file: a larger unit refuses it.
                write(file, data.asSlice(unitByteCount, unitByteCount), unitByteCount);
            }
            return !isCached(file);
        }
    }

    private static void write(OpenFile file, MemorySegment data, long offset) throws Refused {
        String call = "pwrite of " + data.byteSize() + " bytes";
        long written = Refused.check(Libc.pwrite(file.fd(), data, offset), call);
        if (written != data.byteSize()) {
            throw Refused.because(call + " wrote " + written, "");
        }
    }

    private static boolean isCached(OpenFile file) throws Refused {
        try (Arena arena = Arena.ofConfined();
                Mapped mapped = Mapped.shared(file, FILE_BYTE_COUNT)) {
            MemorySegment resident = arena.allocate(FILE_BYTE_COUNT / NativeMemory.pageByteCount());
            Refused.check(NativeMemory.mincore(mapped.segment(), resident), "mincore");
            for (byte page : resident.toArray(ValueLayout.JAVA_BYTE)) {
                if ((page & 1) != 0) {
                    return true;
                }
            }
            return false;
        }
    }

    private static Outcome reflink(WorkFolder folder) throws Refused, IOException {
        Path from = folder.resolve("from");
        Path to = folder.resolve("to");
        byte[] data = new byte[1 << 16];
        data[data.length - 1] = 1;
        Files.write(from, data);
        if (Platform.current().isMacos()) {
            Refused.check(Libc.clonefile(from, to), "clonefile");
        } else {
            try (OpenFile source = OpenFile.open(from, Abi.O_RDONLY, "open");
                    OpenFile target = OpenFile.create(to, 0, "open")) {
                Refused.check(Libc.ficlone(target.fd(), source.fd()), "ioctl(FICLONE)");
            }
        }
        if (Files.mismatch(from, to) != -1) {
            return Outcome.missing("the clone differs from its source", "");
        }
        return Outcome.available("files can share their blocks");
    }

    private static Outcome fallocate(WorkFolder folder) throws Refused {
        try (OpenFile file = OpenFile.create(folder.resolve("allocated"), 0, "open")) {
            Refused.check(Libc.fallocate(file.fd(), 0, 0, FILE_BYTE_COUNT), "fallocate");
            long allocated = file.allocatedByteCount();
            if (allocated < FILE_BYTE_COUNT) {
                return Outcome.missing(
                        "fallocate of "
                                + FILE_BYTE_COUNT
                                + " bytes left "
                                + allocated
                                + " allocated",
                        "");
            }
            return Outcome.available("space can be taken before it is written");
        }
    }

    private static Outcome punchHole(WorkFolder folder) throws Refused {
        int half = FILE_BYTE_COUNT / 2;
        try (OpenFile file = full(folder.resolve("punched"))) {
            long before = file.allocatedByteCount();
            int flags = Abi.FALLOC_FL_PUNCH_HOLE | Abi.FALLOC_FL_KEEP_SIZE;
            Refused.check(Libc.fallocate(file.fd(), flags, half, half), "fallocate(PUNCH_HOLE)");
            long after = file.allocatedByteCount();
            if (after > before - half) {
                return Outcome.missing(
                        "a hole of %d bytes left %d of %d allocated".formatted(half, after, before),
                        "");
            }
            return Outcome.available("space can be given back");
        }
    }

    /// A file of a trial, written and on the disk.
    private static OpenFile full(Path path) throws Refused {
        OpenFile file = OpenFile.create(path, 0, "open");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocate(FILE_BYTE_COUNT).fill((byte) 1);
            write(file, data, 0);
            // Space is often taken only when the data leaves the cache.
            Refused.check(Libc.fsync(file.fd()), "fsync");
            return file;
        } catch (Refused refused) {
            file.close();
            throw refused;
        }
    }

    private static Outcome sparseFiles(WorkFolder folder) throws Refused {
        long dataAt = 64L << 20;
        try (Arena arena = Arena.ofConfined();
                OpenFile file = OpenFile.create(folder.resolve("sparse"), 0, "open")) {
            MemorySegment data = arena.allocate(1 << 16).fill((byte) 1);
            write(file, data, dataAt);
            Refused.check(Libc.fsync(file.fd()), "fsync");
            long found = Libc.lseek(file.fd(), 0, Abi.SEEK_DATA);
            Refused.check(found, "lseek(SEEK_DATA)");
            long allocated = file.allocatedByteCount();
            if (found == 0 || allocated > dataAt) {
                return Outcome.missing(
                        "a hole of %d bytes: SEEK_DATA answers %d, and %d bytes are allocated"
                                .formatted(dataAt, found, allocated),
                        "ext4, XFS, btrfs, tmpfs or APFS");
            }
            return Outcome.available("holes take no space, and SEEK_DATA finds their end");
        }
    }

    /// As a commit does it: folders, and the target is there already or is not.
    private static Outcome renameNoReplace(WorkFolder folder) throws Refused, IOException {
        Path draft = Files.createDirectory(folder.resolve("draft"));
        Path taken = Files.createDirectory(folder.resolve("taken"));
        int onto = Libc.rename(draft, taken, Abi.RENAME_NOREPLACE);
        if (onto != -Errno.EEXIST) {
            Refused.check(onto, "renameat2(RENAME_NOREPLACE)");
            return Outcome.missing("RENAME_NOREPLACE replaced a folder", "");
        }
        int free = Libc.rename(draft, folder.resolve("free"), Abi.RENAME_NOREPLACE);
        Refused.check(free, "renameat2(RENAME_NOREPLACE)");
        return Outcome.available("a new snapshot appears whole, and never over another");
    }

    private static Outcome renameExchange(WorkFolder folder) throws Refused, IOException {
        Path fresh = Files.createDirectory(folder.resolve("fresh"));
        Path old = Files.createDirectory(folder.resolve("old"));
        Files.createFile(fresh.resolve("mark"));
        int exchanged = Libc.rename(fresh, old, Abi.RENAME_EXCHANGE);
        Refused.check(exchanged, "renameat2(RENAME_EXCHANGE)");
        if (!Files.exists(old.resolve("mark")) || Files.exists(fresh.resolve("mark"))) {
            return Outcome.missing("RENAME_EXCHANGE exchanged nothing", "");
        }
        return Outcome.available("a snapshot is replaced in one step");
    }

    private static Outcome unnamedFiles(WorkFolder folder) throws Refused {
        if (!Platform.current().isLinux()) {
            return Outcome.linuxOnly("O_TMPFILE");
        }
        int flags = Abi.O_TMPFILE | Abi.O_RDWR;
        try (OpenFile file = OpenFile.open(folder.path(), flags, "open(O_TMPFILE)")) {
            Refused.check(Libc.ftruncate(file.fd(), 1), "ftruncate");
            return Outcome.available("a draft needs no name");
        }
    }

    /// Without it a rename is not durable.
    private static Outcome sync(WorkFolder folder) throws Refused, IOException {
        Files.createFile(folder.resolve("file"));
        int flags = Abi.O_RDONLY | Abi.O_DIRECTORY;
        try (OpenFile directory = OpenFile.open(folder.path(), flags, "open(O_DIRECTORY)")) {
            Refused.check(Libc.fsync(directory.fd()), "fsync of a folder");
            return Outcome.available("a rename is made durable by fsync of its folder");
        }
    }
}
