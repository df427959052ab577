package io.coldframe.wrenn;

import io.coldframe.layer.LayerReport;

/// A generation that was written: its header, which is still to be stored, and what it took.
///
/// **Lifetime.** Owns the header.
///
/// **Threads.** Immutable.
///
/// @param header of the generation
/// @param blocks what was found and done
public record WrennPacked(WrennHeader header, LayerReport blocks) implements AutoCloseable {

    /// {@return what of it is worth telling}
    public WrennReport report() {
        return new WrennReport(header.buildId(), header.generation(), header.recordCount(), blocks);
    }

    /// Closes the header.
    @Override
    public void close() {
        header.close();
    }
}
