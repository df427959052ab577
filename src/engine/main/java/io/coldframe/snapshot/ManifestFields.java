package io.coldframe.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.PageSize;
import io.coldframe.snapshot.Manifest.MemoryPart;
import io.coldframe.snapshot.Manifest.Parent;
import io.coldframe.snapshot.Manifest.StatePart;
import io.coldframe.state.Architecture;
import io.coldframe.wire.WireReader;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/// The fields of a manifest, as they are read.
///
/// Fields come in any order, so they are gathered here first and put together at the end.
final class ManifestFields {

    private final Object resource;
    private int version;
    private Instant createdAt = Instant.EPOCH;
    private String tool = "";
    private long byteCount;
    private int vcpuCount;
    private long pageByteCount;
    private String architecture = "";
    private Optional<UUID> id = Optional.empty();
    private int kind;
    private Optional<Parent> parent = Optional.empty();
    private int generation;
    private Optional<StatePart> state = Optional.empty();
    private Optional<ManifestParts.MemoryFields> memory = Optional.empty();
    private final List<long[]> regions = new ArrayList<>();
    private Optional<HostDescription> host = Optional.empty();
    private final SortedMap<String, String> labels = new TreeMap<>();

    private ManifestFields(Object resource) {
        this.resource = resource;
    }

    static Manifest read(WireReader in, Object resource) throws SnapshotException {
        ManifestFields fields = new ManifestFields(resource);
        while (in.next()) {
            fields.take(in);
        }
        return fields.manifest(in);
    }

    private void take(WireReader in) throws SnapshotException {
        switch (in.field()) {
            case 1 -> version = in.uint32();
            case 2 -> createdAt = in.message(ManifestParts::instant);
            case 3 -> tool = in.string();
            case 4 -> byteCount = in.uint64();
            case 5 -> vcpuCount = in.uint32(Integer.MAX_VALUE);
            case 6 -> pageByteCount = in.uint32(Integer.MAX_VALUE);
            case 7 -> architecture = in.string();
            case 100 -> id = Optional.of(ManifestParts.uuid(in));
            case 101 -> kind = in.uint32(Integer.MAX_VALUE);
            case 102 -> parent = Optional.of(in.message(ManifestParts::parent));
            case 103 -> generation = in.uint32(Integer.MAX_VALUE);
            case 104 ->
                    state =
                            Optional.of(
                                    in.message(message -> ManifestParts.state(message, resource)));
            case 105 -> memory = Optional.of(in.message(ManifestParts::memory));
            case 106 -> {
                in.checkCount(regions.size(), Manifest.REGION_COUNT_MAX, "regions");
                regions.add(in.eachMessage(ManifestParts::region));
            }
            case 107 -> host = Optional.of(in.message(HostFields::read));
            case 108 -> {
                in.checkCount(labels.size(), Manifest.LABEL_COUNT_MAX, "labels");
                takeLabel(in);
            }
            default -> in.keepUnknown();
        }
    }

    private Manifest manifest(WireReader in) throws SnapshotException {
        requireReadable(in);
        GuestLayout layout = layout(in);
        PageSize pageSize = PageSize.ofBytes(pageByteCount);
        ManifestParts.MemoryFields sums = memory.orElseThrow(() -> in.corrupt("no memory"));
        Optional<Architecture> known = Architecture.named(architecture);
        if (known.isEmpty()) {
            throw ManifestParts.later(resource, "architecture \"" + architecture + "\"");
        }
        HostDescription described = host.orElseThrow(() -> in.corrupt("no host"));
        Manifest.Kind knownKind = Manifest.Kind.ofCode(kind).orElseThrow();
        if (ManifestCodec.version(knownKind) != version) {
            throw in.corrupt("version %d of a %s".formatted(version, knownKind));
        }
        return new Manifest(
                id.orElseThrow(() -> in.corrupt("no id")),
                createdAt,
                known.get(),
                vcpuCount,
                parent,
                generation,
                state.orElseThrow(() -> in.corrupt("no state")),
                new MemoryPart(
                        knownKind,
                        layout,
                        pageSize,
                        sums.writtenPageCount(),
                        sums.sumsByteCount(),
                        sums.sumsDigest(),
                        sums.layerId(),
                        sums.baseId()),
                described.madeBy(tool),
                labels,
                in.unknown());
    }

    private void requireReadable(WireReader in) throws SnapshotException {
        if (version == 0) {
            throw in.corrupt("no version");
        }
        if (ManifestCodec.kind(version).isEmpty()) {
            throw ManifestParts.later(resource, "version " + version);
        }
        if (kind < 1) {
            throw in.corrupt("no kind");
        }
        if (Manifest.Kind.ofCode(kind).isEmpty()) {
            throw ManifestParts.later(resource, "a snapshot of kind " + kind);
        }
    }

    private GuestLayout layout(WireReader in) throws SnapshotException {
        if (regions.isEmpty()) {
            throw in.corrupt("no regions");
        }
        GuestLayout layout = GuestLayout.startingAt(regions.getFirst()[0], regions.getFirst()[1]);
        for (long[] region : regions.subList(1, regions.size())) {
            layout = layout.then(region[0], region[1]);
        }
        if (layout.byteCount() != byteCount) {
            throw in.corrupt(
                    "memory of %d bytes in regions of %d".formatted(byteCount, layout.byteCount()));
        }
        return layout;
    }

    private void takeLabel(WireReader in) throws SnapshotException {
        String[] label = in.eachMessage(ManifestParts::label);
        if (labels.put(label[0], label[1]) != null) {
            throw in.corrupt("label \"" + label[0] + "\" comes twice");
        }
    }
}
