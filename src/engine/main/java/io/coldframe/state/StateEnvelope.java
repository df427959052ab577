package io.coldframe.state;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.UnknownFields;
import io.coldframe.wire.WireReader;
import io.coldframe.wire.WireWriter;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Optional;

/// A state file: a machine's state, and which memory belongs to it.
///
/// ```
///  offset  bytes  field
///       0     32  header         magic, version, architecture, payload length
///      32      n  payload        message Envelope of docs/state.proto
///  32 + n      8  sum            CRC-64/Jones of all bytes before it
/// ```
///
/// The same envelope always has the same bytes. A file is checked in this order, and refused with
/// the first thing that is wrong:
///
/// | check | refused as |
/// |---|---|
/// | at most [#LIMIT_BYTES] bytes | `CORRUPT`, `TOO_LARGE` |
/// | at least 8 | `CORRUPT`, `TOO_SHORT` |
/// | the sum is right, and not every byte is zero | `CORRUPT`, `CHECKSUM` |
/// | there is a whole header | `CORRUPT`, `ENCODING` |
/// | the magic is known | `CORRUPT` or, of a later architecture, `UNSUPPORTED`; `MAGIC` |
/// | the version is readable | `UNSUPPORTED`, `VERSION` |
/// | the rest of the header agrees, the payload is an `Envelope` | `CORRUPT`, `ENCODING` |
///
/// **Threads.** Immutable.
///
/// @param version of the file
/// @param state the machine's state
/// @param memory which memory belongs to it, where that is known
/// @param unknown what a newer release stored with it
public record StateEnvelope(
        Version version,
        MachineState state,
        Optional<MemoryBinding> memory,
        UnknownFields unknown) {

    /// The most bytes that a state file has, for whoever writes it as for whoever reads it.
    public static final int LIMIT_BYTES = 10_000_000;

    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    /// Refuses a version that this release would not read.
    public StateEnvelope {
        if (!version.isReadable()) {
            throw new IllegalArgumentException("version can't be read: " + version);
        }
    }

    /// What this release writes.
    ///
    /// @param state the machine's state
    /// @param memory which memory belongs to it
    public StateEnvelope(MachineState state, Optional<MemoryBinding> memory) {
        this(Version.CURRENT, state, memory, UnknownFields.NONE);
    }

    /// {@return the architecture, which the header names}
    public Architecture architecture() {
        return state.architecture();
    }

    /// The file's bytes.
    ///
    /// @param resource what they are for: the file's path
    /// @return at most [#LIMIT_BYTES]
    /// @throws SnapshotException of [Kind#UNSUPPORTED] and [Reason#TOO_LARGE] if they were more
    public byte[] encode(Object resource) throws SnapshotException {
        WireWriter out = new WireWriter(LIMIT_BYTES - EnvelopeHeader.BYTE_COUNT - Crc64.BYTE_COUNT);
        StateWriter.envelope(out, this);
        byte[] payload = out.toBytes(resource);
        byte[] file = new byte[EnvelopeHeader.BYTE_COUNT + payload.length + Crc64.BYTE_COUNT];
        EnvelopeHeader.of(version, architecture(), payload.length).write(file);
        System.arraycopy(payload, 0, file, EnvelopeHeader.BYTE_COUNT, payload.length);
        seal(file);
        return file;
    }

    /// Writes the sum over all bytes but the last eight into these.
    static void seal(byte[] file) {
        int end = file.length - Crc64.BYTE_COUNT;
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(end, Crc64.of(file, 0, end));
    }

    /// Reads a file.
    ///
    /// @param file its path
    /// @return what it holds
    /// @throws SnapshotException if it is refused, is missing or can't be read
    public static StateEnvelope read(Path file) throws SnapshotException {
        return decode(bytesOf(file), file);
    }

    /// Reads a file's bytes.
    ///
    /// @param file all of them
    /// @param resource what they are: the file's path
    /// @return what it holds
    /// @throws SnapshotException if it is refused
    public static StateEnvelope decode(MemorySegment file, Object resource)
            throws SnapshotException {
        checkLength(file.byteSize(), resource);
        return decode(file.toArray(BYTE), resource);
    }

    /// Reads a file's bytes.
    ///
    /// @param file all of them
    /// @param resource what they are: the file's path
    /// @return what it holds
    /// @throws SnapshotException if it is refused
    public static StateEnvelope decode(byte[] file, Object resource) throws SnapshotException {
        checkLength(file.length, resource);
        checkSum(file, resource);
        if (file.length < EnvelopeHeader.BYTE_COUNT + Crc64.BYTE_COUNT) {
            throw new SnapshotException(
                    Kind.CORRUPT,
                    Reason.ENCODING,
                    "%d bytes hold no header of %d and sum of %d, at byte %d"
                            .formatted(
                                    file.length,
                                    EnvelopeHeader.BYTE_COUNT,
                                    Crc64.BYTE_COUNT,
                                    file.length),
                    resource);
        }
        EnvelopeHeader header = EnvelopeHeader.read(file);
        Architecture architecture = header.checkMagic(resource);
        header.checkVersion(resource);
        header.checkRest(architecture, file.length, resource);
        return WireReader.read(
                file,
                EnvelopeHeader.BYTE_COUNT,
                file.length - Crc64.BYTE_COUNT,
                resource,
                in -> StateReader.envelope(in, header.version(), architecture));
    }

    /// What can still be read of a file, whatever is wrong with it.
    ///
    /// @param file its path
    /// @return what was found, and what is wrong
    /// @throws SnapshotException if it is missing or can't be read at all
    public static StatePeek peek(Path file) throws SnapshotException {
        return peek(bytesOf(file), file);
    }

    /// What can still be read of a file's bytes, whatever is wrong with them.
    ///
    /// @param file all of them, or more than [#LIMIT_BYTES]
    /// @param resource what they are: the file's path
    /// @return what was found, and what is wrong
    public static StatePeek peek(byte[] file, Object resource) {
        return StatePeeker.peek(file, resource);
    }

    /// Refuses a file of another architecture than the one that it is to run on.
    ///
    /// @param expected the architecture of the machine that is restored
    /// @param resource what it is: the file's path
    /// @throws SnapshotException of [Kind#UNSUPPORTED] and [Reason#MAGIC]
    public void checkArchitecture(Architecture expected, Object resource) throws SnapshotException {
        if (architecture() != expected) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED,
                    Reason.MAGIC,
                    "the magic is 0x%016x (%s), not 0x%016x (%s)"
                            .formatted(
                                    architecture().magic(),
                                    architecture(),
                                    expected.magic(),
                                    expected),
                    resource);
        }
    }

    /// All bytes of a file, or one more than the limit.
    private static byte[] bytesOf(Path file) throws SnapshotException {
        try {
            requireRegular(file);
            try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
                return in.readNBytes(LIMIT_BYTES + 1);
            }
        } catch (SnapshotException refused) {
            throw refused;
        } catch (NoSuchFileException missing) {
            throw new SnapshotException(Kind.MISSING, "there is no state file", file, missing);
        } catch (IOException failure) {
            throw new SnapshotException(Kind.SYSCALL, "can't read the state file", file, failure);
        }
    }

    /// The opening of a pipe would wait for its other end.
    private static void requireRegular(Path file) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isRegularFile()) {
            throw new SnapshotException(Kind.UNSUPPORTED, "not a regular file", file);
        }
    }

    private static void checkLength(long byteCount, Object resource) throws SnapshotException {
        if (byteCount > LIMIT_BYTES) {
            throw new SnapshotException(
                    Kind.CORRUPT,
                    Reason.TOO_LARGE,
                    "%d bytes or more, and the limit of a state file is %d"
                            .formatted(byteCount, LIMIT_BYTES),
                    resource);
        }
        if (byteCount < Crc64.BYTE_COUNT) {
            throw new SnapshotException(
                    Kind.CORRUPT,
                    Reason.TOO_SHORT,
                    "%d bytes, and the sum alone has %d".formatted(byteCount, Crc64.BYTE_COUNT),
                    resource);
        }
    }

    /// Refuses a wrong sum, and zeros, whose sum is right: the file was cut and extended again, or
    /// its blocks were never written.
    private static void checkSum(byte[] file, Object resource) throws SnapshotException {
        int end = file.length - Crc64.BYTE_COUNT;
        long stored = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong(end);
        long actual = Crc64.of(file, 0, end);
        if (stored != actual) {
            throw new SnapshotException(
                    Kind.CORRUPT,
                    Reason.CHECKSUM,
                    "the CRC-64 is 0x%016x by the trailer and 0x%016x by the bytes, at byte %d"
                            .formatted(stored, actual, end),
                    resource);
        }
        if (stored == 0 && Arrays.equals(file, new byte[file.length])) {
            throw new SnapshotException(
                    Kind.CORRUPT,
                    Reason.CHECKSUM,
                    "all %d bytes are zero, and so is their CRC-64".formatted(file.length),
                    resource);
        }
    }

    /// Whether the sum is right and says something.
    static boolean isSumGood(byte[] file, Object resource) {
        try {
            checkLength(file.length, resource);
            checkSum(file, resource);
            return true;
        } catch (SnapshotException bad) {
            return false;
        }
    }
}
