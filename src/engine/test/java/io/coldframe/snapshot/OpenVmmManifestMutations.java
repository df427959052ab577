package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coldframe.MutationTarget;
import io.coldframe.SnapshotException;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/// Changed manifests of OpenVMM's.
public final class OpenVmmManifestMutations implements MutationTarget {

    /// Made by name.
    public OpenVmmManifestMutations() {}

    @Override
    public List<byte[]> samples() throws SnapshotException {
        return List.of(
                manifest(Instant.ofEpochSecond(1_700_000_000, 5), "1.2.3", 1L << 32, "x86_64"),
                manifest(Instant.ofEpochSecond(-1, 999_999_999), "", 0, "aarch64"),
                manifest(Instant.EPOCH, "a version of some length", Long.MAX_VALUE, "other"));
    }

    private static byte[] manifest(Instant at, String version, long byteCount, String machine)
            throws SnapshotException {
        return OpenVmmManifest.of(at, version, byteCount, 4, 4096, machine).encode();
    }

    @Override
    public void decode(byte[] input, Object resource) throws SnapshotException {
        OpenVmmManifest manifest = OpenVmmManifest.decode(input, resource);
        byte[] encoded = manifest.encode();
        OpenVmmManifest again = OpenVmmManifest.decode(encoded, resource);
        assertEquals(manifest, again);
        assertArrayEquals(encoded, again.encode());
    }

    @Override
    public List<Supplier<byte[]>> worst() {
        return List.of(
                // As many unknown fields as there is room for.
                () -> filled((byte) 0x78, (byte) 1),
                () -> filled((byte) 0x7A, (byte) 0),
                () -> new byte[OpenVmmManifest.BYTES_MAX],
                () -> new byte[OpenVmmManifest.BYTES_MAX + 1]);
    }

    private static byte[] filled(byte tag, byte value) {
        byte[] bytes = new byte[OpenVmmManifest.BYTES_MAX];
        Arrays.fill(bytes, tag);
        for (int at = 1; at < bytes.length; at += 2) {
            bytes[at] = value;
        }
        return bytes;
    }

    @Override
    public void decodeWorst(byte[] input, Object resource) throws SnapshotException {
        OpenVmmManifest.decode(input, resource);
    }
}
