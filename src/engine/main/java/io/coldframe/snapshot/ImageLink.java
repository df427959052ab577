package io.coldframe.snapshot;

import io.coldframe.image.MemoryImage;

/// One image of the stack that an open snapshot is read from.
///
/// @param name what its snapshot was called when it was opened
/// @param manifest what that is
/// @param image the open image, which is closed with the snapshot that was opened
public record ImageLink(String name, Manifest manifest, MemoryImage image) {}
