package io.coldframe.image;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coldframe.MutationTarget;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;

import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.List;
import java.util.function.Supplier;

/// Changed sums.
public final class ImageSumsMutations implements MutationTarget {
    private static final int LARGE_BYTES = 8 << 20;

    /// Made by name.
    public ImageSumsMutations() {}

    @Override
    public List<byte[]> samples() {
        return SumsSamples.all().stream().map(ImageSumsMutations::bytes).toList();
    }

    private static byte[] bytes(ImageSums sums) {
        return sums.encoded().toArray(ValueLayout.JAVA_BYTE);
    }

    @Override
    public void decode(byte[] input, Object resource) throws SnapshotException {
        ImageSums sums = ImageSums.decode(input, resource);
        SumsBuilder again = sums.rebuild();
        long[] pages = new long[1];
        sums.forEachWritten((first, count) -> pages[0] += count);
        assertEquals(sums.writtenPages(), pages[0]);
        WrittenPages blocks =
                sums.pages().inBlocks(sums.blockSize().shift() - sums.pageSize().shift());
        for (long at = blocks.next(0); at < blocks.pageCount(); at = blocks.next(at + 1)) {
            again.setBlock(at, sums.sum(at));
        }
        assertEquals(sums, again.build());
    }

    @Override
    public byte[] sealed(byte[] input) {
        if (input.length >= SumsHeader.BYTE_COUNT) {
            SumsHeader.seal(input);
        }
        return input;
    }

    @Override
    public List<Supplier<byte[]>> worst() {
        return List.of(
                () -> bytes(SumsSamples.full(LARGE_BYTES / 4 * 4096L, 0)),
                () -> bytes(SumsSamples.diff(LARGE_BYTES * 8L * 4096, 0, new BitSet())),
                () -> new byte[LARGE_BYTES]);
    }

    @Override
    public void decodeWorst(byte[] input, Object resource) throws SnapshotException {
        ImageSums sums = ImageSums.decode(input, resource);
        assertEquals(0, sums.byteCount() % sums.pageSize().bytes());
    }

    @Override
    public List<Kind> kinds() {
        return List.of(Kind.CORRUPT, Kind.UNSUPPORTED);
    }
}
