package io.coldframe;

import java.util.Arrays;

/// Fields of a stored message that this release has no name for. A record that was read keeps
/// them, and they are written back behind its own, so that an older release loses nothing that a
/// newer one stored.
///
/// They are kept as they are encoded (protobuf's wire format), in the order in which they came.
///
/// **Threads.** Immutable; a [Builder] belongs to one thread.
public final class UnknownFields {

    /// The record holds nothing unknown: so it is with every record that is made and not read.
    public static final UnknownFields NONE = new UnknownFields(Blob.EMPTY);

    private final Blob encoded;

    private UnknownFields(Blob encoded) {
        this.encoded = encoded;
    }

    /// {@return the fields, encoded}
    public Blob encoded() {
        return encoded;
    }

    /// {@return whether there are none}
    public boolean isEmpty() {
        return encoded.isEmpty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof UnknownFields that && encoded.equals(that.encoded);
    }

    @Override
    public int hashCode() {
        return encoded.hashCode();
    }

    @Override
    public String toString() {
        return "UnknownFields[" + encoded.byteCount() + " bytes]";
    }

    /// Gathers fields. Typed, so that what it builds can always be read again.
    public static final class Builder {

        private static final int FIELD_NUMBER_MAX = (1 << 29) - 1;
        private static final int VARINT = 0;
        private static final int FIXED64 = 1;
        private static final int BYTES = 2;
        private static final int FIXED32 = 5;
        private static final int FIRST_CAPACITY_BYTES = 32;

        private byte[] encoded = new byte[FIRST_CAPACITY_BYTES];
        private int count;

        /// A builder without fields.
        public Builder() {}

        /// Adds a number of variable length.
        ///
        /// @param field the field's number
        /// @param value its value
        /// @return this
        public Builder varint(int field, long value) {
            tag(field, VARINT);
            writeVarint(value);
            return this;
        }

        /// Adds a number of 8 bytes.
        ///
        /// @param field the field's number
        /// @param value its value
        /// @return this
        public Builder fixed64(int field, long value) {
            tag(field, FIXED64);
            writeFixed(value, Long.BYTES);
            return this;
        }

        /// Adds a number of 4 bytes.
        ///
        /// @param field the field's number
        /// @param value its value
        /// @return this
        public Builder fixed32(int field, int value) {
            tag(field, FIXED32);
            writeFixed(value, Integer.BYTES);
            return this;
        }

        /// Adds bytes: a text, a message, packed numbers.
        ///
        /// @param field the field's number
        /// @param source what holds the bytes
        /// @param from the first of them
        /// @param end the one after the last
        /// @return this
        public Builder bytes(int field, byte[] source, int from, int end) {
            tag(field, BYTES);
            writeVarint(end - from);
            makeRoom(end - from);
            System.arraycopy(source, from, encoded, count, end - from);
            count += end - from;
            return this;
        }

        /// {@return the fields so far}
        public UnknownFields build() {
            return count == 0 ? NONE : new UnknownFields(Blob.of(encoded, 0, count));
        }

        private void tag(int field, int wireType) {
            if (field < 1 || field > FIELD_NUMBER_MAX) {
                throw new IllegalArgumentException("not a field's number: " + field);
            }
            writeVarint((long) field << 3 | wireType);
        }

        private void writeVarint(long value) {
            long rest = value;
            while ((rest & ~0x7FL) != 0) {
                oneByte((int) rest | 0x80);
                rest >>>= 7;
            }
            oneByte((int) rest);
        }

        private void writeFixed(long value, int byteCount) {
            for (int at = 0; at < byteCount; at++) {
                oneByte((int) (value >>> (8 * at)));
            }
        }

        private void oneByte(int value) {
            makeRoom(1);
            encoded[count] = (byte) value;
            count++;
        }

        private void makeRoom(int byteCount) {
            int needed = Math.addExact(count, byteCount);
            if (needed > encoded.length) {
                // By a half: a file may consist of nothing else, and old and new exist at once.
                encoded =
                        Arrays.copyOf(
                                encoded, (int) Math.min(needed * 3L / 2, Integer.MAX_VALUE - 8));
            }
        }
    }
}
