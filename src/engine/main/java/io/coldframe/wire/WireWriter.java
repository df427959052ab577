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
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// Writes one message in protobuf's wire format: the same fields give the same bytes.
///
/// What makes it so: fields are written in ascending order of their numbers (asserted), a value
/// that equals proto3's default is left out, numbers are as short as they can be, repeated numbers
/// are packed, and unknown fields come last, as they came.
///
/// It never holds more than its limit: what is beyond is counted and dropped, and [#toBytes] says
/// so.
///
/// **Threads.** One.
public final class WireWriter {

    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int FIRST_CAPACITY_BYTES = 256;

    private final int limitBytes;
    private byte[] bytes = new byte[FIRST_CAPACITY_BYTES];
    private long count;
    private int lastField;

    /// A message of at most `limitBytes` bytes.
    public WireWriter(int limitBytes) {
        this.limitBytes = limitBytes;
    }

    /// A `uint64`, `uint32` or enum; 0 is left out.
    public void uint64(int field, long value) {
        if (value != 0) {
            explicitUint64(field, value);
        }
    }

    /// A `uint32` in an `int`.
    public void uint32(int field, int value) {
        uint64(field, Integer.toUnsignedLong(value));
    }

    /// An `int32` or `int64`, which is no zigzag: a negative one takes ten bytes.
    public void int64(int field, long value) {
        uint64(field, value);
    }

    /// An `optional uint64`: also a 0 is written when it is there.
    public void optionalUint64(int field, OptionalLong value) {
        if (value.isPresent()) {
            explicitUint64(field, value.getAsLong());
        }
    }

    /// An `optional uint32` in an `int`.
    public void optionalUint32(int field, OptionalInt value) {
        if (value.isPresent()) {
            explicitUint64(field, Integer.toUnsignedLong(value.getAsInt()));
        }
    }

    private void explicitUint64(int field, long value) {
        tag(field, WireType.VARINT);
        varint(value);
    }

    /// A `bool`; `false` is left out.
    public void bool(int field, boolean value) {
        uint64(field, value ? 1 : 0);
    }

    /// `bytes`; none are left out.
    public void bytes(int field, byte[] value) {
        if (value.length != 0) {
            explicitBytes(field, value);
        }
    }

    /// `bytes`; none are left out.
    public void bytes(int field, Blob value) {
        if (!value.isEmpty()) {
            tag(field, WireType.BYTES);
            varint(value.byteCount());
            append(value);
        }
    }

    /// A `string`; an empty one is left out.
    public void string(int field, String value) {
        bytes(field, utf8(value));
    }

    /// A string that is written although it is empty: an `optional` one, or one of a list.
    public void explicitString(int field, String value) {
        explicitBytes(field, utf8(value));
    }

    /// A `repeated fixed64`, packed; none are left out.
    public void fixed64s(int field, long... values) {
        if (values.length != 0) {
            tag(field, WireType.BYTES);
            varint((long) values.length * Long.BYTES);
            for (long value : values) {
                eightBytes(value);
            }
        }
    }

    /// A message, which is written although it is empty: one that is not there is not passed.
    public void message(int field, Consumer<WireWriter> fields) {
        tag(field, WireType.BYTES);
        long start = count;
        int outerField = lastField;
        lastField = 0;
        fields.accept(this);
        lastField = outerField;
        long byteCount = count - start;
        int lengthBytes = varintBytes(byteCount);
        // The length is known only now: make room for it in front.
        if (reserve(lengthBytes)) {
            int at = (int) start;
            System.arraycopy(bytes, at, bytes, at + lengthBytes, (int) byteCount);
            count = start;
            varint(byteCount);
            count += byteCount;
        } else {
            count += lengthBytes;
        }
    }

    /// One entry of a `map<uint64, uint64>`, to be passed in ascending order of the keys. Both
    /// numbers are written, as every writer of protobuf does.
    public void mapEntry(int field, long key, long value) {
        tag(field, WireType.BYTES);
        varint(2L + varintBytes(key) + varintBytes(value));
        varint(1 << WireType.BIT_COUNT | WireType.VARINT);
        varint(key);
        varint(2 << WireType.BIT_COUNT | WireType.VARINT);
        varint(value);
    }

    /// What a reader had no name for. The last of a message.
    public void unknown(UnknownFields fields) {
        append(fields.encoded());
    }

    /// How many bytes there are, also those beyond the limit.
    public long byteCount() {
        return count;
    }

    /// All bytes, or a refusal (`UNSUPPORTED`, `TOO_LARGE`) that names `resource`.
    public byte[] toBytes(Object resource) throws SnapshotException {
        if (count > limitBytes) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED,
                    Reason.TOO_LARGE,
                    "encoded it has " + count + " bytes, and the limit is " + limitBytes,
                    resource);
        }
        return Arrays.copyOf(bytes, (int) count);
    }

    /// @throws IllegalArgumentException if a half of a surrogate pair has lost the other, which
    ///     UTF-8 can't say: nobody would read what was written
    private static byte[] utf8(String value) {
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(value));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException lone) {
            throw new IllegalArgumentException(
                    "a text of %d characters is no Unicode: %s".formatted(value.length(), lone),
                    lone);
        }
    }

    private void explicitBytes(int field, byte[] value) {
        tag(field, WireType.BYTES);
        varint(value.length);
        if (reserve(value.length)) {
            System.arraycopy(value, 0, bytes, (int) count, value.length);
        }
        count += value.length;
    }

    private void tag(int field, int wireType) {
        assert field >= lastField : "field " + field + " after field " + lastField;
        lastField = field;
        varint((long) field << WireType.BIT_COUNT | wireType);
    }

    private void append(Blob value) {
        if (reserve(value.byteCount())) {
            value.copyTo(bytes, (int) count);
        }
        count += value.byteCount();
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            oneByte((int) rest | 0x80);
            rest >>>= 7;
        }
        oneByte((int) rest);
    }

    private static int varintBytes(long value) {
        int significantBits = Long.SIZE - Long.numberOfLeadingZeros(value | 1);
        return (significantBits + 6) / 7;
    }

    private void oneByte(int value) {
        if (reserve(1)) {
            bytes[(int) count] = (byte) value;
        }
        count++;
    }

    private void eightBytes(long value) {
        if (reserve(Long.BYTES)) {
            LONG.set(bytes, (int) count, value);
        }
        count += Long.BYTES;
    }

    /// Whether there is room for so many more bytes within the limit; if so, it is made.
    private boolean reserve(int byteCount) {
        long needed = count + byteCount;
        if (needed > limitBytes) {
            return false;
        }
        if (needed > bytes.length) {
            long doubled = Math.min(2L * bytes.length, limitBytes);
            bytes = Arrays.copyOf(bytes, (int) Math.max(needed, doubled));
        }
        return true;
    }
}
