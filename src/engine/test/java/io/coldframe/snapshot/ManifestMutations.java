package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coldframe.MutationTarget;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.zip.CRC32C;

/// Changed manifests.
public final class ManifestMutations implements MutationTarget {

    private static final int SAMPLE_COUNT = 40;

    /// Made by name.
    public ManifestMutations() {}

    @Override
    public List<byte[]> samples() throws SnapshotException {
        RandomManifests manifests = new RandomManifests(new SplittableRandom(7));
        List<byte[]> samples = new ArrayList<>();
        for (int i = 0; i < SAMPLE_COUNT; i++) {
            samples.add(manifests.next().encode());
        }
        return samples;
    }

    @Override
    public void decode(byte[] input, Object resource) throws SnapshotException {
        Manifest manifest = Manifest.decode(input, resource);
        byte[] encoded = manifest.encode();
        Manifest again = Manifest.decode(encoded, resource);
        assertEquals(manifest, again);
        assertArrayEquals(encoded, again.encode());
    }

    /// As long as is allowed, and full of one thing.
    @Override
    public List<Supplier<byte[]>> worst() {
        return List.of(
                // Regions, labels and features that are empty, and fields that nobody knows.
                () -> full(new byte[] {(byte) 0xd2, 6, 0}),
                () -> full(new byte[] {(byte) 0xe2, 6, 0}),
                () -> full(new byte[] {(byte) 0xda, 6, 2, 0x42, 0}),
                () -> full(new byte[] {(byte) 0x80, 0x7d, 1}),
                () -> new byte[Manifest.BYTE_COUNT_MAX],
                () -> new byte[Manifest.BYTE_COUNT_MAX + 1]);
    }

    private static byte[] full(byte[] element) {
        byte[] file = new byte[Manifest.BYTE_COUNT_MAX];
        int end = file.length - ManifestCodec.TRAILER_BYTES;
        for (int at = 0; at + element.length <= end; at += element.length) {
            System.arraycopy(element, 0, file, at, element.length);
        }
        return seal(file);
    }

    @Override
    public void decodeWorst(byte[] input, Object resource) throws SnapshotException {
        Manifest.decode(input, resource);
    }

    @Override
    public byte[] sealed(byte[] input) {
        return input.length < ManifestCodec.TRAILER_BYTES ? input : seal(input);
    }

    /// Makes the last six bytes what they should be.
    static byte[] seal(byte[] file) {
        int end = file.length - ManifestCodec.TRAILER_BYTES;
        CRC32C crc = new CRC32C();
        crc.update(file, 0, end);
        file[end] = (byte) 0xfd;
        file[end + 1] = 0x7f;
        for (int i = 0; i < 4; i++) {
            file[end + 2 + i] = (byte) (crc.getValue() >>> (8 * i));
        }
        return file;
    }

    @Override
    public List<Kind> kinds() {
        return List.of(Kind.CORRUPT, Kind.UNSUPPORTED);
    }
}
