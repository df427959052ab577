package io.coldframe.layer;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The table of sections of an index: what lies where.
///
/// ```
///  an entry: 24 bytes, in ascending order of their types
///  offset  bytes  field
///       0      4  type       bit 31 is set: whoever does not know it may skip it
///       4      4  crc32c     of the section's bytes
///       8      8  offset     in the file
///      16      8  byteCount  of the section
/// ```
/// Sections follow each other in the order of the table, each at the next multiple of 8; what is
/// between them is zero, and the file ends where the last one does.
final class IndexSections {

    static final int ENTRY_BYTES = 24;

    private static final int CRC_AT = 4;
    private static final int OFFSET_AT = 8;
    private static final int LENGTH_AT = 16;

    /// What this release knows.
    enum Section {
        BASE(1),
        LAYERS(2),
        ORIGINS(3),
        EXTENTS(4),
        SUMS(5);

        private final int code;

        Section(int code) {
            this.code = code;
        }

        static Optional<Section> of(int code) {
            for (Section section : values()) {
                if (section.code == code) {
                    return Optional.of(section);
                }
            }
            return Optional.empty();
        }

        @Override
        public String toString() {
            return "section " + name().toLowerCase(Locale.ROOT);
        }
    }

    /// Where a section is.
    record Place(long offset, long byteCount, int crc32c) {

        long end() {
            return offset + byteCount;
        }

        MemorySegment in(MemorySegment file) {
            return file.asSlice(offset, byteCount);
        }

        /// Refuses a section that is not the one that was summed.
        void requireCrcOf(MemorySegment section, Object resource) throws SnapshotException {
            Bytes.requireCrc(
                    "%d bytes at offset %d".formatted(byteCount, offset),
                    crc32c,
                    Bytes.crc(section, 0, byteCount),
                    resource);
        }
    }

    private final Map<Section, Place> places;
    // In the order of the table, what this release does not know among them.
    private final List<Place> all;

    private IndexSections(Map<Section, Place> places, List<Place> all) {
        this.places = places;
        this.all = all;
    }

    Optional<Place> find(Section section) {
        return Optional.ofNullable(places.get(section));
    }

    /// A section that every index has.
    Place require(Section section, Object resource) throws SnapshotException {
        Place place = places.get(section);
        if (place == null) {
            throw IndexHeader.encoding("no " + section, resource);
        }
        return place;
    }

    /// The sections of new bytes, one after another.
    ///
    /// @param byteCounts by section; what is not in it has no section
    static IndexSections lay(Map<Section, Long> byteCounts) {
        long at = IndexHeader.BYTE_COUNT + (long) byteCounts.size() * ENTRY_BYTES;
        Map<Section, Place> places = new EnumMap<>(Section.class);
        for (Section section : Section.values()) {
            Long byteCount = byteCounts.get(section);
            if (byteCount != null) {
                places.put(section, new Place(at, byteCount, 0));
                at = aligned(at + byteCount);
            }
        }
        return new IndexSections(places, List.copyOf(places.values()));
    }

    /// The length of a file whose last section these end with.
    long fileBytes() {
        return all.getLast().end();
    }

    int count() {
        return places.size();
    }

    /// Refuses a file of which a section is not as it was written.
    void requireCrcs(MemorySegment file, Object resource) throws SnapshotException {
        for (Place place : all) {
            place.requireCrcOf(place.in(file), resource);
        }
    }

    /// Writes the table behind the header, with the sums of sections that are complete.
    void encode(MemorySegment file) {
        long entry = IndexHeader.BYTE_COUNT;
        for (Map.Entry<Section, Place> each : places.entrySet()) {
            Place place = each.getValue();
            file.set(Bytes.U32, entry, each.getKey().code);
            file.set(Bytes.U32, entry + CRC_AT, Bytes.crc(file, place.offset, place.byteCount));
            file.set(Bytes.U64, entry + OFFSET_AT, place.offset);
            file.set(Bytes.U64, entry + LENGTH_AT, place.byteCount);
            entry += ENTRY_BYTES;
        }
    }

    /// The table of a file; what lies between its sections is checked where the bytes are there.
    ///
    /// @param bytes of the file, from its beginning to the end of the table or farther
    static IndexSections decode(IndexHeader header, MemorySegment bytes, Object resource)
            throws SnapshotException {
        if (header.tableEnd() > header.fileBytes()) {
            throw IndexHeader.corrupt(
                    Reason.TOO_SHORT,
                    "%d bytes end before the table of %d sections"
                            .formatted(header.fileBytes(), header.sectionCount()),
                    resource);
        }
        Bytes.requireCrc(
                "table of sections",
                header.tableCrc32c(),
                Bytes.crc(
                        bytes, IndexHeader.BYTE_COUNT, header.tableEnd() - IndexHeader.BYTE_COUNT),
                resource);
        Map<Section, Place> places = new EnumMap<>(Section.class);
        List<Integer> types = new ArrayList<>();
        List<Place> all = new ArrayList<>();
        long at = header.tableEnd();
        for (int number = 0; number < header.sectionCount(); number++) {
            long entry = header.headerBytes() + (long) number * ENTRY_BYTES;
            int type = bytes.get(Bytes.U32, entry);
            Place place =
                    new Place(
                            bytes.get(Bytes.U64, entry + OFFSET_AT),
                            bytes.get(Bytes.U64, entry + LENGTH_AT),
                            bytes.get(Bytes.U32, entry + CRC_AT));
            requireOrder(types, type, resource);
            requirePlace(place, at, header, bytes, resource);
            at = place.end();
            all.add(place);
            Optional<Section> known = Section.of(type);
            if (known.isPresent()) {
                places.put(known.get(), place);
            } else {
                requireOptional(type, header, resource);
            }
        }
        if (at != header.fileBytes()) {
            throw IndexHeader.encoding(
                    "the sections end at byte %d of %d".formatted(at, header.fileBytes()),
                    resource);
        }
        return new IndexSections(places, all);
    }

    private static void requireOrder(List<Integer> before, int type, Object resource)
            throws SnapshotException {
        if (!before.isEmpty() && Integer.compareUnsigned(type, before.getLast()) <= 0) {
            throw IndexHeader.encoding(
                    "section 0x%x follows section 0x%x".formatted(type, before.getLast()),
                    resource);
        }
        before.add(type);
    }

    private static void requirePlace(
            Place place, long endBefore, IndexHeader header, MemorySegment bytes, Object resource)
            throws SnapshotException {
        if (place.offset != aligned(endBefore)
                || place.byteCount < 0
                || place.byteCount > header.fileBytes() - place.offset) {
            throw IndexHeader.encoding(
                    "a section of %d bytes at offset %d, after byte %d of %d"
                            .formatted(
                                    place.byteCount, place.offset, endBefore, header.fileBytes()),
                    resource);
        }
        for (long at = endBefore; at < Math.min(place.offset, bytes.byteSize()); at++) {
            if (bytes.get(ValueLayout.JAVA_BYTE, at) != 0) {
                throw IndexHeader.encoding("byte %d is not zero".formatted(at), resource);
            }
        }
    }

    private static void requireOptional(int type, IndexHeader header, Object resource)
            throws SnapshotException {
        if (type >= 0) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED,
                    Reason.VERSION,
                    "section 0x%x of version 1.%d is not known here, and must be"
                            .formatted(type, header.minor()),
                    resource);
        }
    }

    private static long aligned(long offset) {
        return (offset + Long.BYTES - 1) & -Long.BYTES;
    }
}
