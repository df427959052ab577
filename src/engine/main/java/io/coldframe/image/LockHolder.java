package io.coldframe.image;

import io.coldframe.SnapshotException;
import io.coldframe.bindings.Libc;
import io.coldframe.os.FileCalls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Who holds the lock of a file, as far as the system tells: for a message, not for a decision.
final class LockHolder {
    private static final Path LOCKS = Path.of("/proc/locks");
    private static final String NOBODY_KNOWN = "another writer";

    private LockHolder() {}

    /// As in `process 1234`.
    static String of(FileCalls calls, Path path) throws SnapshotException {
        Optional<FileIdentity> identity = FileIdentity.named(calls, path);
        return identity.map(LockHolder::of).orElse(NOBODY_KNOWN);
    }

    private static String of(FileIdentity identity) {
        try {
            return in(Files.readAllLines(LOCKS), identity.inode());
        } catch (IOException absent) {
            return NOBODY_KNOWN;
        }
    }

    // A line: number, FLOCK, ADVISORY, WRITE, process, device:device:inode, first byte, last byte.
    // The device is left out: on btrfs it is not the one that the file says it is on.
    static String in(List<String> locks, long inode) {
        for (String line : locks) {
            String[] words = line.strip().split("\\s+", -1);
            if (words.length > 5 && words[1].equals("FLOCK") && words[5].endsWith(":" + inode)) {
                boolean own = words[4].equals(Integer.toString(Libc.getpid()));
                return own ? "this process" : "process " + words[4];
            }
        }
        return NOBODY_KNOWN;
    }
}
