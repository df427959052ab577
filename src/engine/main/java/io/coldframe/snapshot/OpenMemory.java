package io.coldframe.snapshot;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.image.AtomicDirectory;
import io.coldframe.image.AtomicPair;
import io.coldframe.image.OnExisting;
import io.coldframe.image.PageSource;
import io.coldframe.image.RestoreReport;
import io.coldframe.memory.GuestMemory;

import java.nio.file.Path;
import java.util.List;

/// The memory of a snapshot that is open, whatever it is made of.
///
/// **Lifetime.** Owns the files.
///
/// **Threads.** One at a time; the source from any.
sealed interface OpenMemory extends AutoCloseable permits OpenImages, OpenLayers {

    /// The snapshot whose memory it is.
    StoredSnapshot stored();

    /// The image snapshots that it is read from, newest first.
    List<OpenedLink> images();

    PageSource source();

    VerifyReport verify(Progress progress) throws SnapshotException;

    RestoreReport materialise(Path target, OnExisting onExisting, Progress progress)
            throws SnapshotException;

    RestoreReport materialise(AtomicDirectory directory, String name, Progress progress)
            throws SnapshotException;

    RestoreReport materialise(AtomicPair pair, long sumsMax, Progress progress)
            throws SnapshotException;

    RestoreReport load(GuestMemory memory, Progress progress) throws SnapshotException;

    @Override
    void close();
}
