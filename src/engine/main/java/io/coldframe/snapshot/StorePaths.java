package io.coldframe.snapshot;

import io.coldframe.image.MarkFile;
import io.coldframe.layer.LayerFiles;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Set;
import java.util.UUID;

/// Where everything is in the directory of a store.
///
/// ```
///  .store                  what says that this is one, and of which version
///  .tags/<tag>             the id that a tag stands for
///  .quarantine/…           what repair has moved out of the way
///  <name>/manifest.bin     the commit record; the rest is as it says
///  <name>/state.bin        the machine state
///  <name>/memory.bin       the memory of an image snapshot
///  <name>/memory.sums      a sum for each block of it
///  <name>/memory.index     where each block of a layer snapshot is, and the sums of its layer
///  <name>/memory.layer     its layer: the blocks that are stored with it
///  .layers/<layer id>/…    the same two files of a layer whose snapshot has gone
///  .layers/.unswept        a sweep is to be made up for
///  .compaction/…           what a compaction is at
/// ```
///
/// @param root the directory of the store, absolute
record StorePaths(Path root) {

    static final String MANIFEST = "manifest.bin";
    static final String STATE = "state.bin";
    static final String MEMORY = "memory.bin";
    static final String SUMS = "memory.sums";

    static final String INDEX = "memory.index";
    static final String LAYER = "memory.layer";

    /// The files of an image snapshot.
    static final Set<String> IMAGE_PARTS = Set.of(MANIFEST, STATE, MEMORY, SUMS);

    /// Those of a layer snapshot.
    static final Set<String> LAYER_PARTS = Set.of(MANIFEST, STATE, INDEX, LAYER);

    /// Those of one whose layer lies elsewhere.
    static final Set<String> INDEX_PARTS = Set.of(MANIFEST, STATE, INDEX);

    /// The files of a snapshot, whatever its kind.
    static final Set<String> PARTS = Set.of(MANIFEST, STATE, MEMORY, SUMS, INDEX, LAYER);

    static final String MARKER = ".store";
    static final String TAGS = ".tags";
    static final String QUARANTINE = ".quarantine";
    static final String LAYERS = ".layers";
    static final String COMPACTION = ".compaction";

    /// What is in [#LAYERS] while a sweep is to be made up for.
    static final String UNSWEPT = ".unswept";

    Path marker() {
        return root.resolve(MARKER);
    }

    Path tags() {
        return root.resolve(TAGS);
    }

    Path tag(String tag) {
        return tags().resolve(tag);
    }

    Path quarantine() {
        return root.resolve(QUARANTINE);
    }

    Path layers() {
        return root.resolve(LAYERS);
    }

    /// Where a layer lies that is not with a snapshot.
    Path layer(UUID id) {
        return layers().resolve(id.toString());
    }

    /// That layers may lie here which nobody reads, because a sweep was refused.
    MarkFile unswept() {
        return new MarkFile(layers().resolve(UNSWEPT));
    }

    LayerFiles layerFiles(UUID id) {
        return new LayerFiles(layer(id).resolve(INDEX), layer(id).resolve(LAYER));
    }

    Path compaction() {
        return root.resolve(COMPACTION);
    }

    Path snapshot(String name) {
        return root.resolve(name);
    }

    /// Whether there is a directory that may be a snapshot.
    static boolean isDirectory(Path path) {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }
}
