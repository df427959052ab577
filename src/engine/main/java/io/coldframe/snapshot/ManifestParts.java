package io.coldframe.snapshot;

import io.coldframe.Blob;
import io.coldframe.Sha256;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.snapshot.Manifest.MemoryPart;
import io.coldframe.snapshot.Manifest.Parent;
import io.coldframe.snapshot.Manifest.StateFormat;
import io.coldframe.snapshot.Manifest.StatePart;
import io.coldframe.wire.WireReader;
import io.coldframe.wire.WireWriter;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// The messages in a manifest, one by one: how each is read, and how it is written.
final class ManifestParts {

    private static final VarHandle U64 =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final int UUID_BYTES = 16;

    private ManifestParts() {}

    /// Well-formed, and of a release that knows more.
    static SnapshotException later(Object resource, String what) {
        return new SnapshotException(
                Kind.UNSUPPORTED, Reason.VERSION, what + " is not known to this release", resource);
    }

    /// The part of the memory that is one message.
    record MemoryFields(
            long writtenPageCount,
            long sumsByteCount,
            Sha256 sumsDigest,
            Optional<UUID> layerId,
            Optional<UUID> baseId) {}

    static void write(Instant time, WireWriter out) {
        long nanos = time.getNano();
        out.int64(1, time.getEpochSecond());
        out.int64(2, nanos);
    }

    static Instant instant(WireReader in) throws SnapshotException {
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

    static Parent parent(WireReader in) throws SnapshotException {
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

    static StatePart state(WireReader in, Object resource) throws SnapshotException {
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
            throw ManifestParts.later(resource, "a state of format " + format);
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
        memory.layerId().ifPresent(layer -> out.bytes(4, bytes(layer)));
        memory.baseId().ifPresent(base -> out.bytes(5, bytes(base)));
    }

    static MemoryFields memory(WireReader in) throws SnapshotException {
        long writtenPageCount = 0;
        long sumsByteCount = 0;
        Optional<Sha256> digest = Optional.empty();
        Optional<UUID> layerId = Optional.empty();
        Optional<UUID> baseId = Optional.empty();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> writtenPageCount = in.uint64();
                case 2 -> sumsByteCount = in.uint64();
                case 3 -> digest = Optional.of(digest(in));
                case 4 -> layerId = Optional.of(uuid(in));
                case 5 -> baseId = Optional.of(uuid(in));
                default -> in.skip();
            }
        }
        return new MemoryFields(
                writtenPageCount,
                sumsByteCount,
                digest.orElseThrow(() -> in.corrupt("sums without a digest")),
                layerId,
                baseId);
    }

    static long[] region(WireReader in) throws SnapshotException {
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

    static String[] label(WireReader in) throws SnapshotException {
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

    static UUID uuid(WireReader in) throws SnapshotException {
        Blob blob = in.bytes();
        if (blob.byteCount() != UUID_BYTES) {
            throw in.corrupt("an id of " + blob.byteCount() + " bytes, not " + UUID_BYTES);
        }
        byte[] bytes = blob.bytes();
        return new UUID((long) U64.get(bytes, 0), (long) U64.get(bytes, Long.BYTES));
    }

    static Sha256 digest(WireReader in) throws SnapshotException {
        Blob blob = in.bytes();
        if (blob.byteCount() != Sha256.BYTE_COUNT) {
            throw in.corrupt("a digest of " + blob.byteCount() + " bytes");
        }
        return Sha256.stored(blob.bytes());
    }
}
