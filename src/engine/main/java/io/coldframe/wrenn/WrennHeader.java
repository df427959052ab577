package io.coldframe.wrenn;

import io.coldframe.Sha256;
import io.coldframe.SnapshotException;
import io.coldframe.memory.PageSize;
import io.coldframe.os.Failures;
import io.coldframe.os.FileCalls;
import io.coldframe.os.ReadFile;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/// The map of one generation's memory as Wrenn and e2b store it: a file `memfile.header`.
///
/// ```
///  offset  bytes  field
///       0      8  version      1; of e2b 1 to 3, the same bytes; the upper 48 bits are free
///       8      8  blockSize    4096; of e2b also 2 MiB
///      16      8  byteCount    of the guest's memory
///      24      8  generation   0 of the first
///      32     16  buildId      of this generation
///      48     16  baseBuildId  of the first generation
///      64     40  a record, and more of them to the end of the file:
///              8    offset         in the guest's memory
///              8    byteCount
///             16    buildId        in whose file, all zero for bytes that are zero
///              8    storageOffset  in that file
/// ```
/// Numbers are little-endian, ids in the order of RFC 4122. The records cover the memory from its
/// first byte to its last, in order; the last may end with the block in which the memory ends.
///
/// The format has no sums, no count of records and no mark at the end. So a file that was damaged
/// in a number which is still possible is read as what it says now. Everything else is refused:
/// records that overlap, are out of order, leave something out or reach too far.
///
/// **Lifetime.** Owns the memory with the records, which lie outside the heap.
///
/// **Threads.** Immutable; closed by its owner, once.
public final class WrennHeader implements AutoCloseable {

    /// The most records that a header has: those of a scattered guest of 256 GiB. A header of as
    /// many has 2.5 GiB.
    public static final int RECORDS_MAX = 1 << 26;

    /// The most bytes that a guest has: as many as an index of layers maps in blocks of 4 KiB.
    public static final long BYTE_COUNT_MAX = 1L << 52;

    // From the fourth on the bytes are others.
    static final int VERSION_MAX = 3;

    // 640 KB: so long that a read costs more than its call.
    private static final int PIECE_RECORDS = 1 << 14;

    private final Arena arena;
    private final MemorySegment bytes;
    private final MemorySegment records;
    private final WrennFields fields;

    private WrennHeader(Arena arena, MemorySegment bytes, WrennFields fields) {
        this.arena = arena;
        this.bytes = bytes;
        this.records = bytes.asSlice(WrennLayout.HEADER_BYTES);
        this.fields = fields;
    }

    /// {@return the header in a file; the caller closes it}
    ///
    /// @param file a `memfile.header`, not a link
    /// @throws SnapshotException of kind `CORRUPT` if it is none, or was damaged or cut; of kind
    ///     `UNSUPPORTED` if it is of a version with other bytes, or no file; of kind `MISSING` if
    ///     it is not there
    public static WrennHeader read(Path file) throws SnapshotException {
        Arena arena = Arena.ofShared();
        try (ReadFile opened = ReadFile.open(FileCalls.current(), file)) {
            requireWhole(opened, file);
            MemorySegment bytes = arena.allocate(opened.byteCount(), Long.BYTES);
            opened.read(0, bytes);
            return of(arena, bytes, file);
        } catch (Throwable failure) {
            Failures.closeAfter(failure, arena);
            throw failure;
        }
    }

    /// Looks at a file piece by piece, before as much memory is taken as it is long: a hole of any
    /// length costs nothing on a disk.
    private static void requireWhole(ReadFile file, Path path) throws SnapshotException {
        WrennLayout.requireFileLength(file.byteCount(), path);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment first = arena.allocate(WrennLayout.HEADER_BYTES);
            file.read(0, first);
            WrennFields fields = WrennFields.decode(first, path);
            fields.requireRecordCount(file.byteCount(), path);
            RecordCheck check = new RecordCheck(fields, path);
            MemorySegment piece = arena.allocate(WrennLayout.recordAt(PIECE_RECORDS));
            for (long at = first.byteSize(); at < file.byteCount(); at += piece.byteSize()) {
                long pieceBytes = Math.min(piece.byteSize(), file.byteCount() - at);
                file.read(at, piece.asSlice(0, pieceBytes));
                check.add(piece.asSlice(0, pieceBytes));
            }
            check.finish();
        }
    }

    /// {@return the header in some bytes, which are copied; the caller closes it}
    ///
    /// @param encoded all bytes of a `memfile.header`
    /// @param resource where they come from, for the message of a refusal
    /// @throws SnapshotException as [#read(Path)]
    public static WrennHeader decode(MemorySegment encoded, Object resource)
            throws SnapshotException {
        WrennLayout.requireFileLength(encoded.byteSize(), resource);
        WrennFields.decode(encoded, resource).requireRecordCount(encoded.byteSize(), resource);
        Arena arena = Arena.ofShared();
        try {
            MemorySegment bytes = arena.allocate(encoded.byteSize(), Long.BYTES);
            return of(arena, bytes.copyFrom(encoded), resource);
        } catch (Throwable failure) {
            Failures.closeAfter(failure, arena);
            throw failure;
        }
    }

    /// The header in bytes of an arena, which it closes.
    static WrennHeader of(Arena arena, MemorySegment bytes, Object resource)
            throws SnapshotException {
        WrennFields fields = WrennFields.decode(bytes, resource);
        WrennHeader header = new WrennHeader(arena, bytes, fields);
        RecordCheck check = new RecordCheck(fields, resource);
        check.add(header.records);
        check.finish();
        return header;
    }

    /// Puts the bytes of a header together.
    interface Filler {
        void fill(MemorySegment bytes);
    }

    /// A header that is made here. It goes through the reader's check: what is written can be read.
    static WrennHeader made(int recordCount, Filler filler, Object resource)
            throws SnapshotException {
        Arena arena = Arena.ofShared();
        try {
            long byteCount = WrennLayout.HEADER_BYTES + WrennLayout.recordAt(recordCount);
            MemorySegment bytes = arena.allocate(byteCount, Long.BYTES);
            filler.fill(bytes);
            return of(arena, bytes, resource);
        } catch (Throwable failure) {
            Failures.closeAfter(failure, arena);
            throw failure;
        }
    }

    /// {@return the version that the file says, 1 to 3}
    public int version() {
        return fields.version();
    }

    /// {@return the unit in which memory was stored}
    public PageSize blockSize() {
        return fields.blockSize();
    }

    /// {@return the length of the guest's memory}
    public long byteCount() {
        return fields.byteCount();
    }

    /// {@return the generation's distance from the first}
    public long generation() {
        return fields.generation();
    }

    /// {@return the id of this generation's build, which names its file}
    public UUID buildId() {
        return fields.buildId();
    }

    /// {@return the id of the first generation's build}
    public UUID baseBuildId() {
        return fields.baseBuildId();
    }

    /// {@return how many records there are, at least one}
    public int recordCount() {
        return (int) (records.byteSize() / WrennLayout.RECORD_BYTES);
    }

    /// {@return a record}
    ///
    /// @param index counted from 0 in the order of addresses
    public WrennRecord record(int index) {
        return WrennLayout.record(records, Objects.checkIndex(index, recordCount()));
    }

    /// {@return whether every record begins and lies at a multiple of the block's size: e2b also
    /// stores single pages of larger blocks}
    public boolean hasWholeBlocks() {
        for (int index = 0; index < recordCount(); index++) {
            WrennRecord record = record(index);
            if (!blockSize().isAligned(record.offset())
                    || !(record.isZero() || blockSize().isAligned(record.storageOffset()))) {
                return false;
            }
        }
        return true;
    }

    /// {@return what stands for all that the header says: headers that map the same memory to the
    /// same places have the same}
    ///
    /// It is the SHA-256 of the header as this release would write it, with its records joined
    /// where they can be.
    public Sha256 mapDigest() {
        return MapDigest.of(this);
    }

    /// {@return the ids of all builds in whose files memory lies, in the order in which the records
    /// name them first}
    public List<UUID> builds() {
        Set<UUID> found = new LinkedHashSet<>();
        for (int index = 0; index < recordCount(); index++) {
            UUID buildId = WrennLayout.buildId(records, index);
            if (!buildId.equals(WrennRecord.ZERO)) {
                found.add(buildId);
            }
        }
        return List.copyOf(found);
    }

    /// {@return where the block with a byte of the guest's memory lies}
    ///
    /// It answers as Wrenn's `GetShiftedMapping`: for an offset inside a block, with the block's
    /// first byte. It takes a time that grows with the logarithm of the records.
    ///
    /// @param offset of a byte of the guest's memory
    /// @throws IndexOutOfBoundsException if the memory has no such byte
    public WrennPlace find(long offset) {
        Objects.checkIndex(offset, fields.byteCount());
        int index = indexOf(offset);
        WrennRecord record = WrennLayout.record(records, index);
        long shift = offset - record.offset();
        shift -= shift % WrennFields.UNIT.bytes();
        return new WrennPlace(
                record.buildId(), record.storageOffset() + shift, record.byteCount() - shift);
    }

    /// The last record that does not begin behind an offset.
    int indexOf(long offset) {
        int low = 0;
        int high = recordCount() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (WrennLayout.offset(records, middle) <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /// {@return all bytes of the file, read-only; they go with this header}
    public MemorySegment encoded() {
        return bytes.asReadOnly();
    }

    WrennFields fields() {
        return fields;
    }

    @Override
    public String toString() {
        return "generation %d, build %s, of %d bytes in %d records"
                .formatted(generation(), buildId(), byteCount(), recordCount());
    }

    @Override
    public void close() {
        arena.close();
    }
}
