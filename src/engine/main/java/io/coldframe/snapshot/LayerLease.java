package io.coldframe.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.image.LockFile;

import java.nio.file.Path;
import java.util.Optional;

/// The promise that no layer is removed.
///
/// Whoever makes a layer on another has a share of it, from before it opens its parent until it is
/// committed: only then a manifest says which layers it reads, and meanwhile the parent may go.
/// Whoever removes layers has the lease alone.
///
/// **Lifetime.** Ends when it is closed, or with the process.
///
/// **Threads.** One at a time.
final class LayerLease implements AutoCloseable {

    // Never removed: whoever did would let the next one lock another file of this name.
    static final String FILE = ".lease";

    private final LockFile lock;

    private LayerLease(LockFile lock) {
        this.lock = lock;
    }

    /// Waits for a share of it.
    static LayerLease take(StorePaths paths) throws SnapshotException {
        StoreDirectories.ensure(paths.layers());
        return new LayerLease(LockFile.shared(file(paths)));
    }

    /// Takes it alone, unless somebody makes a layer just now.
    static Optional<LayerLease> tryAlone(StorePaths paths) throws SnapshotException {
        return LockFile.tryAlone(file(paths)).map(LayerLease::new);
    }

    private static Path file(StorePaths paths) {
        return paths.layers().resolve(FILE);
    }

    @Override
    public void close() {
        lock.close();
    }
}
