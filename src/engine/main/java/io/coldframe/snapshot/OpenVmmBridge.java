package io.coldframe.snapshot;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.AtomicDirectory;
import io.coldframe.image.CopyMethod;
import io.coldframe.image.ImageSums;
import io.coldframe.image.MemoryImage;
import io.coldframe.image.OnExisting;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.PageSize;
import io.coldframe.state.Architecture;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/// OpenVMM's directories into a store and out of it.
///
/// What a manifest of OpenVMM says and one of ours has no field for is kept in labels, so that a
/// snapshot that came from there goes back with the same manifest.
final class OpenVmmBridge {

    private static final String VERSION_LABEL = "openvmm.version";
    private static final String CREATED_AT_LABEL = "openvmm.created-at";
    private static final String PAGE_SIZE_LABEL = "openvmm.page-size";

    private OpenVmmBridge() {}

    static SnapshotReport importDirectory(
            SnapshotStore store, String name, Path directory, Progress progress)
            throws SnapshotException {
        try (PinnedDirectory pinned = PinnedDirectory.open(directory)) {
            OpenVmmSnapshot source = OpenVmmDirectory.readSnapshot(directory);
            SnapshotRequest request = request(name, source);
            return store.adopt(
                    request,
                    (draft, memoryName) -> {
                        MemoryFiller.Filled filled = fill(draft, memoryName, source, progress);
                        requireStillNamed(pinned, directory);
                        return filled;
                    });
        }
    }

    private static SnapshotRequest request(String name, OpenVmmSnapshot source)
            throws SnapshotException {
        OpenVmmManifest manifest = source.manifest();
        OpenVmmDirectory.requireVersion(manifest);
        Optional<Architecture> architecture = Architecture.named(manifest.architecture());
        boolean isOurs =
                architecture.isPresent()
                        && manifest.vpCount() <= Integer.MAX_VALUE
                        && manifest.memorySizeBytes() > 0
                        && GuestLayout.PAGE.isAligned(manifest.memorySizeBytes());
        if (!isOurs) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED,
                    Reason.INCOMPATIBLE,
                    "no machine that this knows: " + manifest,
                    source.directory());
        }
        StateSource state =
                StateSource.opaque(
                        MemorySegment.ofArray(source.state()),
                        architecture.get(),
                        (int) manifest.vpCount());
        return SnapshotRequest.adopting(
                        name, Optional.empty(), GuestLayout.of(manifest.memorySizeBytes()), state)
                .withLabel(VERSION_LABEL, shortened(manifest.openvmmVersion()))
                .withLabel(CREATED_AT_LABEL, manifest.createdAt().toString())
                .withLabel(PAGE_SIZE_LABEL, Long.toString(manifest.pageSize()));
    }

    private static String shortened(String text) {
        return text.substring(0, Math.min(text.length(), Manifest.LABEL_VALUE_LENGTH_MAX));
    }

    private static MemoryFiller.Filled fill(
            AtomicDirectory draft, String name, OpenVmmSnapshot source, Progress progress)
            throws SnapshotException {
        OpenVmmDirectory.requireLength(source.memoryFile(), source.manifest());
        long byteCount = source.manifest().memorySizeBytes();
        TwoHalves halves = new TwoHalves(progress, byteCount);
        CopyMethod method = draft.copy(name, source.memoryFile(), halves.first());
        // Of the copy: the file that it came from may be the RAM of a guest that runs.
        ImageSums sums =
                MemoryImage.sumsOf(
                        draft.draft().resolve(name), byteCount, PageSize.KIB_4, halves.second());
        return new MemoryFiller.Filled(sums, PairBridge.report(method, sums));
    }

    private static void requireStillNamed(PinnedDirectory pinned, Path directory)
            throws SnapshotException {
        if (!pinned.isStillNamed()) {
            throw new SnapshotException(
                    Kind.CONFLICT,
                    Reason.BUSY,
                    "the snapshot was replaced while it was read",
                    directory);
        }
    }

    static OpenVmmReport export(
            SnapshotStore store,
            String reference,
            Path directory,
            OnExisting onExisting,
            Progress progress)
            throws SnapshotException {
        try (Snapshot snapshot = store.open(reference);
                Arena arena = Arena.ofConfined()) {
            Manifest manifest = snapshot.manifest();
            if (manifest.state().byteCount() > OpenVmmDirectory.STATE_BYTES_MAX) {
                throw new SnapshotException(
                        Kind.UNSUPPORTED,
                        Reason.TOO_LARGE,
                        "a machine state of %d bytes, and %d is the limit"
                                .formatted(
                                        manifest.state().byteCount(),
                                        OpenVmmDirectory.STATE_BYTES_MAX),
                        directory);
            }
            byte[] state = snapshot.stateBytes(arena).toArray(ValueLayout.JAVA_BYTE);
            return OpenVmmDirectory.commit(
                    directory,
                    openVmmManifest(manifest),
                    state,
                    onExisting,
                    draft -> place(snapshot, draft, progress));
        }
    }

    private static CopyMethod place(Snapshot snapshot, AtomicDirectory draft, Progress progress)
            throws SnapshotException {
        List<OpenedLink> images = snapshot.memory().images();
        boolean isImage = snapshot.layers().isEmpty() && images.size() == 1;
        if (isImage) {
            GuestLayout layout = snapshot.manifest().memory().layout();
            MemoryImage only = images.getFirst().image();
            return only.copyInto(draft, OpenVmmDirectory.MEMORY, layout, progress);
        }
        snapshot.memory().materialise(draft, OpenVmmDirectory.MEMORY, progress);
        return CopyMethod.COPY;
    }

    private static OpenVmmManifest openVmmManifest(Manifest manifest) {
        SortedMap<String, String> labels = manifest.labels();
        return OpenVmmManifest.of(
                createdAt(manifest),
                labels.getOrDefault(VERSION_LABEL, manifest.tool()),
                manifest.memory().byteCount(),
                manifest.vcpuCount(),
                pageSize(manifest),
                manifest.architecture().text());
    }

    // Labels are anybody's to write: what can't be read is not believed.
    private static Instant createdAt(Manifest manifest) {
        String label = manifest.labels().getOrDefault(CREATED_AT_LABEL, "");
        try {
            return label.isEmpty() ? manifest.createdAt() : Instant.parse(label);
        } catch (DateTimeException noTime) {
            return manifest.createdAt();
        }
    }

    private static long pageSize(Manifest manifest) {
        String label = manifest.labels().getOrDefault(PAGE_SIZE_LABEL, "");
        boolean isUint32 = label.matches("[0-9]{1,9}");
        return isUint32 ? Long.parseLong(label) : manifest.memory().pageSize().bytes();
    }
}
