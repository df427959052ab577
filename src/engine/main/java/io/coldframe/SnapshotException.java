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
        /// Someone else has made the target, or is writing it. Nothing has changed; another name,
        /// or the same one later, may work.
        CONFLICT,
        /// What was named is not there.
        MISSING,
        /// The kernel refused the call.
        SYSCALL
    }

    /// What was found, where a caller may want to tell more apart than what it can do.
    public enum Reason {
        /// The kind says it all.
        UNSPECIFIED,
        /// Fewer bytes than the format's least.
        TOO_SHORT,
        /// More bytes than the limit of the format.
        TOO_LARGE,
        /// A stored sum is not that of the bytes.
        CHECKSUM,
        /// The first bytes are those of another format or architecture.
        MAGIC,
        /// A version that this release does not read.
        VERSION,
        /// The bytes are not an encoding of anything.
        ENCODING,
        /// Well-formed, and not for this machine or this configuration.
        INCOMPATIBLE,
        /// Parts that do not belong together.
        MISMATCH,
        /// The target exists, and replacing it was not asked for.
        EXISTS,
        /// Another writer is at work on the target.
        BUSY,
        /// Two paths that must lie on one file system do not.
        OTHER_FILE_SYSTEM,
        /// A virtual CPU did not pause in time.
        QUIESCE_TIMEOUT,
        /// All was written, and the last step that makes it count failed.
        COMMIT
    }

    /// The kind; an enum is serialised by its name.
    private final Kind kind;

    /// The reason, serialised likewise.
    private final Reason reason;

    /// A failure that was seen directly.
    ///
    /// @param kind what a caller can do about it
    /// @param what what failed, with the values that made it fail
    /// @param resource the file, region or call that it failed on
    public SnapshotException(Kind kind, String what, Object resource) {
        this(kind, Reason.UNSPECIFIED, what, resource);
    }

    /// A failure that was seen directly, of a sort that callers may want to tell apart.
    ///
    /// @param kind what a caller can do about it
    /// @param reason what was found
    /// @param what what failed, with the values that made it fail
    /// @param resource the file, region or call that it failed on
    public SnapshotException(Kind kind, Reason reason, String what, Object resource) {
        super(message(what, resource));
        this.kind = kind;
        this.reason = reason;
    }

    /// A failure that another exception showed.
    ///
    /// @param kind what a caller can do about it
    /// @param what what failed, with the values that made it fail
    /// @param resource the file, region or call that it failed on
    /// @param cause the exception that showed it
    public SnapshotException(Kind kind, String what, Object resource, Throwable cause) {
        this(kind, Reason.UNSPECIFIED, what, resource, cause);
    }

    /// A failure that another exception showed, of a sort that callers may want to tell apart.
    ///
    /// @param kind what a caller can do about it
    /// @param reason what was found
    /// @param what what failed, with the values that made it fail
    /// @param resource the file, region or call that it failed on
    /// @param cause the exception that showed it
    public SnapshotException(
            Kind kind, Reason reason, String what, Object resource, Throwable cause) {
        super(message(what, resource), cause);
        this.kind = kind;
        this.reason = reason;
    }

    private static String message(String what, Object resource) {
        return what + " [" + resource + "]";
    }

    /// {@return what a caller can do about it}
    public Kind kind() {
        return kind;
    }

    /// {@return what was found, where callers may want to tell it apart}
    public Reason reason() {
        return reason;
    }
}
