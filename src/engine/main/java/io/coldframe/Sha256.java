package io.coldframe;

import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/// The SHA-256 of something: what binds the parts of a snapshot to each other.
///
/// **Threads.** Immutable.
public final class Sha256 {

    /// How many bytes a digest has.
    public static final int BYTE_COUNT = 32;

    private final byte[] bytes;

    private Sha256(byte[] bytes) {
        this.bytes = bytes;
    }

    /// {@return the digest of all bytes of a segment}
    ///
    /// Not for a mapped file that someone may cut: copy it first.
    ///
    /// @param segment at most 2 GiB
    public static Sha256 of(MemorySegment segment) {
        MessageDigest digest = algorithm();
        digest.update(segment.asByteBuffer());
        return new Sha256(digest.digest());
    }

    /// {@return the digest of bytes}
    ///
    /// @param content the bytes
    public static Sha256 of(byte[] content) {
        return new Sha256(algorithm().digest(content));
    }

    /// {@return a digest that was stored}
    ///
    /// @param digest its [#BYTE_COUNT] bytes
    public static Sha256 stored(byte[] digest) {
        if (digest.length != BYTE_COUNT) {
            throw new IllegalArgumentException("not a SHA-256: " + digest.length + " bytes");
        }
        return new Sha256(digest.clone());
    }

    /// {@return the digest of a stream, when [#finish(MessageDigest)] ends it}
    public static MessageDigest algorithm() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError("every JDK has SHA-256", impossible);
        }
    }

    /// {@return what a digest that was fed piece by piece has come to}
    ///
    /// @param digest from [#algorithm()]; it begins anew
    public static Sha256 finish(MessageDigest digest) {
        return stored(digest.digest());
    }

    /// {@return a copy of the digest's bytes}
    public byte[] bytes() {
        return bytes.clone();
    }

    /// {@return 64 hexadecimal digits in lower case}
    public String hex() {
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Sha256 that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return hex();
    }
}
