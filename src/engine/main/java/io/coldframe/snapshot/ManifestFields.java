package io.coldframe.snapshot;

import io.coldframe.Blob;
import io.coldframe.Sha256;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.PageSize;
import io.coldframe.snapshot.Manifest.MemoryPart;
import io.coldframe.snapshot.Manifest.Parent;
import io.coldframe.snapshot.Manifest.StateFormat;
import io.coldframe.snapshot.Manifest.StatePart;
import io.coldframe.state.Architecture;
import io.coldframe.wire.WireReader;
import io.coldframe.wire.WireWriter;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/// The fields of a manifest, as they are read and as its parts are written.
///
/// Fields come in any order, so they are gathered here first and put together at the end.
final class ManifestFields {

    private static final VarHandle U64 =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final int UUID_BYTES = 16;

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
    private Optional<MemoryFields> memory = Optional.empty();
    private final List<long[]> regions = new ArrayList<>();
    private Optional<HostDescription> host = Optional.empty();
    private final SortedMap<String, String> labels = new TreeMap<>();

    private ManifestFields(Object resource) {
        this.resource = resource;
    }

    /// The part of the memory that is one message.
    private record MemoryFields(long writtenPageCount, long sumsByteCount, Sha256 sumsDigest) {}

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
            case 2 -> createdAt = in.message(ManifestFields::instant);
            case 3 -> tool = in.string();
            case 4 -> byteCount = in.uint64();
            case 5 -> vcpuCount = in.uint32(Integer.MAX_VALUE);
            case 6 -> pageByteCount = in.uint32(Integer.MAX_VALUE);
            case 7 -> architecture = in.string();
            case 100 -> id = Optional.of(uuid(in));
            case 101 -> kind = in.uint32(Integer.MAX_VALUE);
            case 102 -> parent = Optional.of(in.message(ManifestFields::parent));
            case 103 -> generation = in.uint32(Integer.MAX_VALUE);
            case 104 -> state = Optional.of(in.message(message -> state(message, resource)));
            case 105 -> memory = Optional.of(in.message(ManifestFields::memory));
            case 106 -> {
                in.checkCount(regions.size(), Manifest.REGION_COUNT_MAX, "regions");
                regions.add(in.eachMessage(ManifestFields::region));
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
        MemoryFields sums = memory.orElseThrow(() -> in.corrupt("no memory"));
        Optional<Architecture> known = Architecture.named(architecture);
        if (known.isEmpty()) {
            throw later(resource, "architecture \"" + architecture + "\"");
        }
        HostDescription described = host.orElseThrow(() -> in.corrupt("no host"));
        Manifest manifest =
                new Manifest(
                        id.orElseThrow(() -> in.corrupt("no id")),
                        createdAt,
                        known.get(),
                        vcpuCount,
                        parent,
                        generation,
                        state.orElseThrow(() -> in.corrupt("no state")),
                        new MemoryPart(
                                layout,
                                pageSize,
                                sums.writtenPageCount(),
                                sums.sumsByteCount(),
                                sums.sumsDigest()),
                        described.madeBy(tool),
                        labels,
                        in.unknown());
        if (manifest.kind().code() != kind || ManifestCodec.version(manifest.kind()) != version) {
            throw in.corrupt(
                    "version %d, kind %d of a %s".formatted(version, kind, manifest.kind()));
        }
        return manifest;
    }

    private void requireReadable(WireReader in) throws SnapshotException {
        if (version == 0) {
            throw in.corrupt("no version");
        }
        if (version != ManifestCodec.VERSION_FULL && version != ManifestCodec.VERSION_DIFF) {
            throw later(resource, "version " + version);
        }
        if (kind < 1) {
            throw in.corrupt("no kind");
        }
        if (kind > Manifest.Kind.DIFF.code()) {
            throw later(resource, "a snapshot of kind " + kind);
        }
    }

    /// Well-formed, and of a release that knows more.
    private static SnapshotException later(Object resource, String what) {
        return new SnapshotException(
                Kind.UNSUPPORTED, Reason.VERSION, what + " is not known to this release", resource);
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

    static void write(Instant time, WireWriter out) {
        long nanos = time.getNano();
        out.int64(1, time.getEpochSecond());
        out.int64(2, nanos);
    }

    private static Instant instant(WireReader in) throws SnapshotException {
        long seconds = 0;
        long nanos = 0;
        while (in.next()) {
            switch (in.field()) {
                case 1 -> seconds = in.int64();
                case 2 -> nanos = in.int32();
                default -> in.skip();
            }
        }
        if (seconds < Instant.MIN.getEpochSecond()
                || seconds > Instant.MAX.getEpochSecond()
                || nanos < 0
                || nanos >= 1_000_000_000) {
            throw in.corrupt("no time: " + seconds + " s and " + nanos + " ns");
        }
        return Instant.ofEpochSecond(seconds, nanos);
    }

    private static Parent parent(WireReader in) throws SnapshotException {
        Optional<UUID> id = Optional.empty();
        String name = "";
        while (in.next()) {
            switch (in.field()) {
                case 1 -> id = Optional.of(uuid(in));
                case 2 -> name = in.string();
                default -> in.skip();
            }
        }
        return new Parent(id.orElseThrow(() -> in.corrupt("a parent without an id")), name);
    }

    static void write(StatePart state, WireWriter out) {
        out.uint32(1, state.format().code());
        out.uint64(2, state.byteCount());
        out.bytes(3, state.digest().bytes());
    }

    private static StatePart state(WireReader in, Object resource) throws SnapshotException {
        int format = 0;
        long byteCount = 0;
        Optional<Sha256> digest = Optional.empty();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> format = in.uint32(Integer.MAX_VALUE);
                case 2 -> byteCount = in.uint64();
                case 3 -> digest = Optional.of(digest(in));
                default -> in.skip();
            }
        }
        if (format < 1) {
            throw in.corrupt("a state without a format");
        }
        if (format > StateFormat.OPAQUE.code()) {
            throw later(resource, "a state of format " + format);
        }
        return new StatePart(
                format == StateFormat.OPAQUE.code() ? StateFormat.OPAQUE : StateFormat.COLDFRAME,
                byteCount,
                digest.orElseThrow(() -> in.corrupt("a state without a digest")));
    }

    static void write(MemoryPart memory, WireWriter out) {
        out.uint64(1, memory.writtenPageCount());
        out.uint64(2, memory.sumsByteCount());
        out.bytes(3, memory.sumsDigest().bytes());
    }

    private static MemoryFields memory(WireReader in) throws SnapshotException {
        long writtenPageCount = 0;
        long sumsByteCount = 0;
        Optional<Sha256> digest = Optional.empty();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> writtenPageCount = in.uint64();
                case 2 -> sumsByteCount = in.uint64();
                case 3 -> digest = Optional.of(digest(in));
                default -> in.skip();
            }
        }
        return new MemoryFields(
                writtenPageCount,
                sumsByteCount,
                digest.orElseThrow(() -> in.corrupt("sums without a digest")));
    }

    private static long[] region(WireReader in) throws SnapshotException {
        long[] region = new long[2];
        while (in.next()) {
            switch (in.field()) {
                case 1 -> region[0] = in.uint64();
                case 2 -> region[1] = in.uint64();
                default -> in.skip();
            }
        }
        return region;
    }

    private void takeLabel(WireReader in) throws SnapshotException {
        String[] label = in.eachMessage(ManifestFields::label);
        if (labels.put(label[0], label[1]) != null) {
            throw in.corrupt("label \"" + label[0] + "\" comes twice");
        }
    }

    private static String[] label(WireReader in) throws SnapshotException {
        String[] label = {"", ""};
        while (in.next()) {
            switch (in.field()) {
                case 1 -> label[0] = in.string();
                case 2 -> label[1] = in.string();
                default -> in.skip();
            }
        }
        return label;
    }

    static byte[] bytes(UUID id) {
        byte[] bytes = new byte[UUID_BYTES];
        U64.set(bytes, 0, id.getMostSignificantBits());
        U64.set(bytes, Long.BYTES, id.getLeastSignificantBits());
        return bytes;
    }

    private static UUID uuid(WireReader in) throws SnapshotException {
        Blob blob = in.bytes();
        if (blob.byteCount() != UUID_BYTES) {
            throw in.corrupt("an id of " + blob.byteCount() + " bytes, not " + UUID_BYTES);
        }
        byte[] bytes = blob.bytes();
        return new UUID((long) U64.get(bytes, 0), (long) U64.get(bytes, Long.BYTES));
    }

    private static Sha256 digest(WireReader in) throws SnapshotException {
        Blob blob = in.bytes();
        if (blob.byteCount() != Sha256.BYTE_COUNT) {
            throw in.corrupt("a digest of " + blob.byteCount() + " bytes");
        }
        return Sha256.stored(blob.bytes());
    }
}
