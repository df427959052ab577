package io.coldframe.layer;

import io.coldframe.SnapshotException;
import io.coldframe.image.PageSource;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageRanges;
import io.coldframe.memory.PageSize;

import java.nio.file.Path;

/// Memory that a layer is made of. Nobody writes to it meanwhile.
///
/// **Lifetime.** A source of [#file] owns its descriptor; the others borrow the memory, and closing
/// them does nothing.
///
/// **Threads.** Any. It is closed once, by the owner.
public sealed interface LayerSource extends AutoCloseable permits BlockSource {

    /// {@return guest memory of this process}
    ///
    /// @param memory the memory
    static LayerSource of(GuestMemory memory) {
        return new MemorySource(memory);
    }

    /// {@return a file that holds the memory's regions end to end, of any length}
    ///
    /// Its holes are zeros that nobody reads, where the file system tells them. A file that is cut
    /// meanwhile is a [SnapshotException] of kind `CORRUPT`.
    ///
    /// @param path a regular file; a final symbolic link is refused
    /// @throws SnapshotException if it cannot be opened, or is empty
    static LayerSource file(Path path) throws SnapshotException {
        return FileSource.open(path);
    }

    /// {@return memory that is stored already}
    ///
    /// @param pages its bytes
    /// @param data where it may be other than zero: the rest is zero without a look
    /// @param pageSize of those pages
    static LayerSource of(PageSource pages, PageRanges data, PageSize pageSize) {
        return new PagesSource(pages, data, pageSize);
    }

    /// {@return the length of the memory}
    long byteCount();

    /// Closes what it opened.
    @Override
    void close();
}
