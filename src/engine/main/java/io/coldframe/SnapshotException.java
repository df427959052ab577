package io.coldframe;

import java.io.IOException;

/// What went wrong outside this process, with which resource, and what a caller can do about it.
///
/// There is one exception class because callers decide by [#kind()], not by type. Misuse of the
/// API is [IllegalArgumentException] or [IllegalStateException] and is never caught.
public final class SnapshotException extends IOException {

    private static final long serialVersionUID = 1;

    /// What a caller can do about it, not where it happened.
    public enum Kind {
        /// The bytes contradict themselves. Retrying reads the same bytes.
        CORRUPT,
        /// The target is full, or over a quota or a size limit. Nothing was committed.
        OUT_OF_SPACE,
        /// This host or kernel lacks the facility. Another source or mode may have it.
        UNSUPPORTED,
        /// The kernel refused the call.
        SYSCALL
    }

    /// The kind; an enum is serialised by its name.
    private final Kind kind;

    /// A failure that was seen directly.
    ///
    /// @param kind what a caller can do about it
    /// @param what what failed, with the values that made it fail
    /// @param resource the file, region or call that it failed on
    public SnapshotException(Kind kind, String what, Object resource) {
        super(message(what, resource));
        this.kind = kind;
    }

    /// A failure that another exception showed.
    ///
    /// @param kind what a caller can do about it
    /// @param what what failed, with the values that made it fail
    /// @param resource the file, region or call that it failed on
    /// @param cause the exception that showed it
    public SnapshotException(Kind kind, String what, Object resource, Throwable cause) {
        super(message(what, resource), cause);
        this.kind = kind;
    }

    private static String message(String what, Object resource) {
        return what + " [" + resource + "]";
    }

    /// {@return what a caller can do about it}
    public Kind kind() {
        return kind;
    }
}
