package io.coldframe.layer;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.memory.PageSize;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.zip.CRC32C;

/// Layers in a folder, written without the writer that is proven elsewhere, and a plain copy of
/// each.
final class LayerPile implements AutoCloseable {
    final PageSize block;
    private final Path folder;
    private final Arena arena = Arena.ofShared();
    private final List<LayerSums> sums = new ArrayList<>();
    private final List<byte[]> contents = new ArrayList<>();
    private final Map<UUID, LayerFiles> files = new HashMap<>();

    LayerPile(Path folder, PageSize block) {
        this.folder = folder;
        this.block = block;
    }

    /// Writes a layer of whole blocks. @return its ordinal here
    int add(byte[] content) throws IOException {
        int number = sums.size();
        int blockCount = content.length / block.bytes();
        MemorySegment row = arena.allocate(Math.max(1, 4L * blockCount));
        for (int i = 0; i < blockCount; i++) {
            CRC32C crc = new CRC32C();
            crc.update(content, i * block.bytes(), block.bytes());
            row.set(Bytes.U32, 4L * i, (int) crc.getValue());
        }
        UUID id = IndexSamples.layerId(number);
        LayerSums made = LayerSums.of(id, block, row.asSlice(0, 4L * blockCount), arena);
        LayerFiles place =
                new LayerFiles(
                        folder.resolve(number + ".index"), folder.resolve(number + ".layer"));
        try (LayerIndex alone = LayerIndex.layerOnly(made)) {
            Files.write(place.index(), alone.encoded().toArray(ValueLayout.JAVA_BYTE));
        }
        Files.write(place.layer(), content);
        sums.add(made);
        contents.add(content);
        files.put(id, place);
        return number;
    }

    /// How many layers there are.
    int count() {
        return sums.size();
    }

    byte[] content(int layer) {
        return contents.get(layer);
    }

    LayerSums sums(int layer) {
        return sums.get(layer);
    }

    LayerFiles files(int layer) {
        return Objects.requireNonNull(files.get(IndexSamples.layerId(layer)));
    }

    List<LayerRef> refs() {
        return sums.stream().map(LayerSums::ref).toList();
    }

    LayerFiles find(LayerRef ref) throws SnapshotException {
        LayerFiles found = files.get(ref.id());
        if (found == null) {
            throw new SnapshotException(Kind.MISSING, "no such layer", ref.id());
        }
        return found;
    }

    @Override
    public void close() {
        arena.close();
    }
}
