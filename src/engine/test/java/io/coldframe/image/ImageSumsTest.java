package io.coldframe.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.MutationProof;
import io.coldframe.Sha256;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.Soak;
import io.coldframe.memory.PageSize;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;

final class ImageSumsTest {
    private static final int VERSION_AT = 8;
    private static final int BLOCK_SHIFT_AT = 28;

    @Test
    void everyFlippedBitIsCorrupt() throws Exception {
        for (ImageSums sums : SumsSamples.all()) {
            byte[] encoded = bytes(sums);
            for (int bit = 0; bit < encoded.length * 8; bit++) {
                byte[] flipped = encoded.clone();
                flipped[bit / 8] ^= (byte) (1 << bit % 8);
                assertCorrupt(flipped, "bit " + bit);
            }
        }
    }

    @Test
    void everyTruncationIsCorrupt() throws Exception {
        for (ImageSums sums : SumsSamples.all()) {
            byte[] encoded = bytes(sums);
            for (int length = 0; length < encoded.length; length++) {
                byte[] cut = Arrays.copyOf(encoded, length);
                assertCorrupt(cut, length + " bytes");
                if (length >= SumsHeader.BYTE_COUNT) {
                    // Right sums do not make it whole.
                    SumsHeader.seal(cut);
                    assertEquals(Reason.TOO_SHORT, assertCorrupt(cut, "sealed").reason());
                }
            }
        }
    }

    @Test
    void whatIsAppendedIsCorrupt() throws Exception {
        for (ImageSums sums : SumsSamples.all()) {
            byte[] encoded = bytes(sums);
            for (int more = 1; more < 70; more++) {
                byte[] longer = Arrays.copyOf(encoded, encoded.length + more);
                assertCorrupt(longer, more + " more");
                SumsHeader.seal(longer);
                assertEquals(Reason.TOO_LARGE, assertCorrupt(longer, "sealed").reason());
            }
        }
    }

    @Test
    void zerosAreNoSums() {
        for (int length : new int[] {0, 1, 63, 64, 65, 1000}) {
            assertCorrupt(new byte[length], length + " zeros");
        }
    }

    @Test
    void anotherVersionIsNamed() throws Exception {
        byte[] encoded = bytes(SumsSamples.all().getFirst());
        encoded[VERSION_AT] = 2;
        SumsHeader.seal(encoded);
        SnapshotException refusal =
                assertThrows(SnapshotException.class, () -> ImageSums.decode(encoded, "a file"));
        assertEquals(Kind.UNSUPPORTED, refusal.kind());
        assertEquals(Reason.VERSION, refusal.reason());
        assertTrue(refusal.toString().contains("version 2"), refusal::toString);
    }

    /// A reader holds whole blocks, and a file as long as it likes takes no space in a hole.
    @Test
    void aBlockThatNoReaderWantsToHoldIsCorrupt() throws Exception {
        ImageSums whole = SumsSamples.full(1L << 25, 13);
        assertEquals(ImageSums.BLOCK_MAX, whole.blockSize());
        byte[] encoded = bytes(whole);
        assertEquals(whole, ImageSums.decode(encoded, "a file"));
        for (int shift = ImageSums.BLOCK_MAX.shift() + 1; shift < 70; shift++) {
            encoded[BLOCK_SHIFT_AT] = (byte) shift;
            SumsHeader.seal(encoded);
            assertEquals(Reason.ENCODING, assertCorrupt(encoded, "shift " + shift).reason());
        }
        PageSize larger = new PageSize(ImageSums.BLOCK_MAX.shift() + 1);
        WrittenPages pages = WrittenPages.all(1);
        assertThrows(
                IllegalArgumentException.class, () -> SumsBuilder.of(1, larger, larger, pages));
    }

    @Test
    void noInputBreaksTheDecoder() throws Exception {
        MutationProof.run(ImageSumsMutations.class, Soak.count(200_000, 1_000_000));
    }

    @Test
    void whatIsDecodedIsWhatWasEncoded() throws Exception {
        for (ImageSums sums : SumsSamples.all()) {
            ImageSums back = ImageSums.decode(sums.encoded(), "a file");
            assertEquals(sums, back);
            assertEquals(sums.hashCode(), back.hashCode());
            assertEquals(sums.digest(), back.digest());
            assertEquals(sums.digest(), Sha256.of(bytes(sums)));
            assertEquals(sums.toString(), back.toString());
            for (long page = 0; page < sums.pageCount(); page++) {
                assertEquals(sums.isWritten(page), back.isWritten(page));
                assertEquals(sums.nextWritten(page), back.nextWritten(page));
                assertEquals(sums.nextUnwritten(page), back.nextUnwritten(page));
            }
        }
    }

    @Test
    void aBlockHasASumIfOneOfItsPagesIsHeld() {
        Random random = new Random(7);
        for (int round = 0; round < 300; round++) {
            int pageCount = 1 + random.nextInt(300);
            int shift = random.nextInt(4);
            BitSet bits = SumsSamples.bits(random, pageCount);
            ImageSums sums =
                    SumsSamples.diff(pageCount * 4096L - random.nextInt(4096), shift, bits);
            int sumCount = 0;
            for (int block = 0; block << shift < pageCount; block++) {
                int end = Math.min(pageCount, (block + 1) << shift);
                boolean held = bits.get(block << shift, end).cardinality() > 0;
                if (held) {
                    assertEquals(SumsSamples.sumOf(block), sums.sum(block));
                    sumCount++;
                } else {
                    int none = block;
                    assertThrows(IllegalArgumentException.class, () -> sums.sum(none));
                }
            }
            assertEquals(sumCount, sums.sumCount());
            assertEquals(bits.cardinality(), sums.writtenPages());
        }
    }

    @Test
    void theRunsAreThoseOfTheBits() {
        Random random = new Random(11);
        for (int pageCount : new int[] {1, 63, 64, 65, 127, 128, 1000}) {
            BitSet bits = SumsSamples.bits(random, pageCount);
            ImageSums sums = SumsSamples.diff(pageCount * 4096L, 0, bits);
            BitSet visited = new BitSet();
            sums.forEachWritten(
                    (first, count) -> {
                        assertFalse(first > 0 && visited.get((int) first - 1), "runs touch");
                        visited.set((int) first, (int) (first + count));
                    });
            assertEquals(bits, visited);
        }
    }

    @Test
    void oneOtherByteOfAnImageIsAnotherDigest() {
        ImageSums sums = SumsSamples.full(40960, 0);
        SumsBuilder other = sums.rebuild();
        for (int block = 0; block < 10; block++) {
            other.setBlock(block, SumsSamples.sumOf(block) + (block == 7 ? 1 : 0));
        }
        assertNotEquals(sums.digest(), other.build().digest());
        assertNotEquals(sums, other.build());
    }

    @Test
    void fewerSumsAreLargerBlocks() {
        assertEquals(PageSize.KIB_4, SumsBuilder.blockSize(1 << 20, PageSize.KIB_4, 256));
        assertEquals(new PageSize(13), SumsBuilder.blockSize(1 << 20, PageSize.KIB_4, 255));
        assertEquals(new PageSize(20), SumsBuilder.blockSize(1 << 20, PageSize.KIB_4, 1));
        assertEquals(ImageSums.BLOCK_MAX, SumsBuilder.blockSize(1L << 40, PageSize.KIB_4, 1));
        assertEquals(ImageSums.BLOCK_MAX, SumsBuilder.blockSize(1L << 40, ImageSums.BLOCK_MAX, 1));
    }

    @Test
    void aDiffOfTooManyPagesIsRefused() {
        long pages = ImageSums.DIFF_PAGES_MAX + 1;
        assertThrows(IllegalArgumentException.class, () -> WrittenPages.of(new BitSet(), pages));
    }

    private static byte[] bytes(ImageSums sums) {
        return sums.encoded().toArray(ValueLayout.JAVA_BYTE);
    }

    private static SnapshotException assertCorrupt(byte[] encoded, String what) {
        SnapshotException refusal =
                assertThrows(
                        SnapshotException.class,
                        () -> ImageSums.decode(MemorySegment.ofArray(encoded), "the file"),
                        what);
        assertEquals(Kind.CORRUPT, refusal.kind(), what);
        assertTrue(refusal.toString().contains("[the file]"), refusal::toString);
        return refusal;
    }
}
