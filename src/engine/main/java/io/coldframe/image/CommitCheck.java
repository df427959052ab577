package io.coldframe.image;

import io.coldframe.SnapshotException;

/// A last look before a commit: what it finds stays so until the commit has happened, if whoever
/// could change it does so under the lock of the same directory.
@FunctionalInterface
public interface CommitCheck {

    /// Nothing to look at.
    CommitCheck NONE = () -> {};

    /// Looks, while the directory that holds the target is locked. It must not create, commit or
    /// remove anything in that directory itself.
    ///
    /// @throws SnapshotException if the commit must not happen; the caller gets to see it
    void run() throws SnapshotException;
}
