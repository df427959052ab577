package io.coldframe.crash;

import io.coldframe.bindings.Abi;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// One call on files, before it is made.
///
/// @param name of the C function
/// @param paths that it names
/// @param fd that it is about, -1 for none
/// @param flags its flags, mode or operation
/// @param offset in the file, an address for `unmap`
/// @param byteCount how much of the file
/// @param bytes what is written, or what is synced of a mapping
public record Call(
        String name,
        List<Path> paths,
        int fd,
        int flags,
        long offset,
        long byteCount,
        Optional<MemorySegment> bytes) {
    private static final Set<String> READING = Set.of("close", "pread", "lseek", "fstat", "lstat");

    /// A call that names paths.
    static Call on(String name, int flags, Path... paths) {
        return new Call(name, List.of(paths), -1, flags, 0, 0, Optional.empty());
    }

    /// A call on an open file.
    static Call on(String name, int fd, int flags, long offset, long byteCount) {
        return new Call(name, List.of(), fd, flags, offset, byteCount, Optional.empty());
    }

    Call with(MemorySegment segment) {
        return new Call(name, paths, fd, flags, offset, byteCount, Optional.of(segment));
    }

    /// Whether it is the C function of that name.
    public boolean is(String function) {
        return name.equals(function);
    }

    /// Whether it may change what a later reader or a crash finds.
    public boolean isChange() {
        if (is("open")) {
            return (flags & (Abi.O_CREAT | Abi.O_TRUNC)) != 0;
        }
        return !READING.contains(name) && !is("flock");
    }

    @Override
    public String toString() {
        String named =
                paths.stream()
                        .map(path -> String.valueOf(path.getFileName()))
                        .collect(Collectors.joining(", "));
        String at = byteCount == 0 ? "" : " " + byteCount + " bytes at " + offset;
        return name + "(" + (paths.isEmpty() ? "fd " + fd : named) + at + ")";
    }
}
