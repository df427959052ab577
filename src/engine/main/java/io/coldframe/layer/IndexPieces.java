package io.coldframe.layer;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.layer.IndexSections.Place;
import io.coldframe.layer.IndexSections.Section;
import io.coldframe.os.FileCalls;
import io.coldframe.os.ReadFile;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;

/// An index file whose header and table are sound, of which the rest is read as it is asked for:
/// some sections, each checked by its own sum, or all bytes.
///
/// **Lifetime.** Owns a descriptor.
///
/// **Threads.** Any.
final class IndexPieces implements AutoCloseable {
    private final ReadFile file;
    private final IndexHeader header;
    private final IndexSections sections;

    private IndexPieces(ReadFile file, IndexHeader header, IndexSections sections) {
        this.file = file;
        this.header = header;
        this.sections = sections;
    }

    static IndexPieces open(Path path) throws SnapshotException {
        ReadFile file = ReadFile.open(FileCalls.current(), path);
        try (Arena reading = Arena.ofConfined()) {
            LayerIndex.requireSize(file.byteCount(), path);
            long headBytes = Math.min(file.byteCount(), IndexHeader.HEAD_BYTES_MAX);
            MemorySegment head = reading.allocate(headBytes, Long.BYTES);
            file.read(0, head);
            IndexHeader header = IndexHeader.decode(head, file.byteCount(), path);
            return new IndexPieces(file, header, IndexSections.decode(header, head, path));
        } catch (Throwable failure) {
            file.close();
            throw failure;
        }
    }

    IndexHeader header() {
        return header;
    }

    /// The bytes of a section, which are those that were summed; empty if there is none.
    ///
    /// @param byteCountMax what no reader takes more than
    Optional<MemorySegment> find(Section section, long byteCountMax, Arena arena)
            throws SnapshotException {
        Optional<Place> place = sections.find(section);
        if (place.isEmpty()) {
            return Optional.empty();
        }
        requireAtMost(byteCountMax, section, place.get());
        MemorySegment bytes = arena.allocate(place.get().byteCount(), Long.BYTES);
        file.read(place.get().offset(), bytes);
        place.get().requireCrcOf(bytes, file);
        return Optional.of(bytes);
    }

    /// As [#find], of a section that has to be there.
    MemorySegment require(Section section, long byteCountMax, Arena arena)
            throws SnapshotException {
        sections.require(section, file);
        return find(section, byteCountMax, arena).orElseThrow();
    }

    /// Refuses a file whose section has another length, before memory is taken for it.
    ///
    /// @param owner what has that length, for the message
    void requireByteCount(Section section, long expected, String owner) throws SnapshotException {
        long found = sections.require(section, file).byteCount();
        if (found != expected) {
            throw IndexHeader.corrupt(
                    Reason.MISMATCH,
                    "%s has %d bytes; that of %s has %d".formatted(section, found, owner, expected),
                    file);
        }
    }

    /// Refuses a section that is longer than a writer makes it: before as much memory is taken as
    /// the file is long, because a hole of any length costs nothing on a disk.
    void requireBounds() throws SnapshotException {
        long extentsMax = Math.min(header.blockCount(), ExtentMap.EXTENTS_MAX);
        requireAtMost(IndexParts.BASE_BYTES, Section.BASE);
        requireAtMost(TableEntries.LAYERS_BYTES_MAX, Section.LAYERS);
        requireAtMost(TableEntries.ORIGINS_BYTES_MAX, Section.ORIGINS);
        requireAtMost(extentsMax * ExtentMap.RECORD_BYTES, Section.EXTENTS);
        requireAtMost(LayerSums.SECTION_BYTES_MAX, Section.SUMS);
    }

    private void requireAtMost(long byteCountMax, Section section) throws SnapshotException {
        Optional<Place> place = sections.find(section);
        if (place.isPresent()) {
            requireAtMost(byteCountMax, section, place.get());
        }
    }

    private void requireAtMost(long byteCountMax, Section section, Place place)
            throws SnapshotException {
        if (place.byteCount() > byteCountMax) {
            throw IndexHeader.corrupt(
                    Reason.TOO_LARGE,
                    "%s has %d bytes; the most is %d"
                            .formatted(section, place.byteCount(), byteCountMax),
                    file);
        }
    }

    /// Fills a segment with all bytes of the file, of which only the header and the table are
    /// checked.
    void readAll(MemorySegment target) throws SnapshotException {
        file.read(0, target);
    }

    @Override
    public void close() {
        file.close();
    }
}
