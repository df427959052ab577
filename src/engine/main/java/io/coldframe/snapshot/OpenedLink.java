package io.coldframe.snapshot;

import io.coldframe.Progress;
import io.coldframe.Sha256;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.ImageSums;
import io.coldframe.image.MemoryImage;
import io.coldframe.snapshot.Manifest.MemoryPart;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/// One snapshot of a chain that is open: what its manifest says, and the memory, bound to it.
///
/// **Lifetime.** Owns the open image.
///
/// **Threads.** As [MemoryImage].
record OpenedLink(StoredSnapshot stored, ImageSums sums, MemoryImage image)
        implements AutoCloseable {

    static OpenedLink open(StoredSnapshot stored) throws SnapshotException {
        ImageSums sums = sums(stored);
        return new OpenedLink(stored, sums, image(stored, sums));
    }

    /// The sums that the manifest names, or a refusal.
    static ImageSums sums(StoredSnapshot stored) throws SnapshotException {
        Path file = stored.part(StorePaths.SUMS);
        MemoryPart memory = stored.manifest().memory();
        ImageSums sums;
        try (Arena arena = Arena.ofConfined();
                FileChannel channel = PartFile.open(file)) {
            PartFile.requireLength(channel, memory.sumsByteCount(), file);
            MemorySegment bytes = arena.allocate(memory.sumsByteCount());
            PartFile.readWhole(channel, bytes, file);
            requireDigest(memory.sumsDigest(), bytes, file);
            sums = ImageSums.decode(bytes, file);
        } catch (SnapshotException failure) {
            throw missingIsCorrupt(failure, file);
        } catch (IOException failure) {
            throw PartFile.failure(file, failure);
        }
        requireAgreement(stored.manifest(), sums, file);
        return sums;
    }

    /// The memory, which is as long as the sums say.
    static MemoryImage image(StoredSnapshot stored, ImageSums sums) throws SnapshotException {
        Path file = stored.part(StorePaths.MEMORY);
        try {
            PartFile.requireRegular(file);
            return MemoryImage.open(file, sums);
        } catch (SnapshotException failure) {
            throw missingIsCorrupt(failure, file);
        }
    }

    static void requireDigest(Sha256 expected, MemorySegment bytes, Path file)
            throws SnapshotException {
        Sha256 found = Sha256.of(bytes);
        if (!found.equals(expected)) {
            throw new SnapshotException(
                    Kind.CORRUPT,
                    Reason.CHECKSUM,
                    "SHA-256 is %s, and the manifest says %s".formatted(found, expected),
                    file);
        }
    }

    private static void requireAgreement(Manifest manifest, ImageSums sums, Path file)
            throws SnapshotException {
        MemoryPart memory = manifest.memory();
        boolean isDiff = manifest.kind() == Manifest.Kind.DIFF;
        boolean agrees =
                isDiff == (sums.kind() == ImageSums.Kind.DIFF)
                        && sums.byteCount() == memory.byteCount()
                        && sums.pageSize().equals(memory.pageSize())
                        && sums.writtenPages() == memory.writtenPageCount();
        if (!agrees) {
            throw new SnapshotException(
                    Kind.CORRUPT,
                    Reason.MISMATCH,
                    "%s of %d bytes (%s), and the manifest says %s of %d bytes, %d pages of %s"
                            .formatted(
                                    sums.kind(),
                                    sums.byteCount(),
                                    sums,
                                    manifest.kind(),
                                    memory.byteCount(),
                                    memory.writtenPageCount(),
                                    memory.pageSize()),
                    file);
        }
    }

    /// A part that is missing beside its manifest is damage, and no mistake in a name.
    static SnapshotException missingIsCorrupt(SnapshotException failure, Path file) {
        return failure.kind() == Kind.MISSING
                ? new SnapshotException(
                        Kind.CORRUPT, Reason.MISMATCH, "missing beside its manifest", file, failure)
                : failure;
    }

    /// Refuses a parent that this can't lie on.
    void requireOn(OpenedLink parent) throws SnapshotException {
        requireOn(stored, parent.stored.manifest());
    }

    static void requireOn(StoredSnapshot child, Manifest parent) throws SnapshotException {
        Manifest manifest = child.manifest();
        boolean fits =
                manifest.generation() == parent.generation() + 1
                        && manifest.memory().layout().equals(parent.memory().layout())
                        && manifest.memory().pageSize().equals(parent.memory().pageSize());
        if (!fits) {
            throw new SnapshotException(
                    Kind.CORRUPT,
                    Reason.MISMATCH,
                    "generation %d of %s in pages of %s on generation %d of %s in pages of %s"
                            .formatted(
                                    manifest.generation(),
                                    manifest.memory().layout(),
                                    manifest.memory().pageSize(),
                                    parent.generation(),
                                    parent.memory().layout(),
                                    parent.memory().pageSize()),
                    child.part(StorePaths.MANIFEST));
        }
    }

    /// Reads every block and compares its sum.
    void verify(Progress progress) throws SnapshotException {
        image.verify(stored.manifest().memory().layout(), progress);
    }

    @Override
    public void close() {
        image.close();
    }
}
