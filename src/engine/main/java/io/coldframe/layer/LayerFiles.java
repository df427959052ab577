package io.coldframe.layer;

import java.nio.file.Path;

/// Where a layer lies.
///
/// @param index the file with its sums
/// @param layer the file with its blocks
public record LayerFiles(Path index, Path layer) {}
