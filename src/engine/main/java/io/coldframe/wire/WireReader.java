package io.coldframe.wire;

import io.coldframe.Blob;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.UnknownFields;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Optional;

/// Reads one message of protobuf's wire format from bytes that may be anything.
///
/// ```java
/// while (in.next()) {
///     switch (in.field()) {
///         case 1 -> byteCount = in.uint64();
///         case 2 -> name = in.string();
///         default -> in.keepUnknown();
///     }
/// }
/// return new Thing(byteCount, name, in.unknown());
/// ```
///
/// It takes fields in any order, as every reader of protobuf must, and is stricter than most in
/// what has two readings: a field that is not repeated may come once, a field has the wire type
/// that its name has, a number fits, a text is UTF-8, and there are no groups. All that it refuses
/// is `CORRUPT` and `ENCODING`, with the resource and the offset in it.
///
/// It allocates nothing that is longer than the bytes it was given.
///
/// **Threads.** One.
public final class WireReader {

    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int VARINT_BYTES_MAX = 10;
    private static final int FIELD_NUMBER_MAX = (1 << 29) - 1;

    private final byte[] bytes;
    private final int end;
    private final Object resource;
    private final boolean clamped;

    private final BitSet seen = new BitSet();
    private Optional<UnknownFields.Builder> unknown = Optional.empty();
    private int at;
    private int fieldAt;
    private int field;
    private int wireType;

    private WireReader(byte[] bytes, int from, int end, Object resource, boolean clamped) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
        this.resource = resource;
        this.clamped = clamped;
    }

    /// Reads the message in `[from, end)` of a file's bytes.
    ///
    /// @param resource what the bytes are, for the exception: the file's path
    public static <T> T read(
            byte[] bytes, int from, int end, Object resource, MessageReader<T> reader)
            throws SnapshotException {
        return new WireReader(bytes, from, end, resource, false).translated(reader);
    }

    /// The same for bytes that are known to be bad: a length that goes past the end is taken to go
    /// to the end, so that what stands before a cut can be read.
    public static <T> T readWhatIsLeft(
            byte[] bytes, int from, int end, Object resource, MessageReader<T> reader)
            throws SnapshotException {
        return new WireReader(bytes, from, end, resource, true).translated(reader);
    }

    /// Goes to the next field, whose value has to be read before the next call.
    ///
    /// @return whether there is one
    public boolean next() throws SnapshotException {
        if (at == end) {
            return false;
        }
        fieldAt = at;
        long tag = varint();
        long number = tag >>> WireType.BIT_COUNT;
        wireType = (int) tag & (1 << WireType.BIT_COUNT) - 1;
        if (number < 1 || number > FIELD_NUMBER_MAX) {
            throw corrupt("a field's number is " + Long.toUnsignedString(number));
        }
        field = (int) number;
        switch (wireType) {
            case WireType.VARINT, WireType.FIXED64, WireType.BYTES, WireType.FIXED32 -> {}
            default -> throw corrupt("field " + field + " is " + WireType.text(wireType));
        }
        return true;
    }

    /// The number of the field that [#next()] found.
    public int field() {
        return field;
    }

    /// Where the next byte to be read is.
    public int offset() {
        return at;
    }

    /// A `uint64`.
    public long uint64() throws SnapshotException {
        single(WireType.VARINT);
        return varint();
    }

    /// A `uint32`, which is one as an `int` too: unsigned.
    public int uint32() throws SnapshotException {
        long value = uint64();
        if (value >>> Integer.SIZE != 0) {
            throw tooWide(value);
        }
        return (int) value;
    }

    /// A `uint32` for which there are no more than `max` values: an enum's constants, say.
    public int uint32(int max) throws SnapshotException {
        long value = uint64();
        if (value < 0 || value > max) {
            throw corrupt(
                    "field " + field + " is " + Long.toUnsignedString(value) + ", at most " + max);
        }
        return (int) value;
    }

    /// An `int64`.
    public long int64() throws SnapshotException {
        return uint64();
    }

    /// An `int32`.
    public int int32() throws SnapshotException {
        long value = uint64();
        if (value != (int) value) {
            throw tooWide(value);
        }
        return (int) value;
    }

    /// A `bool`.
    public boolean bool() throws SnapshotException {
        return uint32(1) == 1;
    }

    /// A `string`.
    public String string() throws SnapshotException {
        single(WireType.BYTES);
        return text();
    }

    /// One of a `repeated string`.
    public String eachString() throws SnapshotException {
        check(WireType.BYTES);
        return text();
    }

    /// `bytes`.
    public Blob bytes() throws SnapshotException {
        single(WireType.BYTES);
        int byteCount = length();
        at += byteCount;
        return Blob.of(bytes, at - byteCount, at);
    }

    /// A `repeated fixed64`, packed, of no more than `maxCount` numbers.
    public long[] fixed64s(int maxCount) throws SnapshotException {
        single(WireType.BYTES);
        int byteCount = length();
        checkCount(byteCount / Long.BYTES - 1, maxCount, "numbers in field " + field);
        if (byteCount % Long.BYTES != 0) {
            throw corrupt("field " + field + " has " + byteCount + " bytes, not 8 for each number");
        }
        long[] values = new long[byteCount / Long.BYTES];
        for (int i = 0; i < values.length; i++) {
            values[i] = eightBytes();
        }
        return values;
    }

    /// A message.
    public <T> T message(MessageReader<T> reader) throws SnapshotException {
        single(WireType.BYTES);
        return inner(reader);
    }

    /// One of a `repeated` message, or an entry of a map.
    public <T> T eachMessage(MessageReader<T> reader) throws SnapshotException {
        check(WireType.BYTES);
        return inner(reader);
    }

    /// Keeps this field for [#unknown()].
    public void keepUnknown() throws SnapshotException {
        UnknownFields.Builder kept =
                unknown.isPresent() ? unknown.get() : new UnknownFields.Builder();
        unknown = Optional.of(kept);
        switch (wireType) {
            case WireType.VARINT -> kept.varint(field, varint());
            case WireType.FIXED64 -> kept.fixed64(field, eightBytes());
            case WireType.FIXED32 -> kept.fixed32(field, fourBytes());
            default -> {
                int byteCount = length();
                kept.bytes(field, bytes, at, at + byteCount);
                at += byteCount;
            }
        }
    }

    /// Passes over this field.
    public void skip() throws SnapshotException {
        switch (wireType) {
            case WireType.VARINT -> varint();
            case WireType.FIXED64 -> eightBytes();
            case WireType.FIXED32 -> fourBytes();
            default -> {
                // Not at once: the compound assignment would add to the position before the length.
                int byteCount = length();
                at += byteCount;
            }
        }
    }

    /// What [#keepUnknown()] has kept.
    public UnknownFields unknown() {
        return unknown.isPresent() ? unknown.get().build() : UnknownFields.NONE;
    }

    /// Refuses one element more than `maxCount` of a repeated field.
    public void checkCount(int countSoFar, int maxCount, String elements) throws SnapshotException {
        if (countSoFar >= maxCount) {
            throw corrupt("more than " + maxCount + " " + elements);
        }
    }

    /// What is wrong, in this field of this resource.
    public SnapshotException corrupt(String what) {
        return corrupt(what, fieldAt);
    }

    private SnapshotException corrupt(String what, int offset) {
        return new SnapshotException(
                Kind.CORRUPT, Reason.ENCODING, what + ", at byte " + offset, resource);
    }

    private SnapshotException tooWide(long value) {
        return corrupt("field " + field + " is " + value + ", which 32 bits do not hold");
    }

    private void single(int expected) throws SnapshotException {
        check(expected);
        if (seen.get(field)) {
            throw corrupt("field " + field + " comes twice");
        }
        seen.set(field);
    }

    private void check(int expected) throws SnapshotException {
        if (wireType != expected) {
            throw corrupt(
                    "field %d is %s, not %s"
                            .formatted(field, WireType.text(wireType), WireType.text(expected)));
        }
    }

    private <T> T inner(MessageReader<T> reader) throws SnapshotException {
        int byteCount = length();
        WireReader inner = new WireReader(bytes, at, at + byteCount, resource, clamped);
        at += byteCount;
        return inner.translated(reader);
    }

    private <T> T translated(MessageReader<T> reader) throws SnapshotException {
        int start = at;
        try {
            return reader.read(this);
        } catch (IllegalArgumentException refused) {
            throw corrupt(String.valueOf(refused.getMessage()), start);
        }
    }

    private String text() throws SnapshotException {
        int byteCount = length();
        ByteBuffer encoded = ByteBuffer.wrap(bytes, at, byteCount);
        at += byteCount;
        try {
            // A decoder that nobody has told otherwise reports what is malformed.
            return StandardCharsets.UTF_8.newDecoder().decode(encoded).toString();
        } catch (CharacterCodingException malformed) {
            throw corrupt("field " + field + " is a text that is not UTF-8");
        }
    }

    /// The length that is written here; so many bytes are there.
    private int length() throws SnapshotException {
        long byteCount = varint();
        int left = end - at;
        if (byteCount < 0 || byteCount > left) {
            if (clamped) {
                return left;
            }
            throw corrupt(
                    "field %d has %s bytes, and %d are left"
                            .formatted(field, Long.toUnsignedString(byteCount), left));
        }
        return (int) byteCount;
    }

    private long varint() throws SnapshotException {
        long value = 0;
        for (int i = 0; i < VARINT_BYTES_MAX; i++) {
            if (at == end) {
                throw corrupt("the bytes end within a number");
            }
            byte next = bytes[at++];
            value |= (next & 0x7FL) << (7 * i);
            if (next >= 0) {
                if (i == VARINT_BYTES_MAX - 1 && next > 1) {
                    throw corrupt("a number has more than 64 bits");
                }
                return value;
            }
        }
        throw corrupt("a number has more than " + VARINT_BYTES_MAX + " bytes");
    }

    private long eightBytes() throws SnapshotException {
        checkLeft(Long.BYTES);
        at += Long.BYTES;
        return (long) LONG.get(bytes, at - Long.BYTES);
    }

    private int fourBytes() throws SnapshotException {
        checkLeft(Integer.BYTES);
        at += Integer.BYTES;
        return (int) INT.get(bytes, at - Integer.BYTES);
    }

    private void checkLeft(int byteCount) throws SnapshotException {
        if (end - at < byteCount) {
            throw corrupt(
                    "field %d needs %d bytes, and %d are left"
                            .formatted(field, byteCount, end - at));
        }
    }
}
