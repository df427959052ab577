package io.coldframe;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/// Bytes that nobody can change any more, so that records may hold them and be compared.
///
/// They lie on the heap: for guest memory there is [io.coldframe.memory.GuestMemory].
///
/// **Threads.** Immutable.
public final class Blob {

    /// No bytes at all.
    public static final Blob EMPTY = new Blob(new byte[0]);

    private final byte[] bytes;

    private Blob(byte[] bytes) {
        this.bytes = bytes;
    }

    /// {@return a copy of `bytes`}
    ///
    /// @param bytes the bytes
    public static Blob of(byte... bytes) {
        return bytes.length == 0 ? EMPTY : new Blob(bytes.clone());
    }

    /// {@return a copy of a part of `bytes`}
    ///
    /// @param bytes what holds the part
    /// @param from its first byte
    /// @param end the byte after its last
    public static Blob of(byte[] bytes, int from, int end) {
        Objects.checkFromToIndex(from, end, bytes.length);
        return from == end ? EMPTY : new Blob(Arrays.copyOfRange(bytes, from, end));
    }

    /// {@return a copy of all bytes of a segment}
    ///
    /// @param segment at most 2 GiB
    public static Blob of(MemorySegment segment) {
        return segment.byteSize() == 0 ? EMPTY : new Blob(segment.toArray(ValueLayout.JAVA_BYTE));
    }

    /// {@return the bytes of a text in UTF-8}
    ///
    /// @param text the text
    public static Blob ofText(String text) {
        return text.isEmpty() ? EMPTY : new Blob(text.getBytes(StandardCharsets.UTF_8));
    }

    /// {@return how many bytes there are}
    public int byteCount() {
        return bytes.length;
    }

    /// {@return whether there are none}
    public boolean isEmpty() {
        return bytes.length == 0;
    }

    /// {@return one byte}
    ///
    /// @param index from 0 to [#byteCount()], exclusive
    public byte get(int index) {
        return bytes[Objects.checkIndex(index, bytes.length)];
    }

    /// {@return a copy of the bytes}
    public byte[] bytes() {
        return bytes.clone();
    }

    /// {@return the bytes themselves, read-only; a heap segment}
    public MemorySegment segment() {
        return MemorySegment.ofArray(bytes).asReadOnly();
    }

    /// Copies all bytes.
    ///
    /// @param target where to
    /// @param at the index of the first
    public void copyTo(byte[] target, int at) {
        System.arraycopy(bytes, 0, target, at, bytes.length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Blob that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /// The length, and not the bytes: what a guest held does not belong in a log.
    @Override
    public String toString() {
        return "Blob[" + bytes.length + " bytes]";
    }
}
