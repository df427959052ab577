package io.coldframe.snapshot;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.WriteOptions;
import io.coldframe.layer.LayerSource;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.PageSize;
import io.coldframe.wrenn.WrennChain;
import io.coldframe.wrenn.WrennChanges;
import io.coldframe.wrenn.WrennFiles;
import io.coldframe.wrenn.WrennGeneration;
import io.coldframe.wrenn.WrennHeader;

import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Generations of Wrenn's into a store, each a layer on the one before.
///
/// Which generation is whose parent no header says, only how far it is from the first. So the
/// parent is the one of the generation before in whose file something of it lies. If that is a
/// wrong guess, the layer is larger and as right: its blocks are compared with the parent's.
///
/// **Lifetime.** Owns the headers of all generations.
///
/// **Threads.** One at a time.
final class WrennImport implements AutoCloseable {

    private final SnapshotStore store;
    private final List<Incoming> incoming = new ArrayList<>();
    private final List<Known> known = new ArrayList<>();

    /// A generation to be brought.
    private record Incoming(WrennGeneration place, WrennHeader header) {}

    /// A generation that the store has.
    ///
    /// @param evidence of one that was brought just now, and so has the bytes that its header says
    private record Known(
            String name, UUID id, long byteCount, WrennLabels labels, Optional<Evidence> evidence) {

        Optional<WrennHeader> headerIfSameFiles(Map<UUID, FileIdentity> files) {
            return evidence.filter(found -> found.isOfSame(files)).map(Evidence::header);
        }
    }

    /// What tells where the bytes of a generation lie.
    ///
    /// @param files those that were read, by their builds
    private record Evidence(WrennHeader header, Map<UUID, FileIdentity> files) {

        /// Whether each build that both read is one file. A directory may have a copy of its own,
        /// and what lies at the same place of another file need not be the same.
        boolean isOfSame(Map<UUID, FileIdentity> others) {
            return files.entrySet().stream()
                    .allMatch(
                            each ->
                                    others.getOrDefault(each.getKey(), each.getValue())
                                            .equals(each.getValue()));
        }
    }

    private WrennImport(SnapshotStore store) {
        this.store = store;
    }

    static WrennImportReport run(
            SnapshotStore store, List<WrennGeneration> generations, Progress progress)
            throws SnapshotException {
        try (WrennImport work = new WrennImport(store)) {
            work.open(generations);
            return work.bring(progress);
        }
    }

    private void open(List<WrennGeneration> generations) throws SnapshotException {
        for (WrennGeneration place : generations) {
            WrennHeader header = WrennHeader.read(place.header());
            incoming.add(new Incoming(place, header));
            requireGuest(header, place);
        }
        incoming.sort(Comparator.comparingLong(each -> each.header().generation()));
        for (SnapshotSummary summary : store.list()) {
            summary.manifest().ifPresent(manifest -> remember(summary.name(), manifest));
        }
    }

    private void remember(String name, Manifest manifest) {
        WrennLabels.of(manifest)
                .ifPresent(
                        labels ->
                                known.add(
                                        new Known(
                                                name,
                                                manifest.id(),
                                                manifest.memory().byteCount(),
                                                labels,
                                                Optional.empty())));
    }

    private static void requireGuest(WrennHeader header, WrennGeneration place)
            throws SnapshotException {
        if (!GuestLayout.PAGE.isAligned(header.byteCount())) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED,
                    Reason.INCOMPATIBLE,
                    "memory of %d bytes, which is not made of pages of %s: no guest's"
                            .formatted(header.byteCount(), GuestLayout.PAGE),
                    place.header());
        }
    }

    private WrennImportReport bring(Progress progress) throws SnapshotException {
        ProgressParts parts =
                new ProgressParts(
                        progress, incoming.stream().mapToLong(each -> each.header().byteCount()));
        List<WrennImportReport.Generation> brought = new ArrayList<>();
        for (Incoming each : incoming) {
            long byteCount = each.header().byteCount();
            Progress part = parts.next(byteCount);
            Optional<Known> there = find(each);
            if (there.isPresent()) {
                part.proceed(byteCount, byteCount);
                brought.add(report(there.get().name(), each, Optional.empty(), Optional.empty()));
            } else {
                Optional<Known> parent = parentOf(each.header());
                Map<UUID, FileIdentity> files = new HashMap<>();
                SnapshotReport saved = save(each, parent, files, part);
                known.add(
                        new Known(
                                saved.name(),
                                saved.manifest().id(),
                                byteCount,
                                WrennLabels.of(each.header()),
                                Optional.of(new Evidence(each.header(), files))));
                brought.add(
                        report(saved.name(), each, parent.map(Known::name), Optional.of(saved)));
            }
        }
        return new WrennImportReport(brought);
    }

    private static WrennImportReport.Generation report(
            String name,
            Incoming incoming,
            Optional<String> parent,
            Optional<SnapshotReport> saved) {
        WrennHeader header = incoming.header();
        return new WrennImportReport.Generation(
                name, header.buildId(), header.generation(), parent, saved);
    }

    /// The same generation in the store, if it is there.
    ///
    /// @throws SnapshotException of kind `CONFLICT` if what is there under its build id is another
    private Optional<Known> find(Incoming incoming) throws SnapshotException {
        WrennLabels labels = WrennLabels.of(incoming.header());
        Optional<Known> there =
                known.stream()
                        .filter(each -> each.labels().buildId().equals(labels.buildId()))
                        .findFirst();
        if (there.isPresent()
                && (!there.get().labels().equals(labels)
                        || there.get().byteCount() != incoming.header().byteCount())) {
            throw new SnapshotException(
                    Kind.CONFLICT,
                    Reason.MISMATCH,
                    "build %s is in the store as %s, and is mapped otherwise there"
                            .formatted(labels.buildId(), there.get().name()),
                    incoming.place().header());
        }
        return there;
    }

    private Optional<Known> parentOf(WrennHeader header) {
        List<UUID> builds = header.builds();
        return known.stream()
                .filter(each -> each.labels().baseBuildId().equals(header.baseBuildId()))
                .filter(each -> each.labels().generation() < header.generation())
                .filter(each -> each.byteCount() == header.byteCount())
                .max(
                        Comparator.comparingLong((Known each) -> each.labels().generation())
                                .thenComparing(each -> builds.contains(each.labels().buildId())));
    }

    /// @param files takes those that are read
    private SnapshotReport save(
            Incoming incoming,
            Optional<Known> parent,
            Map<UUID, FileIdentity> files,
            Progress progress)
            throws SnapshotException {
        Path directory = incoming.place().directory();
        WrennHeader header = WrennHeader.read(incoming.place().header());
        try (WrennChain chain = WrennChain.open(header, noting(files, files(incoming)));
                Arena arena = Arena.ofConfined();
                LayerSource source =
                        LayerSource.of(
                                chain, WrennChanges.data(chain.header()), WrennChanges.PAGE_SIZE)) {
            SnapshotRequest request =
                    SnapshotRequest.layer(
                                    incoming.place().name(),
                                    parent.map(found -> found.id().toString()),
                                    source,
                                    GuestLayout.of(chain.byteCount()),
                                    SnapFile.read(directory.resolve(SnapFile.NAME), arena))
                            .withWriteOptions(WriteOptions.DEFAULT.withProgress(progress));
            for (var label : WrennLabels.of(chain.header()).labels().entrySet()) {
                request = request.withLabel(label.getKey(), label.getValue());
            }
            if (parent.isEmpty()) {
                request = request.withBlockSize(blockSize(chain.header()));
            }
            Optional<WrennHeader> lying = parent.flatMap(found -> found.headerIfSameFiles(files));
            return save(request, lying, chain.header());
        }
    }

    /// What lies where it lay in a parent that was brought just now is not read again. One that was
    /// there before is compared: its files may have been others.
    private SnapshotReport save(
            SnapshotRequest request, Optional<WrennHeader> parent, WrennHeader header)
            throws SnapshotException {
        if (parent.isEmpty() || header.byteCount() > SnapshotChanges.BYTE_COUNT_MAX) {
            return store.save(request);
        }
        try (DirtyBitmap dirty = WrennChanges.between(parent.get(), header)) {
            return store.save(request.withDirty(dirty));
        }
    }

    private static PageSize blockSize(WrennHeader header) {
        return header.hasWholeBlocks() ? header.blockSize() : WrennChanges.PAGE_SIZE;
    }

    /// Where Wrenn or e2b put them, or beside another one of these headers.
    private WrennFiles files(Incoming wanted) {
        WrennFiles own = WrennFiles.beside(wanted.place().header(), wanted.header().buildId());
        return buildId -> {
            try {
                return own.compactFile(buildId);
            } catch (SnapshotException missing) {
                return elsewhere(buildId, missing);
            }
        };
    }

    private static WrennFiles noting(Map<UUID, FileIdentity> noted, WrennFiles files) {
        return buildId -> {
            Path file = files.compactFile(buildId);
            FileIdentity.of(file).ifPresent(identity -> noted.put(buildId, identity));
            return file;
        };
    }

    private Path elsewhere(UUID buildId, SnapshotException missing) throws SnapshotException {
        for (Incoming other : incoming) {
            Path named = other.place().directory().resolve(WrennFiles.compactName(buildId));
            Path legacy = other.place().directory().resolve(WrennFiles.LEGACY_NAME);
            if (Files.isRegularFile(named, LinkOption.NOFOLLOW_LINKS)) {
                return named;
            }
            if (other.header().buildId().equals(buildId)
                    && Files.isRegularFile(legacy, LinkOption.NOFOLLOW_LINKS)) {
                return legacy;
            }
        }
        throw missing;
    }

    @Override
    public void close() {
        incoming.forEach(each -> each.header().close());
    }
}
