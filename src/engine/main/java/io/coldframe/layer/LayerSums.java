package io.coldframe.layer;

import io.coldframe.Sha256;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.ImageSums;
import io.coldframe.memory.PageSize;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/// A layer's id, and the CRC-32C of every block that it stores: one section of the index beside it.
///
/// ```
///  offset  bytes  field
///       0     16  layerId           in the order of RFC 9562
///      16      8  storedBlockCount  sums that follow
///      24      4  blockShift        binary logarithm of the bytes of a block
///      28      4  reserved          zero
///      32      4  crc32c            of stored block 0, and so on
/// ```
/// A stored block is whole: the last one of an address space is padded with zeros, and its sum is
/// over the padding too. The [#digest()] is over all these bytes, so who has it from an index that
/// is trusted can trust every byte of the layer.
///
/// **Lifetime.** Borrows memory of an arena; when that is closed, whatever would read it throws
/// [IllegalStateException].
///
/// **Threads.** Immutable. Any, if the arena allows it.
public final class LayerSums {

    /// The most blocks that a layer may store: 4 TiB in blocks of 4 KiB. Whoever has more memory
    /// takes larger blocks.
    public static final long STORED_BLOCKS_MAX = 1L << 30;

    /// The largest block. Whoever reads a block holds all of it before a byte of it is believed.
    public static final PageSize BLOCK_MAX = ImageSums.BLOCK_MAX;

    private static final long COUNT_AT = 16;
    private static final long SHIFT_AT = 24;
    private static final long RESERVED_AT = 28;
    private static final long SUMS_AT = 32;
    static final long SECTION_BYTES_MAX = SUMS_AT + STORED_BLOCKS_MAX * Integer.BYTES;

    private final MemorySegment section;
    private final UUID layerId;
    private final PageSize blockSize;
    private final long storedBlockCount;

    // The digest takes time, and not everyone asks for it. Whoever finds none makes an equal one.
    private volatile Optional<Sha256> digest = Optional.empty();

    private LayerSums(MemorySegment section, UUID layerId, PageSize blockSize) {
        this.section = section.asReadOnly();
        this.layerId = layerId;
        this.blockSize = blockSize;
        this.storedBlockCount = (section.byteSize() - SUMS_AT) / Integer.BYTES;
    }

    /// {@return the sums of a new layer, copied}
    ///
    /// @param layerId its id
    /// @param blockSize what has one sum
    /// @param sums little-endian, 4 bytes each, in the order of the stored blocks
    /// @param arena owns the copy
    /// @throws SnapshotException of kind `UNSUPPORTED` if there are more than [#STORED_BLOCKS_MAX]
    public static LayerSums of(UUID layerId, PageSize blockSize, MemorySegment sums, Arena arena)
            throws SnapshotException {
        Bytes.requireId(layerId);
        if (sums.byteSize() % Integer.BYTES != 0 || !BLOCK_MAX.isMultipleOf(blockSize)) {
            throw new IllegalArgumentException(
                    "sums of blocks of %s in %d bytes".formatted(blockSize, sums.byteSize()));
        }
        long count = sums.byteSize() / Integer.BYTES;
        if (count > STORED_BLOCKS_MAX) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED,
                    Reason.TOO_LARGE,
                    "a layer of %d blocks of %s; the most is %d, in larger blocks"
                            .formatted(count, blockSize, STORED_BLOCKS_MAX),
                    layerId);
        }
        MemorySegment section = arena.allocate(SUMS_AT + sums.byteSize(), Long.BYTES);
        Bytes.setUuid(section, 0, layerId);
        section.set(Bytes.U64, COUNT_AT, count);
        section.set(Bytes.U32, SHIFT_AT, blockSize.shift());
        MemorySegment.copy(sums, 0, section, SUMS_AT, sums.byteSize());
        return new LayerSums(section, layerId, blockSize);
    }

    /// {@return the sums in an index file: nothing else of it is read}
    ///
    /// @param indexFile the index beside the layer
    /// @param arena owns the memory
    /// @throws SnapshotException of kind `MISSING` if there is no such file, `CORRUPT` if it holds
    ///     no sums or not those that were written
    public static LayerSums open(Path indexFile, Arena arena) throws SnapshotException {
        try (IndexPieces file = IndexPieces.open(indexFile)) {
            return read(file, indexFile, arena);
        }
    }

    /// As the other, of a layer that an index names: other sums than it has may be as long as a
    /// hole, which costs nothing on a disk.
    static LayerSums open(Path indexFile, LayerRef ref, Arena arena) throws SnapshotException {
        try (IndexPieces file = IndexPieces.open(indexFile)) {
            long byteCount = SUMS_AT + ref.storedBlockCount() * Integer.BYTES;
            file.requireByteCount(IndexSections.Section.SUMS, byteCount, "layer " + ref.id());
            return read(file, indexFile, arena);
        }
    }

    private static LayerSums read(IndexPieces file, Path indexFile, Arena arena)
            throws SnapshotException {
        MemorySegment section = file.require(IndexSections.Section.SUMS, SECTION_BYTES_MAX, arena);
        return decode(section, file.header(), indexFile);
    }

    /// The sums of a section whose bytes are those that were summed.
    static LayerSums decode(MemorySegment section, IndexHeader header, Object resource)
            throws SnapshotException {
        requireRoom(section.byteSize(), resource);
        long count = section.get(Bytes.U64, COUNT_AT);
        int shift = section.get(Bytes.U32, SHIFT_AT);
        Optional<UUID> layerId = Bytes.uuid(section, 0);
        if (layerId.isEmpty()
                || !layerId.equals(header.layerId())
                || shift != header.blockSize().shift()
                || section.get(Bytes.U32, RESERVED_AT) != 0
                || count != (section.byteSize() - SUMS_AT) / Integer.BYTES) {
            throw IndexHeader.encoding(
                    "%d bytes are the sums of %d blocks of 2^%d bytes of layer %s, and the header"
                                    .formatted(section.byteSize(), count, shift, layerId)
                            + " names blocks of %s of layer %s"
                                    .formatted(header.blockSize(), header.layerId()),
                    resource);
        }
        return new LayerSums(section, layerId.orElseThrow(), header.blockSize());
    }

    private static void requireRoom(long byteCount, Object resource) throws SnapshotException {
        if (byteCount < SUMS_AT
                || byteCount % Integer.BYTES != 0
                || byteCount > SECTION_BYTES_MAX) {
            throw IndexHeader.encoding("sums in %d bytes".formatted(byteCount), resource);
        }
    }

    /// {@return the layer that they are of}
    public UUID layerId() {
        return layerId;
    }

    /// {@return what has one sum}
    public PageSize blockSize() {
        return blockSize;
    }

    /// {@return how many blocks the layer stores}
    public long storedBlockCount() {
        return storedBlockCount;
    }

    /// {@return the length of the layer's file: whole blocks}
    public long layerBytes() {
        return blockSize.bytes(storedBlockCount);
    }

    /// {@return the CRC-32C of a block as it is stored, its padding with it}
    ///
    /// @param storedBlock one of the layer's
    public int sum(long storedBlock) {
        Objects.checkIndex(storedBlock, storedBlockCount);
        return section.get(Bytes.U32, SUMS_AT + storedBlock * Integer.BYTES);
    }

    /// {@return what stands for the layer: the SHA-256 of its id, its block size and all sums}
    public Sha256 digest() {
        Optional<Sha256> made = digest;
        if (made.isEmpty()) {
            made = Optional.of(Bytes.sha256(section));
            digest = made;
        }
        return made.orElseThrow();
    }

    /// {@return the layer as an index names it}
    public LayerRef ref() {
        return new LayerRef(layerId, storedBlockCount, digest());
    }

    /// The bytes of the section.
    MemorySegment section() {
        return section;
    }

    @Override
    public String toString() {
        return "%d blocks of %s of layer %s".formatted(storedBlockCount, blockSize, layerId);
    }
}
