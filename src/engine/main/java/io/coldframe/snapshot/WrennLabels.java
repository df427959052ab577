package io.coldframe.snapshot;

import io.coldframe.Sha256;
import io.coldframe.wrenn.WrennHeader;

import java.util.HexFormat;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/// What a snapshot that came from Wrenn remembers of its generation.
///
/// Labels are anybody's to write: what can't be read is not believed.
///
/// @param buildId of the generation
/// @param baseBuildId of the first generation of its line
/// @param generation its distance from that
/// @param map the digest of what its header said
record WrennLabels(UUID buildId, UUID baseBuildId, long generation, Sha256 map) {

    static final String BUILD_ID = "wrenn.build-id";
    static final String BASE_BUILD_ID = "wrenn.base-build-id";
    static final String GENERATION = "wrenn.generation";
    static final String MAP = "wrenn.map";

    static WrennLabels of(WrennHeader header) {
        return new WrennLabels(
                header.buildId(), header.baseBuildId(), header.generation(), header.mapDigest());
    }

    /// What a manifest says, if it is of a generation of Wrenn's.
    static Optional<WrennLabels> of(Manifest manifest) {
        SortedMap<String, String> labels = manifest.labels();
        try {
            String map = labels.getOrDefault(MAP, "");
            return Optional.of(
                    new WrennLabels(
                            UUID.fromString(labels.getOrDefault(BUILD_ID, "")),
                            UUID.fromString(labels.getOrDefault(BASE_BUILD_ID, "")),
                            Long.parseLong(labels.getOrDefault(GENERATION, "")),
                            Sha256.stored(HexFormat.of().parseHex(map))));
        } catch (IllegalArgumentException isNone) {
            return Optional.empty();
        }
    }

    SortedMap<String, String> labels() {
        SortedMap<String, String> labels = new TreeMap<>();
        labels.put(BUILD_ID, buildId.toString());
        labels.put(BASE_BUILD_ID, baseBuildId.toString());
        labels.put(GENERATION, Long.toString(generation));
        labels.put(MAP, map.hex());
        return labels;
    }
}
