package io.coldframe.image;

import io.coldframe.SnapshotException;
import io.coldframe.bindings.Errno;
import io.coldframe.bindings.Libc;
import io.coldframe.memory.GuestMemory;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Scattered parts of guest memory that one call writes one after another, from where they lie.
///
/// **Threads.** One.
final class GatheredParts {
    private final ImageFile file;
    private final GuestMemory memory;
    private final List<MemorySegment> parts = new ArrayList<>();
    private final List<Long> imageOffsets = new ArrayList<>();
    private long fileOffset;

    /// @param fileOffset where the first part goes
    GatheredParts(ImageFile file, GuestMemory memory, long fileOffset) {
        this.file = file;
        this.memory = memory;
        this.fileOffset = fileOffset;
    }

    /// Whether one call can write this part with those that are there.
    boolean hasRoomFor(MemorySegment part) {
        return parts.isEmpty()
                || (parts.size() < Libc.PARTS_MAX && parts.getFirst().scope().equals(part.scope()));
    }

    void add(long imageOffset, MemorySegment part) {
        parts.add(part);
        imageOffsets.add(imageOffset);
    }

    /// Writes all parts, and has none after it.
    ///
    /// @param fd the draft, past the page cache; what that refuses for its alignment goes through
    void write(int fd) throws SnapshotException {
        int target = fd;
        int first = 0;
        while (first < parts.size()) {
            List<MemorySegment> rest = parts.subList(first, parts.size());
            long result = file.calls().pwritev(target, rest, fileOffset);
            if (result == -Errno.EINTR) {
                continue;
            }
            if (result == -Errno.EINVAL && target != file.descriptor()) {
                target = file.descriptor();
                continue;
            }
            if (result == -Errno.EFAULT) {
                explainFault(first);
            }
            long wanted = rest.stream().mapToLong(MemorySegment::byteSize).sum();
            long done = file.requireProgress(result, wanted, fileOffset);
            fileOffset += done;
            first = skip(first, done);
        }
        parts.clear();
        imageOffsets.clear();
    }

    /// The memory of a file that was cut: this says it better than the number.
    private void explainFault(int first) throws SnapshotException {
        for (int i = first; i < parts.size(); i++) {
            memory.ensurePresent(imageOffsets.get(i), parts.get(i).byteSize());
        }
    }

    /// The first part that is not written, which may have lost its beginning.
    private int skip(int first, long byteCount) {
        long left = byteCount;
        int at = first;
        while (at < parts.size() && left >= parts.get(at).byteSize()) {
            left -= parts.get(at).byteSize();
            at++;
        }
        if (left > 0) {
            parts.set(at, parts.get(at).asSlice(left));
            imageOffsets.set(at, imageOffsets.get(at) + left);
        }
        return at;
    }
}
