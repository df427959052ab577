package io.coldframe.wrenn;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.PageSource;
import io.coldframe.os.Failures;
import io.coldframe.os.FileCalls;
import io.coldframe.os.ReadFile;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/// One generation of Wrenn's or e2b's, open: its header, and every compact file that it reads.
///
/// The format has no sums, so nothing that is read here is checked: a byte that has changed in a
/// compact file is read as it is now. What is seen is a header that is none, a file that is gone,
/// and one that is too short.
///
/// **Lifetime.** Owns the header and a descriptor a build.
///
/// **Threads.** Any; [#close()] once, by the owner, when nobody reads any more.
public final class WrennChain implements PageSource, AutoCloseable {

    private final WrennHeader header;
    private final Map<UUID, ReadFile> files;

    private WrennChain(WrennHeader header, Map<UUID, ReadFile> files) {
        this.header = header;
        this.files = files;
    }

    /// {@return the generation of a header, with the files that lie where Wrenn or e2b put them;
    /// the caller closes it}
    ///
    /// @param headerFile a `memfile.header`
    /// @throws SnapshotException as [WrennHeader#read], and as [#open(WrennHeader, WrennFiles)]
    public static WrennChain open(Path headerFile) throws SnapshotException {
        WrennHeader header = WrennHeader.read(headerFile);
        return open(header, WrennFiles.beside(headerFile, header.buildId()));
    }

    /// {@return the generation of a header; the caller closes it}
    ///
    /// @param header it is this object's from now on, also if this throws
    /// @param finder knows where the compact files lie
    /// @throws SnapshotException of kind `MISSING` if one is not there, `CORRUPT` if one is shorter
    ///     than the header says, `UNSUPPORTED` if there are more than this process may open
    public static WrennChain open(WrennHeader header, WrennFiles finder) throws SnapshotException {
        WrennChain chain = new WrennChain(header, new HashMap<>());
        try {
            for (int index = 0; index < header.recordCount(); index++) {
                chain.requireStored(header.record(index), finder);
            }
            return chain;
        } catch (Throwable failure) {
            Failures.closeAfter(failure, chain);
            throw failure;
        }
    }

    private void requireStored(WrennRecord record, WrennFiles finder) throws SnapshotException {
        if (record.isZero()) {
            return;
        }
        ReadFile file = files.get(record.buildId());
        if (file == null) {
            file = openFile(finder.compactFile(record.buildId()));
            files.put(record.buildId(), file);
        }
        // What follows the memory in its last block is nobody's.
        long needed = Math.min(record.byteCount(), header.byteCount() - record.offset());
        if (file.byteCount() - record.storageOffset() < needed) {
            throw new SnapshotException(
                    Kind.CORRUPT,
                    Reason.TOO_SHORT,
                    "%d bytes, and build %s has %d bytes at %d of it for offset %d"
                            .formatted(
                                    file.byteCount(),
                                    header.buildId(),
                                    needed,
                                    record.storageOffset(),
                                    record.offset()),
                    file);
        }
    }

    private ReadFile openFile(Path path) throws SnapshotException {
        FileCalls calls = FileCalls.current();
        try {
            return ReadFile.open(calls, path);
        } catch (SnapshotException failure) {
            if (failure.kind() == Kind.SYSCALL && ReadFile.isOutOfDescriptors(calls, path)) {
                throw new SnapshotException(
                        Kind.UNSUPPORTED,
                        "it reads the files of %d builds, and this process may not open so many:"
                                        .formatted(header.builds().size())
                                + " raise the limit (ulimit -n)",
                        path,
                        failure);
            }
            throw failure;
        }
    }

    /// {@return the header; it is closed with this}
    public WrennHeader header() {
        return header;
    }

    @Override
    public long byteCount() {
        return header.byteCount();
    }

    /// Copies bytes, of which nothing is checked.
    ///
    /// @throws SnapshotException of kind `CORRUPT` if a file was cut since it was opened
    @Override
    public void read(long imageOffset, MemorySegment target) throws SnapshotException {
        Objects.checkFromIndexSize(imageOffset, target.byteSize(), header.byteCount());
        int index = target.byteSize() == 0 ? 0 : header.indexOf(imageOffset);
        for (long done = 0; done < target.byteSize(); index++) {
            WrennRecord record = header.record(index);
            long shift = imageOffset + done - record.offset();
            long count = Math.min(record.byteCount() - shift, target.byteSize() - done);
            MemorySegment part = target.asSlice(done, count);
            if (record.isZero()) {
                part.fill((byte) 0);
            } else {
                file(record.buildId()).read(record.storageOffset() + shift, part);
            }
            done += count;
        }
    }

    private ReadFile file(UUID buildId) {
        return Objects.requireNonNull(files.get(buildId), "opened with the chain");
    }

    @Override
    public void close() {
        try {
            header.close();
        } finally {
            files.values().forEach(ReadFile::close);
        }
    }
}
