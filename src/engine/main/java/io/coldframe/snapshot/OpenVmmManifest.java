package io.coldframe.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.UnknownFields;
import io.coldframe.wire.WireReader;
import io.coldframe.wire.WireWriter;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Objects;

/// What `manifest.bin` of an OpenVMM snapshot says, byte for byte as OpenVMM writes it.
///
/// A protobuf message; fields that are zero or empty are left out:
///
/// ```
///  field  type     name
///      1  uint32   version             1
///      2  message  created_at          1 seconds int64, 2 nanos int32
///      3  string   openvmm_version
///      4  uint64   memory_size_bytes
///      5  uint32   vp_count
///      6  uint32   page_size           in bytes
///      7  string   architecture        x86_64 or aarch64
/// ```
///
/// **Threads.** Immutable.
///
/// @param version of the manifest, 32 bits unsigned
/// @param createdAt when the snapshot was made
/// @param openvmmVersion what made it
/// @param memorySizeBytes how much memory the guest has, not negative
/// @param vpCount how many virtual processors, 32 bits unsigned
/// @param pageSize how many bytes a page has, 32 bits unsigned
/// @param architecture of the guest
/// @param unknown what a later OpenVMM, or a store of this engine, has added; it is written back
public record OpenVmmManifest(
        long version,
        Instant createdAt,
        String openvmmVersion,
        long memorySizeBytes,
        long vpCount,
        long pageSize,
        String architecture,
        UnknownFields unknown) {

    /// The one version that there is.
    public static final long VERSION = 1;

    // Seven numbers and strings take some hundred bytes; what is left is for fields of others.
    static final int BYTES_MAX = 1 << 20;

    private static final long UINT32_MAX = 0xFFFF_FFFFL;

    /// Refuses numbers that the fields can't hold.
    public OpenVmmManifest {
        requireUint32("version", version);
        requireUint32("VP count", vpCount);
        requireUint32("page size", pageSize);
        if (memorySizeBytes < 0) {
            throw new IllegalArgumentException(
                    "a memory of %s bytes".formatted(Long.toUnsignedString(memorySizeBytes)));
        }
        Objects.requireNonNull(createdAt);
        Objects.requireNonNull(openvmmVersion);
        Objects.requireNonNull(architecture);
        Objects.requireNonNull(unknown);
    }

    private static void requireUint32(String name, long value) {
        if (value < 0 || value > UINT32_MAX) {
            throw new IllegalArgumentException(
                    "the %s is %d, which 32 bits do not hold".formatted(name, value));
        }
    }

    /// {@return a manifest of the version that there is}
    ///
    /// @param createdAt when the snapshot was made
    /// @param openvmmVersion what made it
    /// @param memorySizeBytes how much memory the guest has
    /// @param vpCount how many virtual processors
    /// @param pageSize how many bytes a page has
    /// @param architecture of the guest, `x86_64` or `aarch64`
    public static OpenVmmManifest of(
            Instant createdAt,
            String openvmmVersion,
            long memorySizeBytes,
            long vpCount,
            long pageSize,
            String architecture) {
        return new OpenVmmManifest(
                VERSION,
                createdAt,
                openvmmVersion,
                memorySizeBytes,
                vpCount,
                pageSize,
                architecture,
                UnknownFields.NONE);
    }

    /// {@return the bytes of the file}
    ///
    /// @throws SnapshotException of reason `TOO_LARGE` if nobody would read so many
    public byte[] encode() throws SnapshotException {
        WireWriter out = new WireWriter(BYTES_MAX);
        out.uint64(1, version);
        // A message of zeros alone is empty, and left out as a zero is.
        if (!createdAt.equals(Instant.EPOCH)) {
            out.message(
                    2,
                    timestamp -> {
                        timestamp.int64(1, createdAt.getEpochSecond());
                        timestamp.int64(2, createdAt.getNano());
                    });
        }
        out.string(3, openvmmVersion);
        out.uint64(4, memorySizeBytes);
        out.uint64(5, vpCount);
        out.uint64(6, pageSize);
        out.string(7, architecture);
        out.unknown(unknown);
        return out.toBytes(OpenVmmDirectory.MANIFEST);
    }

    /// {@return what the bytes of a file say}
    ///
    /// @param bytes all of them
    /// @param resource the file, for the message
    /// @throws SnapshotException of kind `CORRUPT` if they are no manifest
    public static OpenVmmManifest decode(byte[] bytes, Object resource) throws SnapshotException {
        return WireReader.read(bytes, 0, bytes.length, resource, OpenVmmManifest::read);
    }

    private static OpenVmmManifest read(WireReader in) throws SnapshotException {
        long version = 0;
        Instant createdAt = Instant.EPOCH;
        String openvmmVersion = "";
        long memorySizeBytes = 0;
        long vpCount = 0;
        long pageSize = 0;
        String architecture = "";
        while (in.next()) {
            switch (in.field()) {
                case 1 -> version = Integer.toUnsignedLong(in.uint32());
                case 2 -> createdAt = in.message(OpenVmmManifest::readTimestamp);
                case 3 -> openvmmVersion = in.string();
                case 4 -> memorySizeBytes = in.uint64();
                case 5 -> vpCount = Integer.toUnsignedLong(in.uint32());
                case 6 -> pageSize = Integer.toUnsignedLong(in.uint32());
                case 7 -> architecture = in.string();
                default -> in.keepUnknown();
            }
        }
        return new OpenVmmManifest(
                version,
                createdAt,
                openvmmVersion,
                memorySizeBytes,
                vpCount,
                pageSize,
                architecture,
                in.unknown());
    }

    private static Instant readTimestamp(WireReader in) throws SnapshotException {
        long seconds = 0;
        int nanos = 0;
        while (in.next()) {
            switch (in.field()) {
                case 1 -> seconds = in.int64();
                case 2 -> nanos = in.int32();
                default -> in.skip();
            }
        }
        if (nanos < 0 || nanos >= 1_000_000_000) {
            throw in.corrupt("a time of %d nanoseconds".formatted(nanos));
        }
        try {
            return Instant.ofEpochSecond(seconds, nanos);
        } catch (DateTimeException outside) {
            throw in.corrupt("a time of %d seconds".formatted(seconds));
        }
    }
}
