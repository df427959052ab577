package io.coldframe.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.MutationProof;
import io.coldframe.Sha256;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.Soak;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Whatever becomes of the bytes of an index, nobody takes them for what they are not.
final class LayerIndexDamageTest {
    private static final String RESOURCE = "the damaged index";

    @Test
    void everyBitIsChecked() throws Exception {
        for (Map.Entry<String, byte[]> sample : IndexSamples.all().entrySet()) {
            byte[] bytes = sample.getValue().clone();
            for (int bit = 0; bit < bytes.length * Byte.SIZE; bit++) {
                bytes[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
                requireCorrupt(bytes, sample.getKey() + ", bit " + bit);
                bytes[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
            }
        }
    }

    /// Also where an extent ends, and where a section does.
    @Test
    void everyLengthButTheRightOneIsRefused() throws Exception {
        for (Map.Entry<String, byte[]> sample : IndexSamples.all().entrySet()) {
            byte[] bytes = sample.getValue();
            for (int length = 0; length < bytes.length; length++) {
                requireCorrupt(Arrays.copyOf(bytes, length), sample.getKey() + " cut at " + length);
            }
            for (int more : new int[] {1, 8, 16, 24, 64}) {
                requireCorrupt(
                        Arrays.copyOf(bytes, bytes.length + more),
                        sample.getKey() + " and " + more);
            }
        }
    }

    @Test
    void everyBitOfAFileIsChecked(@TempDir Path folder) throws Exception {
        byte[] bytes = IndexSamples.named("a second generation");
        Path file = folder.resolve("memory.index");
        for (int bit = 0; bit < bytes.length * Byte.SIZE; bit++) {
            bytes[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
            Files.write(file, bytes);
            SnapshotException found =
                    assertThrows(SnapshotException.class, () -> LayerIndex.open(file).close());
            assertEquals(Kind.CORRUPT, found.kind());
            assertNames(file.toString(), found);
            bytes[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
        }
    }

    /// Also of a file so large that it is summed and checked at the same time.
    @Test
    void aFileOfAnotherDigestIsRefused(@TempDir Path folder) throws Exception {
        try (LayerIndex small = IndexSamples.first();
                LayerIndex large = IndexSamples.ofManyExtents(100_000)) {
            for (LayerIndex index : List.of(small, large)) {
                Path file = Files.write(folder.resolve("index"), IndexSamples.bytes(index));
                try (LayerIndex opened = LayerIndex.open(file, index.digest())) {
                    assertEquals(-1, index.encoded().mismatch(opened.encoded()));
                }
                Sha256 other = Sha256.of(new byte[1]);
                SnapshotException found =
                        assertThrows(
                                SnapshotException.class,
                                () -> LayerIndex.open(file, other).close());
                assertEquals(Kind.CORRUPT, found.kind());
                assertNames(other.hex(), found);
            }
        }
    }

    /// Who reads sums alone finds what is wrong with them, and does not look at the map.
    @Test
    void everyBitThatSumsRestOnIsChecked(@TempDir Path folder) throws Exception {
        byte[] bytes = IndexSamples.named("a second generation");
        Path file = Files.write(folder.resolve("memory.index"), bytes);
        try (Arena arena = Arena.ofConfined()) {
            LayerRef right = LayerSums.open(file, arena).ref();
            int taken = 0;
            for (int bit = 0; bit < bytes.length * Byte.SIZE; bit++) {
                bytes[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
                Files.write(file, bytes);
                try {
                    assertEquals(right, LayerSums.open(file, arena).ref());
                    taken++;
                } catch (SnapshotException found) {
                    assertEquals(Kind.CORRUPT, found.kind());
                }
                bytes[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
            }
            // Two layers, two origins and the extents.
            try (LayerIndex index = LayerIndex.open(Files.write(file, bytes))) {
                long skipped = 2 * 64 + 2 * 32 + index.map().records().byteSize();
                assertEquals(skipped * Byte.SIZE, taken);
            }
        }
    }

    @Test
    void sumsOfAFileThatIsCutAreRefused(@TempDir Path folder) throws Exception {
        byte[] bytes = IndexSamples.named("a second generation");
        Path file = folder.resolve("memory.index");
        try (Arena arena = Arena.ofConfined()) {
            for (int length = 0; length < bytes.length; length++) {
                Files.write(file, Arrays.copyOf(bytes, length));
                assertEquals(
                        Kind.CORRUPT,
                        assertThrows(SnapshotException.class, () -> LayerSums.open(file, arena))
                                .kind());
            }
        }
    }

    @Test
    void aFileOfZerosIsNoIndex() {
        for (int length : new int[] {0, 1, 64, 4096}) {
            requireCorrupt(new byte[length], "zeros");
        }
    }

    @Test
    void anotherFormatIsNamed() throws Exception {
        byte[] bytes = IndexSamples.named("a first generation");
        bytes[8] = 7;
        bytes[10] = 3;
        SnapshotException later = decode(IndexSeals.sealed(bytes));
        assertEquals(Kind.UNSUPPORTED, later.kind());
        assertEquals(Reason.VERSION, later.reason());
        assertNames("7.3", later);
    }

    @Test
    void noInputBreaksTheIndex() throws Exception {
        MutationProof.run(LayerIndexMutations.class, Soak.count(100_000, 1_000_000));
    }

    private static void assertNames(String what, SnapshotException found) {
        String message = String.valueOf(found.getMessage());
        assertTrue(message.contains(what), message);
    }

    private static void requireCorrupt(byte[] bytes, String what) {
        SnapshotException found = decode(bytes);
        assertEquals(Kind.CORRUPT, found.kind(), what);
        assertNames(RESOURCE, found);
    }

    private static SnapshotException decode(byte[] bytes) {
        return assertThrows(
                SnapshotException.class,
                () -> LayerIndex.decode(MemorySegment.ofArray(bytes), RESOURCE).close());
    }
}
