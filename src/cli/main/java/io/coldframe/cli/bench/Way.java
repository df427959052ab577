package io.coldframe.cli.bench;

import java.io.IOException;

/// One way to do what a row is about. Only [#run()] is timed.
///
/// **Threads.** One.
interface Way {

    /// Makes ready what the next run needs.
    default void prepare() throws IOException {}

    /// Does it once; what is written, to the last sync.
    void run() throws IOException;

    /// Removes what the run has left, so that each begins with the same disk.
    default void clear() throws IOException {}
}
