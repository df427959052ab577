package io.coldframe.image;

import io.coldframe.SnapshotException;

/// One way of getting the bytes of a plan into a file.
///
/// **Lifetime.** [#finish()] is called once after all units, [#close()] in any case.
///
/// **Threads.** Units are written by any number of threads at once, each with its own [Lane].
interface UnitWriter extends AutoCloseable {

    /// Into which units it wants the plan cut.
    long unitBytes();

    /// Whether the bytes are summed by other threads than those that write, because a thread that
    /// writes has them in no cache.
    boolean isSummedApart();

    /// Writes one unit, and sums it unless that is done apart.
    void write(WriteUnit unit, Lane lane) throws SnapshotException;

    /// Some unit has failed, and the others need not wait for it.
    default void stop() {}

    /// Completes the file, but for the sync.
    void finish() throws SnapshotException;

    /// How many bytes went into the file.
    long bytesWritten();

    /// How they got there.
    Output output();

    /// Why that way.
    String why();

    @Override
    void close();
}
