package io.coldframe.snapshot;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.image.AtomicDirectory;
import io.coldframe.image.AtomicPair;
import io.coldframe.image.MemoryImage;
import io.coldframe.image.OnExisting;
import io.coldframe.image.PageSource;
import io.coldframe.image.RestoreReport;
import io.coldframe.memory.GuestMemory;
import io.coldframe.snapshot.VerifyReport.Verified;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The memory of an image snapshot: its own image, over those of its parents.
///
/// @param images the snapshot, then its parents; closed with this
record OpenImages(List<OpenedLink> images) implements OpenMemory {

    OpenImages {
        images = List.copyOf(images);
    }

    @Override
    public StoredSnapshot stored() {
        return images.getFirst().stored();
    }

    private List<MemoryImage> newestFirst() {
        return images.stream().map(OpenedLink::image).toList();
    }

    @Override
    public PageSource source() {
        return MemoryImage.source(newestFirst());
    }

    @Override
    public VerifyReport verify(Progress progress) throws SnapshotException {
        ProgressParts parts =
                new ProgressParts(progress, images.stream().mapToLong(OpenImages::writtenBytes));
        List<Verified> verified = new ArrayList<>();
        for (OpenedLink link : images) {
            link.verify(parts.next(writtenBytes(link)));
            StoredSnapshot stored = link.stored();
            verified.add(new Verified(stored.name(), stored.manifest().id(), writtenBytes(link)));
        }
        return new VerifyReport(verified);
    }

    private static long writtenBytes(OpenedLink link) {
        return link.stored().manifest().memory().writtenByteCount();
    }

    @Override
    public RestoreReport materialise(Path target, OnExisting onExisting, Progress progress)
            throws SnapshotException {
        return MemoryImage.materialise(newestFirst(), target, onExisting, progress);
    }

    @Override
    public RestoreReport materialise(AtomicDirectory directory, String name, Progress progress)
            throws SnapshotException {
        return MemoryImage.materialise(newestFirst(), directory, name, progress);
    }

    @Override
    public RestoreReport materialise(AtomicPair pair, long sumsMax, Progress progress)
            throws SnapshotException {
        return MemoryImage.materialise(newestFirst(), pair, sumsMax, progress);
    }

    @Override
    public RestoreReport load(GuestMemory memory, Progress progress) throws SnapshotException {
        return MemoryImage.load(newestFirst(), memory, progress);
    }

    @Override
    public void close() {
        images.forEach(OpenedLink::close);
    }
}
