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

/// An index file of which only some sections are read, each checked by its own sum.
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
        if (place.get().byteCount() > byteCountMax) {
            throw IndexHeader.corrupt(
                    Reason.TOO_LARGE,
                    "%s has %d bytes; the most is %d"
                            .formatted(section, place.get().byteCount(), byteCountMax),
                    file);
        }
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

    @Override
    public void close() {
        file.close();
    }
}
