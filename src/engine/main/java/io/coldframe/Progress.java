package io.coldframe;

/// Hears how far a long operation is, and may stop it.
///
/// **Threads.** Called by one thread at a time, not always the same one, and while memory is being
/// copied: be quick.
@FunctionalInterface
public interface Progress {

    /// Hears nothing and stops nothing.
    Progress NONE = (doneBytes, totalBytes) -> true;

    /// Some more is done. It is called at least once, at the end, with all of it.
    ///
    /// @param doneBytes how much is done, never less than before
    /// @param totalBytes how much there is to do
    /// @return whether to go on; otherwise the operation throws
    ///     [java.util.concurrent.CancellationException] and leaves nothing behind
    boolean proceed(long doneBytes, long totalBytes);
}
