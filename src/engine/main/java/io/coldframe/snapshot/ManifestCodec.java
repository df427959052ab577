package io.coldframe.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.memory.GuestRegion;
import io.coldframe.wire.WireReader;
import io.coldframe.wire.WireWriter;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/// The bytes of a manifest.
///
/// ```
///  fields 1 to 7        OpenVMM's
///  fields 100 to 108    ours
///  other fields         of later releases, kept
///  6 bytes              field 2047, fixed32: the CRC-32C of all bytes before these six
/// ```
final class ManifestCodec {

    /// The version of OpenVMM's manifest that one of a full snapshot is.
    static final int VERSION_FULL = 1;

    /// The version of a diff's, which OpenVMM's reader refuses: it would take the file of memory
    /// for all of the guest's.
    static final int VERSION_DIFF = 1001;

    /// The version of a layer's, which it refuses, too: there is no file that it could take.
    static final int VERSION_LAYER = 1002;

    // The last field whose tag takes two bytes, so that any later field stands before it.
    static final int CRC_FIELD = 2047;
    static final int TRAILER_BYTES = 6;

    private static final int WIRE_TYPE_FIXED32 = 5;
    private static final int TAG = (CRC_FIELD << 3) | WIRE_TYPE_FIXED32;
    private static final VarHandle U32 =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private ManifestCodec() {}

    static byte[] encode(Manifest manifest) throws SnapshotException {
        String what = "manifest of " + manifest.id();
        WireWriter out = new WireWriter(Manifest.BYTE_COUNT_MAX - TRAILER_BYTES);
        out.uint32(1, version(manifest.kind()));
        out.message(2, time -> ManifestParts.write(manifest.createdAt(), time));
        out.string(3, manifest.tool());
        out.uint64(4, manifest.memory().byteCount());
        out.uint32(5, manifest.vcpuCount());
        out.uint32(6, manifest.memory().pageSize().bytes());
        out.string(7, manifest.architecture().text());
        writeOurs(manifest, out);
        out.unknown(manifest.unknown());
        return withCrc(out.toBytes(what));
    }

    private static void writeOurs(Manifest manifest, WireWriter out) {
        out.bytes(100, ManifestParts.bytes(manifest.id()));
        out.uint32(101, manifest.kind().code());
        if (manifest.parent().isPresent()) {
            Manifest.Parent parent = manifest.parent().get();
            out.message(
                    102,
                    message -> {
                        message.bytes(1, ManifestParts.bytes(parent.id()));
                        message.string(2, parent.name());
                    });
        }
        out.uint32(103, manifest.generation());
        out.message(104, message -> ManifestParts.write(manifest.state(), message));
        out.message(105, message -> ManifestParts.write(manifest.memory(), message));
        for (GuestRegion region : manifest.memory().layout().regions()) {
            out.message(
                    106,
                    message -> {
                        message.uint64(1, region.guestAddress());
                        message.uint64(2, region.byteCount());
                    });
        }
        out.message(107, message -> HostFields.write(manifest.host(), message));
        manifest.labels()
                .forEach(
                        (key, value) ->
                                out.message(
                                        108,
                                        message -> {
                                            message.string(1, key);
                                            message.string(2, value);
                                        }));
    }

    static int version(Manifest.Kind kind) {
        return switch (kind) {
            case FULL -> VERSION_FULL;
            case DIFF -> VERSION_DIFF;
            case LAYER -> VERSION_LAYER;
        };
    }

    /// The kind whose manifests are of this version, if this release knows it.
    static Optional<Manifest.Kind> kind(int version) {
        return Stream.of(Manifest.Kind.values())
                .filter(kind -> version(kind) == version)
                .findFirst();
    }

    private static byte[] withCrc(byte[] fields) {
        byte[] bytes = Arrays.copyOf(fields, fields.length + TRAILER_BYTES);
        bytes[fields.length] = (byte) (TAG | 0x80);
        bytes[fields.length + 1] = (byte) (TAG >>> 7);
        U32.set(bytes, fields.length + 2, crc(bytes, fields.length));
        return bytes;
    }

    private static int crc(byte[] bytes, int byteCount) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, byteCount);
        return (int) crc.getValue();
    }

    /// Judges the sum before anything else: what it does not cover is not believed.
    static Manifest decode(byte[] bytes, Object resource) throws SnapshotException {
        if (bytes.length > Manifest.BYTE_COUNT_MAX) {
            throw corrupt(
                    Reason.TOO_LARGE,
                    bytes.length + " bytes, of at most " + Manifest.BYTE_COUNT_MAX,
                    resource);
        }
        int end = bytes.length - TRAILER_BYTES;
        if (end < 0) {
            throw corrupt(
                    Reason.TOO_SHORT,
                    bytes.length + " bytes, of at least " + TRAILER_BYTES,
                    resource);
        }
        int tag = (bytes[end] & 0x7f) | (bytes[end + 1] << 7);
        if (bytes[end] >= 0 || tag != TAG) {
            throw corrupt(
                    Reason.CHECKSUM,
                    "no sum at the end, at byte " + end + ": cut, or not a store's manifest",
                    resource);
        }
        int stored = (int) U32.get(bytes, end + 2);
        int found = crc(bytes, end);
        if (stored != found) {
            throw corrupt(
                    Reason.CHECKSUM,
                    "CRC-32C is 0x%08x, and 0x%08x is stored".formatted(found, stored),
                    resource);
        }
        return WireReader.read(bytes, 0, end, resource, in -> ManifestFields.read(in, resource));
    }

    private static SnapshotException corrupt(Reason reason, String what, Object resource) {
        return new SnapshotException(Kind.CORRUPT, reason, what, resource);
    }
}
