package io.coldframe.image;

import io.coldframe.SnapshotException;

/// Something that is written into a draft by parts and has to learn what becomes of the draft.
///
/// **Threads.** Called by the thread that commits or closes the draft.
interface Attachment {

    /// The draft is about to be committed: whatever is to be in it must be written and synced.
    ///
    /// @throws IllegalStateException if that is not so
    void seal() throws SnapshotException;

    /// The draft is committed, and will be found after a crash. Called once.
    void committed();

    /// The draft is gone. Called once, instead of [#committed()].
    void abandoned();
}
