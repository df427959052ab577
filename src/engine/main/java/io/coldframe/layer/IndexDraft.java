package io.coldframe.layer;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.layer.IndexSections.Section;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.IntPredicate;

/// The parts of a new index, without what no block names.
///
/// @param sections where each part will be
/// @param table what the map is about
/// @param map with the ordinals of the table
/// @param sums of the layer beside the index
record IndexDraft(
        IndexSections sections, LayerTable table, ExtentMap map, Optional<LayerSums> sums) {

    /// @param work owns the memory of the parts
    static IndexDraft of(LayerTable table, ExtentMap map, Optional<LayerSums> sums, Arena work)
            throws SnapshotException {
        int ownLayer = ownLayer(table, sums);
        ExtentCheck used = requireMap(table, map);
        int[] newLayers =
                ordinals(
                        table.layers().size(), layer -> layer == ownLayer || used.usesLayer(layer));
        int[] newOrigins = ordinals(table.origins().size(), used::usesOrigin);
        LayerTable kept =
                new LayerTable(
                        table.blockSize(),
                        table.byteCount(),
                        used.usesParent() ? table.base() : Optional.empty(),
                        kept(table.layers(), newLayers),
                        kept(table.origins(), newOrigins));
        boolean areAllKept =
                kept.layers().size() == table.layers().size()
                        && kept.origins().size() == table.origins().size();
        ExtentMap renumbered = areAllKept ? map : map.renumbered(newLayers, newOrigins, work);
        requireLimits(kept, renumbered);
        return new IndexDraft(lay(kept, renumbered, sums), kept, renumbered, sums);
    }

    private static int ownLayer(LayerTable table, Optional<LayerSums> sums) {
        if (sums.isEmpty()) {
            return -1;
        }
        int ownLayer = table.layers().indexOf(sums.get().ref());
        if (ownLayer < 0 || !sums.get().blockSize().equals(table.blockSize())) {
            throw new IllegalArgumentException(
                    "%s is none of the layers of a table in blocks of %s"
                            .formatted(sums.get(), table.blockSize()));
        }
        return ownLayer;
    }

    private static ExtentCheck requireMap(LayerTable table, ExtentMap map)
            throws SnapshotException {
        if (map.blockCount() != table.blockCount()
                || !LayerSums.BLOCK_MAX.isMultipleOf(table.blockSize())) {
            throw new IllegalArgumentException(
                    "a map of %s for %d bytes in blocks of %s"
                            .formatted(map, table.byteCount(), table.blockSize()));
        }
        requireAtMost(ExtentMap.EXTENTS_MAX, map.extentCount(), "extents");
        ExtentCheck used = new ExtentCheck(table.storedBlockCounts(), table.origins().size());
        try {
            used.check(map.records(), map.blockCount(), table);
        } catch (SnapshotException contradiction) {
            throw new IllegalArgumentException("a map of another table", contradiction);
        }
        if (used.usesParent() && table.base().isEmpty()) {
            throw new IllegalArgumentException("blocks are the parent's, and there is no base");
        }
        return used;
    }

    /// The new ordinals of what is kept; -1 for the others.
    private static int[] ordinals(int count, IntPredicate isKept) {
        int[] ordinals = new int[count];
        int next = 0;
        for (int ordinal = 0; ordinal < count; ordinal++) {
            ordinals[ordinal] = isKept.test(ordinal) ? next++ : -1;
        }
        return ordinals;
    }

    private static <T> List<T> kept(List<T> all, int[] ordinals) {
        if (Arrays.stream(ordinals).noneMatch(ordinal -> ordinal < 0)) {
            return all;
        }
        List<T> kept = new ArrayList<>();
        for (int ordinal = 0; ordinal < ordinals.length; ordinal++) {
            if (ordinals[ordinal] >= 0) {
                kept.add(all.get(ordinal));
            }
        }
        return kept;
    }

    private static void requireLimits(LayerTable table, ExtentMap map) throws SnapshotException {
        requireAtMost(LayerIndex.LAYERS_MAX, table.layers().size(), "layers");
        requireAtMost(LayerIndex.ORIGINS_MAX, table.origins().size(), "origins");
        requireAtMost(ExtentMap.EXTENTS_MAX, map.extentCount(), "extents");
    }

    private static void requireAtMost(int most, int count, String what) throws SnapshotException {
        if (count > most) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED,
                    Reason.TOO_LARGE,
                    "an index of %d %s; the most is %d. Compaction, or larger blocks, make it less"
                            .formatted(count, what, most),
                    "a new index");
        }
    }

    private static IndexSections lay(LayerTable table, ExtentMap map, Optional<LayerSums> sums) {
        Map<Section, Long> byteCounts = new EnumMap<>(Section.class);
        table.base().ifPresent(base -> byteCounts.put(Section.BASE, (long) IndexParts.BASE_BYTES));
        byteCounts.put(Section.LAYERS, (long) table.layers().size() * TableEntries.LAYER_BYTES);
        byteCounts.put(Section.ORIGINS, (long) table.origins().size() * TableEntries.ORIGIN_BYTES);
        byteCounts.put(Section.EXTENTS, map.records().byteSize());
        sums.ifPresent(beside -> byteCounts.put(Section.SUMS, beside.section().byteSize()));
        return IndexSections.lay(byteCounts);
    }

    long fileBytes() {
        return sections.fileBytes();
    }

    /// Writes all bytes.
    ///
    /// @param file so many, all zero
    void encode(MemorySegment file) {
        table.base().ifPresent(base -> Bytes.setUuid(section(Section.BASE, file), 0, base));
        MemorySegment layers = section(Section.LAYERS, file);
        for (int layer = 0; layer < table.layers().size(); layer++) {
            TableEntries.setLayer(layers, layer, table.layers().get(layer));
        }
        MemorySegment origins = section(Section.ORIGINS, file);
        for (int origin = 0; origin < table.origins().size(); origin++) {
            TableEntries.setOrigin(origins, origin, table.origins().get(origin));
        }
        section(Section.EXTENTS, file).copyFrom(map.records());
        sums.ifPresent(beside -> section(Section.SUMS, file).copyFrom(beside.section()));
        sections.encode(file);
        header(file).encode(file);
    }

    private MemorySegment section(Section section, MemorySegment file) {
        return sections.find(section).orElseThrow().in(file);
    }

    private IndexHeader header(MemorySegment file) {
        Optional<UUID> layerId = sums.map(LayerSums::layerId);
        long tableBytes = (long) sections.count() * IndexSections.ENTRY_BYTES;
        return new IndexHeader(
                IndexHeader.MINOR,
                IndexHeader.BYTE_COUNT,
                file.byteSize(),
                layerId,
                table.byteCount(),
                table.blockSize(),
                sections.count(),
                Bytes.crc(file, IndexHeader.BYTE_COUNT, tableBytes));
    }
}
