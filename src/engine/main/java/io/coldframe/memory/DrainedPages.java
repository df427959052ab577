package io.coldframe.memory;

import org.jspecify.annotations.Nullable;

/// The dirty pages that a capture has taken out, until it is known what becomes of it.
///
/// ```java
/// try (DrainedPages drained = new DrainedPages()) {
///     drained.take(dirty);
///     write(drained.pages());
///     drained.commit();
/// }
/// ```
///
/// **Lifetime.** Owns what it has taken. Closed without a commit it puts all of it back, so that
/// after a failure nothing is clean that was dirty before.
///
/// **Threads.** One at a time; others may go on marking.
public final class DrainedPages implements AutoCloseable {

    private @Nullable DirtyBitmap source;
    private @Nullable DirtyBitmap taken;

    /// Nothing is taken yet.
    public DrainedPages() {}

    /// Takes all dirty pages out.
    ///
    /// @param dirty is clean after this, but for what is marked meanwhile
    public void take(DirtyBitmap dirty) {
        if (taken != null) {
            throw new IllegalStateException("pages were taken already");
        }
        DirtyBitmap mine = DirtyBitmap.create(dirty.grid());
        source = dirty;
        taken = mine;
        dirty.drainTo(mine);
    }

    /// {@return what was taken; it is closed with this}
    public DirtyBitmap pages() {
        DirtyBitmap mine = taken;
        if (mine == null) {
            throw new IllegalStateException("no pages were taken");
        }
        return mine;
    }

    /// The pages are clean.
    public void commit() {
        source = null;
    }

    @Override
    public void close() {
        DirtyBitmap mine = taken;
        DirtyBitmap theirs = source;
        taken = null;
        source = null;
        if (mine != null) {
            if (theirs != null) {
                theirs.putBack(mine);
            }
            mine.close();
        }
    }
}
