package io.coldframe.snapshot;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.image.AtomicFile;
import io.coldframe.image.ImageSums;
import io.coldframe.image.MemoryImage;
import io.coldframe.image.OnExisting;
import io.coldframe.memory.PageSize;
import io.coldframe.snapshot.Manifest.MemoryPart;

import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// Makes the sums of a full image again from its memory.
///
/// The manifest holds the digest of the sums, so it proves them: if one bit of the memory were not
/// as it was written, a sum would differ, and with it the digest.
final class SumsRebuild {
    private SumsRebuild() {}

    /// Whether the memory alone says what the sums were. Which pages a diff holds it does not.
    static boolean isPossible(StoredSnapshot stored) {
        return stored.manifest().kind() == Manifest.Kind.FULL;
    }

    /// The sums, if the manifest proves them.
    ///
    /// @throws SnapshotException of kind `CORRUPT`, before anything is read, if the memory has
    ///     another length than the manifest says
    /// @throws java.util.concurrent.CancellationException if the progress says so
    static Optional<ImageSums> rebuild(StoredSnapshot stored, Progress progress)
            throws SnapshotException {
        MemoryPart memory = stored.manifest().memory();
        Path file = stored.part(StorePaths.MEMORY);
        PartFile.requireLength(PartFile.requireRegular(file).size(), memory.byteCount(), file);
        for (PageSize block : blockSizes(memory)) {
            ImageSums sums =
                    MemoryImage.sumsOf(
                            file, memory.byteCount(), memory.pageSize(), block, progress);
            if (sums.digest().equals(memory.sumsDigest())) {
                return Optional.of(sums);
            }
        }
        return Optional.empty();
    }

    /// The blocks for which the sums have the length that they had: mostly one size.
    private static List<PageSize> blockSizes(MemoryPart memory) {
        return IntStream.rangeClosed(memory.pageSize().shift(), ImageSums.BLOCK_MAX.shift())
                .mapToObj(PageSize::new)
                .filter(
                        block ->
                                ImageSums.encodedByteCount(memory.byteCount(), block)
                                        == memory.sumsByteCount())
                .toList();
    }

    /// Puts sums that the manifest proves in the place of what is there. Under the lock of the
    /// store, which says that the snapshot is still there.
    static void put(StoredSnapshot stored, ImageSums sums) throws SnapshotException {
        try (AtomicFile file =
                AtomicFile.create(stored.part(StorePaths.SUMS), OnExisting.REPLACE)) {
            file.write(sums.encoded().toArray(ValueLayout.JAVA_BYTE));
            file.commit();
        }
    }
}
