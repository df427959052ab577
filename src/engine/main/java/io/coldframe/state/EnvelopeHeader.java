package io.coldframe.state;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The first 32 bytes of a state file, little-endian. No later release moves anything in them, so
/// every release can say what a file is, whatever its version.
///
/// ```
///  offset  bytes  field
///       0      8  magic          0x07101984AAAA0000 arm64, 0x0710198486640000 x86-64
///       8      2  major          of the version
///      10      2  minor
///      12      2  patch
///      14      2  reserved       zero
///      16      8  architecture   its name in ASCII, zeros behind it: "aarch64", "x86_64"
///      24      8  payloadBytes   bytes between this header and the sum
/// ```
record EnvelopeHeader(long magic, Version version, int reserved, String name, long payloadBytes) {

    static final int BYTE_COUNT = 32;

    private static final int MAGIC_AT = 0;
    private static final int MAJOR_AT = 8;
    private static final int MINOR_AT = 10;
    private static final int PATCH_AT = 12;
    private static final int RESERVED_AT = 14;
    private static final int NAME_AT = 16;
    private static final int NAME_BYTES = 8;
    private static final int PAYLOAD_BYTES_AT = 24;

    // What the magic numbers of all architectures have in common.
    private static final long FAMILY_MASK = 0xFFFF_FFFF_0000_0000L;

    static {
        if (PAYLOAD_BYTES_AT + Long.BYTES != BYTE_COUNT
                || NAME_AT + NAME_BYTES != PAYLOAD_BYTES_AT) {
            throw new AssertionError("the header moved");
        }
    }

    static EnvelopeHeader of(Version version, Architecture architecture, int payloadBytes) {
        return new EnvelopeHeader(
                architecture.magic(), version, 0, architecture.text(), payloadBytes);
    }

    /// What stands at the beginning of `file`, which has at least [#BYTE_COUNT] bytes.
    static EnvelopeHeader read(byte[] file) {
        ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        Version version =
                new Version(
                        Short.toUnsignedInt(in.getShort(MAJOR_AT)),
                        Short.toUnsignedInt(in.getShort(MINOR_AT)),
                        Short.toUnsignedInt(in.getShort(PATCH_AT)));
        String padded = new String(file, NAME_AT, NAME_BYTES, StandardCharsets.ISO_8859_1);
        int nameEnd = padded.indexOf('\0');
        return new EnvelopeHeader(
                in.getLong(MAGIC_AT),
                version,
                Short.toUnsignedInt(in.getShort(RESERVED_AT)),
                // With anything but zeros behind it, it is no name: keep all to compare.
                nameEnd >= 0 && padded.substring(nameEnd).chars().allMatch(each -> each == 0)
                        ? padded.substring(0, nameEnd)
                        : padded,
                in.getLong(PAYLOAD_BYTES_AT));
    }

    void write(byte[] file) {
        ByteBuffer out = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(MAGIC_AT, magic);
        out.putShort(MAJOR_AT, (short) version.major());
        out.putShort(MINOR_AT, (short) version.minor());
        out.putShort(PATCH_AT, (short) version.patch());
        out.putShort(RESERVED_AT, (short) reserved);
        out.put(NAME_AT, name.getBytes(StandardCharsets.US_ASCII));
        out.putLong(PAYLOAD_BYTES_AT, payloadBytes);
    }

    Optional<Architecture> architecture() {
        return Architecture.ofMagic(magic);
    }

    /// Whether the magic is that of a state file of an architecture that came later.
    boolean isOfAnUnknownArchitecture() {
        return (magic & FAMILY_MASK) == (Architecture.AARCH64.magic() & FAMILY_MASK)
                && architecture().isEmpty();
    }

    Architecture checkMagic(Object resource) throws SnapshotException {
        Optional<Architecture> architecture = architecture();
        if (architecture.isPresent()) {
            return architecture.get();
        }
        if (isOfAnUnknownArchitecture()) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED,
                    Reason.MAGIC,
                    "the magic is 0x%016x, that of an architecture which this release does not know"
                            .formatted(magic),
                    resource);
        }
        throw new SnapshotException(
                Kind.CORRUPT,
                Reason.MAGIC,
                "the magic is 0x%016x, not 0x%016x (%s) or 0x%016x (%s)"
                        .formatted(
                                magic,
                                Architecture.AARCH64.magic(),
                                Architecture.AARCH64,
                                Architecture.X86_64.magic(),
                                Architecture.X86_64),
                resource);
    }

    void checkVersion(Object resource) throws SnapshotException {
        if (!version.isReadable()) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED,
                    Reason.VERSION,
                    "the version is %s, and this release reads %d.0 to %d.%d"
                            .formatted(
                                    version,
                                    Version.CURRENT.major(),
                                    Version.CURRENT.major(),
                                    Version.CURRENT.minor()),
                    resource);
        }
    }

    void checkRest(Architecture architecture, int fileBytes, Object resource)
            throws SnapshotException {
        if (!name.equals(architecture.text())) {
            throw corrupt(
                    "the magic is that of %s, and the name is \"%s\", at byte %d"
                            .formatted(architecture, printableName(), NAME_AT),
                    resource);
        }
        if (reserved != 0) {
            throw corrupt(
                    "the reserved bytes are 0x%04x, at byte %d".formatted(reserved, RESERVED_AT),
                    resource);
        }
        long expected = fileBytes - (long) BYTE_COUNT - Crc64.BYTE_COUNT;
        if (payloadBytes != expected) {
            throw corrupt(
                    "the payload has %s bytes by the header and %d by the file, at byte %d"
                            .formatted(
                                    Long.toUnsignedString(payloadBytes),
                                    expected,
                                    PAYLOAD_BYTES_AT),
                    resource);
        }
    }

    /// The architecture's name, fit for a terminal whatever it is.
    String printableName() {
        return name.replaceAll("[^!-~]", "?");
    }

    private static SnapshotException corrupt(String what, Object resource) {
        return new SnapshotException(Kind.CORRUPT, Reason.ENCODING, what, resource);
    }
}
