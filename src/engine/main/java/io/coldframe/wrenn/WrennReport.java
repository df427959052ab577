package io.coldframe.wrenn;

import io.coldframe.layer.LayerReport;

import java.util.UUID;

/// A generation that was committed.
///
/// @param buildId of the generation
/// @param generation its distance from the first
/// @param recordCount how many records its header has
/// @param blocks what was found and done
public record WrennReport(UUID buildId, long generation, int recordCount, LayerReport blocks) {}
