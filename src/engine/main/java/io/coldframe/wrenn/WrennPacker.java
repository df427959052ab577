package io.coldframe.wrenn;

import io.coldframe.SnapshotException;
import io.coldframe.image.DraftFile;
import io.coldframe.layer.ExtentMap;
import io.coldframe.layer.LayerOptions;
import io.coldframe.layer.LayerParent;
import io.coldframe.layer.LayerSource;
import io.coldframe.layer.LayerWriter;
import io.coldframe.layer.Origin;
import io.coldframe.layer.PackedLayer;
import io.coldframe.memory.DirtyBitmap;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/// Packs a memory into a compact file and makes the header that maps it.
///
/// ```java
/// try (WrennPacked packed =
///         WrennPacker.of(memory, options).over(parent).write(buildId, directory.newFile(name))) {
///     directory.write(WrennFiles.HEADER, packed.header().encoded());
/// }
/// ```
///
/// **Threads.** Immutable; it uses threads of its own while it writes.
public final class WrennPacker {

    private final LayerSource source;
    private final LayerOptions options;
    private final @Nullable WrennParent parent;
    private final @Nullable DirtyBitmap dirty;

    private WrennPacker(
            LayerSource source,
            LayerOptions options,
            @Nullable WrennParent parent,
            @Nullable DirtyBitmap dirty) {
        this.source = source;
        this.options = options;
        this.parent = parent;
        this.dirty = dirty;
    }

    /// {@return a packer of a first generation}
    ///
    /// @param source the memory
    /// @param options how to write; the block size is that of the header
    public static WrennPacker of(LayerSource source, LayerOptions options) {
        return new WrennPacker(source, options, null, null);
    }

    /// {@return a packer of the generation after a parent, in the parent's blocks}
    ///
    /// @param parent as long as the memory
    public WrennPacker over(WrennParent parent) {
        LayerOptions likewise = options.withBlockSize(parent.header().blockSize());
        return new WrennPacker(source, likewise, parent, dirty);
    }

    /// {@return a packer that takes for the parent's, without a look, what is not dirty}
    ///
    /// @param dirty as long as the memory
    public WrennPacker onlyDirty(DirtyBitmap dirty) {
        return new WrennPacker(source, options, parent, dirty);
    }

    /// Writes the compact file.
    ///
    /// @param buildId the new build, which nothing of the parent has
    /// @param compact a new file; its owner syncs and closes it
    /// @return the header, to be stored when the file is
    /// @throws IllegalStateException if there is a bitmap and no parent
    /// @throws SnapshotException if a byte could not be read or written; of reason `INCOMPATIBLE`
    ///     if the memory has another length than the parent's
    /// @throws java.util.concurrent.CancellationException if the listener wanted that
    public WrennPacked write(UUID buildId, DraftFile compact) throws SnapshotException {
        if (buildId.equals(WrennRecord.ZERO)) {
            throw new IllegalArgumentException("the id of zeros is no build's");
        }
        // Its time and generation are never stored: the format has no origins.
        Origin origin = new Origin(buildId, 0, Instant.EPOCH);
        WrennParent over = parent;
        return over == null
                ? writeFirst(buildId, origin, compact)
                : writeNext(over, buildId, origin, compact);
    }

    private WrennPacked writeFirst(UUID buildId, Origin origin, DraftFile compact)
            throws SnapshotException {
        if (dirty != null) {
            throw new IllegalStateException("what is not dirty would be nobody's");
        }
        WrennFields fields = WrennFields.first(options.blockSize(), source.byteCount(), buildId);
        try (PackedLayer packed = LayerWriter.of(source, options).write(buildId, origin, compact)) {
            WrennHeader header = WrennMaps.header(fields, packed.own(), List.of(), compact.path());
            return new WrennPacked(header, packed.report());
        }
    }

    private WrennPacked writeNext(WrennParent over, UUID buildId, Origin origin, DraftFile compact)
            throws SnapshotException {
        List<UUID> builds = over.header().builds();
        if (builds.contains(buildId) || over.header().buildId().equals(buildId)) {
            throw new IllegalArgumentException(
                    "build %s is in the chain already".formatted(buildId));
        }
        // Said before minutes of work, and not after them.
        WrennFields fields = over.header().fields().next(buildId);
        LayerParent base = LayerParent.base(over.header().buildId(), over.pages());
        LayerWriter writer = LayerWriter.of(source, options).over(base);
        if (dirty != null) {
            writer = writer.onlyDirty(dirty);
        }
        try (Arena arena = Arena.ofConfined()) {
            ExtentMap below = WrennMaps.extents(over.header(), builds, arena);
            try (PackedLayer packed = writer.write(buildId, origin, compact)) {
                ExtentMap merged = packed.own().over(below, arena);
                WrennHeader header = WrennMaps.header(fields, merged, builds, compact.path());
                return new WrennPacked(header, packed.report());
            }
        }
    }
}
