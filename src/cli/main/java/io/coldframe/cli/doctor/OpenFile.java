package io.coldframe.cli.doctor;

import io.coldframe.bindings.Abi;
import io.coldframe.bindings.FileStatus;
import io.coldframe.bindings.Libc;
import io.coldframe.bindings.NativeMemory;

import java.lang.foreign.Arena;
import java.nio.file.Path;

/// A file of a trial, closed at its end.
record OpenFile(int fd) implements AutoCloseable {

    /// A new file, readable by its owner alone.
    ///
    /// @param flags `O_…` beside those that make one
    static OpenFile create(Path path, int flags, String call) throws Refused {
        int all = Abi.O_CREAT | Abi.O_EXCL | Abi.O_RDWR | Abi.O_CLOEXEC | flags;
        return new OpenFile(Refused.check(Libc.open(path, all, 0600), call));
    }

    static OpenFile open(Path path, int flags, String call) throws Refused {
        return new OpenFile(Refused.check(Libc.open(path, flags | Abi.O_CLOEXEC, 0600), call));
    }

    /// A file in memory, of `byteCount` zeros.
    static OpenFile inMemory(int flags, long byteCount) throws Refused {
        int made = NativeMemory.memfdCreate("coldframe-doctor", flags | Abi.MFD_CLOEXEC);
        OpenFile file = new OpenFile(Refused.check(made, "memfd_create"));
        int sized = Libc.ftruncate(file.fd(), byteCount);
        if (sized < 0) {
            file.close();
        }
        Refused.check(sized, "ftruncate");
        return file;
    }

    /// How many bytes of storage it takes.
    long allocatedByteCount() throws Refused {
        try (Arena arena = Arena.ofConfined()) {
            FileStatus status = FileStatus.in(arena);
            Refused.check(Libc.fstat(fd, status), "fstat");
            return status.allocatedByteCount();
        }
    }

    @Override
    public void close() {
        // Nothing was promised to last, so nothing is lost when this fails.
        int ignored = Libc.close(fd);
    }
}
