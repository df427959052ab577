package io.coldframe.wrenn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coldframe.MutationTarget;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// Changed headers.
public final class WrennHeaderMutations implements MutationTarget {

    private static final int MANY = 100_000;

    /// Made by name.
    public WrennHeaderMutations() {}

    @Override
    public List<byte[]> samples() {
        return List.of(
                Headers.bytes(16 * Headers.BLOCK, Headers.secondGeneration()),
                Headers.bytes(16 * Headers.BLOCK - 1, Headers.secondGeneration()),
                Headers.bytes(5, List.of(Headers.zero(0, 1))),
                Headers.bytes(
                        3,
                        2 << 20,
                        3 << 20,
                        0,
                        Headers.BASE,
                        Headers.BASE,
                        List.of(Headers.data(0, 512, Headers.BASE, 0), Headers.zero(512, 512))));
    }

    @Override
    public void decode(byte[] input, Object resource) throws SnapshotException {
        try (WrennHeader header = WrennHeader.decode(MemorySegment.ofArray(input), resource)) {
            assertEquals(-1, header.encoded().mismatch(MemorySegment.ofArray(input)));
            long last = header.byteCount() - 1;
            assertEquals(header.record(0).buildId(), header.find(0).buildId());
            assertEquals(
                    header.record(header.recordCount() - 1).buildId(), header.find(last).buildId());
        }
        if (!new HeaderJudge(input).isHeader()) {
            throw new AssertionError("taken for a header, which it is not");
        }
    }

    @Override
    public List<Supplier<byte[]>> worst() {
        return List.of(
                () -> {
                    List<WrennRecord> records = new ArrayList<>();
                    for (int block = 0; block < MANY; block++) {
                        records.add(Headers.data(block, 1, Headers.BASE, MANY - block));
                    }
                    return Headers.bytes(MANY * Headers.BLOCK, records);
                },
                () -> new byte[64 + 40 * MANY]);
    }

    @Override
    public List<Kind> kinds() {
        return List.of(Kind.CORRUPT, Kind.UNSUPPORTED);
    }
}
