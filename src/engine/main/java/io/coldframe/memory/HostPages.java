package io.coldframe.memory;

/// Which pages of the host stand behind memory that the engine makes.
public sealed interface HostPages {

    /// Pages that the kernel finds when they are touched.
    enum Advice implements HostPages {
        /// As the host is configured.
        AS_CONFIGURED,
        /// The smallest pages of the host, also where it would give huge ones by itself: exact
        /// accounting, and write protection page by page from the start.
        SMALL,
        /// Huge pages where the kernel finds some and small ones elsewhere: fewer faults and TLB
        /// misses. A wish, which a host whose transparent huge pages are off does not fulfil.
        TRANSPARENT_HUGE
    }

    /// Pages of exactly one size from the pool that the host's administrator filled. All of them
    /// are reserved when the memory is made, so that no touch fails later; a pool that has too few
    /// is [io.coldframe.SnapshotException.Kind#UNSUPPORTED].
    ///
    /// @param size a size that the host has a pool of
    record Pooled(PageSize size) implements HostPages {}
}
