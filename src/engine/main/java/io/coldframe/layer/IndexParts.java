package io.coldframe.layer;

import io.coldframe.Sha256;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.layer.IndexSections.Place;
import io.coldframe.layer.IndexSections.Section;
import io.coldframe.work.Workers;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

/// What is in the bytes of an index, all of it checked.
///
/// @param file all bytes
/// @param table what the map is about
/// @param map where every block is
/// @param sums of the layer beside the index
/// @param ownLayer the ordinal of that layer, -1 if there is none
record IndexParts(
        MemorySegment file,
        LayerTable table,
        ExtentMap map,
        Optional<LayerSums> sums,
        int ownLayer) {

    static final int BASE_BYTES = 16;

    /// The largest file: 4 GiB of extents, 4 GiB of sums, and everything else.
    static final long FILE_BYTES_MAX = 9L << 30;

    // Summing 16 MiB takes as long as everything else together; below this it is not worth a
    // thread.
    private static final long CONCURRENT_BYTES_MIN = 1 << 20;

    /// As the other, of bytes that have this digest.
    static IndexParts decode(MemorySegment file, Sha256 digest, Object resource)
            throws SnapshotException {
        Workers.Task summing = () -> requireDigest(file, digest, resource);
        if (file.byteSize() < CONCURRENT_BYTES_MIN) {
            summing.run();
            return decode(file, resource);
        }
        AtomicReference<Optional<IndexParts>> parts = new AtomicReference<>(Optional.empty());
        Workers.Task decoding = () -> parts.set(Optional.of(decode(file, resource)));
        Workers.run(List.of(decoding, summing), () -> {});
        return parts.get().orElseThrow();
    }

    private static void requireDigest(MemorySegment file, Sha256 digest, Object resource)
            throws SnapshotException {
        Sha256 found = Bytes.sha256(file);
        if (!found.equals(digest)) {
            throw IndexHeader.corrupt(
                    Reason.CHECKSUM,
                    "the SHA-256 is %s, and should be %s".formatted(found, digest),
                    resource);
        }
    }

    static IndexParts decode(MemorySegment file, Object resource) throws SnapshotException {
        IndexHeader header = IndexHeader.decode(file, file.byteSize(), resource);
        IndexSections sections = IndexSections.decode(header, file, resource);
        sections.requireCrcs(file, resource);
        Optional<LayerSums> sums = sums(header, sections, file, resource);
        LayerTable table =
                new LayerTable(
                        header.blockSize(),
                        header.byteCount(),
                        base(sections.find(Section.BASE).map(place -> place.in(file)), resource),
                        TableEntries.layers(
                                sections.require(Section.LAYERS, resource).in(file), resource),
                        TableEntries.origins(
                                sections.require(Section.ORIGINS, resource).in(file), resource));
        int ownLayer = ownLayer(sums, table.layers(), resource);
        ExtentMap map =
                map(
                        sections.require(Section.EXTENTS, resource).in(file),
                        table,
                        ownLayer,
                        resource);
        return new IndexParts(file, table, map, sums, ownLayer);
    }

    /// @param section the one that names the base, if there is one
    static Optional<UUID> base(Optional<MemorySegment> section, Object resource)
            throws SnapshotException {
        if (section.isEmpty()) {
            return Optional.empty();
        }
        long byteCount = section.get().byteSize();
        Optional<UUID> base =
                byteCount == BASE_BYTES ? Bytes.uuid(section.get(), 0) : Optional.empty();
        if (base.isEmpty()) {
            throw IndexHeader.encoding(
                    "the base has %d bytes, or is none".formatted(byteCount), resource);
        }
        return base;
    }

    private static Optional<LayerSums> sums(
            IndexHeader header, IndexSections sections, MemorySegment file, Object resource)
            throws SnapshotException {
        Optional<Place> place = sections.find(Section.SUMS);
        if (place.isPresent() != header.layerId().isPresent()) {
            throw IndexHeader.encoding(
                    place.isPresent()
                            ? "it has sums, and names no layer"
                            : "it names a layer, and has no sums",
                    resource);
        }
        return place.isEmpty()
                ? Optional.empty()
                : Optional.of(LayerSums.decode(place.get().in(file), header, resource));
    }

    private static int ownLayer(Optional<LayerSums> sums, List<LayerRef> layers, Object resource)
            throws SnapshotException {
        if (sums.isEmpty()) {
            return -1;
        }
        int ordinal = layers.indexOf(sums.get().ref());
        if (ordinal < 0) {
            throw IndexHeader.encoding(
                    "none of its layers is %s with these sums".formatted(sums.get().layerId()),
                    resource);
        }
        return ordinal;
    }

    private static ExtentMap map(
            MemorySegment records, LayerTable table, int ownLayer, Object resource)
            throws SnapshotException {
        ExtentCheck check = new ExtentCheck(table.storedBlockCounts(), table.origins().size());
        check.check(records, table.blockCount(), resource);
        for (int layer = 0; layer < table.layers().size(); layer++) {
            if (layer != ownLayer && !check.usesLayer(layer)) {
                throw unused("layer", layer, resource);
            }
        }
        for (int origin = 0; origin < table.origins().size(); origin++) {
            if (!check.usesOrigin(origin)) {
                throw unused("origin", origin, resource);
            }
        }
        if (table.base().isPresent() != check.usesParent()) {
            throw IndexHeader.encoding(
                    table.base().isPresent()
                            ? "no block is its base's"
                            : "blocks are the parent's, and it has no base",
                    resource);
        }
        return ExtentMap.ofChecked(records, table.blockCount());
    }

    private static SnapshotException unused(String what, int ordinal, Object resource) {
        return IndexHeader.encoding("no block names %s %d".formatted(what, ordinal), resource);
    }
}
