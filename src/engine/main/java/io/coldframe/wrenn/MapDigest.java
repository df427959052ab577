package io.coldframe.wrenn;

import io.coldframe.Sha256;

import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;

/// The SHA-256 of a header as it is written here, whoever wrote it: of version 1, in whole blocks,
/// with all records joined that can be, and no place for zeros.
final class MapDigest {

    private final MessageDigest digest = Sha256.algorithm();
    private final byte[] bytes = new byte[WrennLayout.RECORD_BYTES];

    private MapDigest() {}

    static Sha256 of(WrennHeader header) {
        return new MapDigest().all(header);
    }

    private Sha256 all(WrennHeader header) {
        byte[] fields = new byte[WrennLayout.HEADER_BYTES];
        header.fields().ofOurVersion().encode(MemorySegment.ofArray(fields));
        digest.update(fields);
        WrennRecord run = header.record(0);
        for (int index = 1; index < header.recordCount(); index++) {
            WrennRecord next = header.record(index);
            if (isGoneOnBy(run, next)) {
                run = ending(run, next.endOffset());
            } else {
                add(run);
                run = next;
            }
        }
        add(ending(run, header.fields().endOfLastBlock()));
        return Sha256.finish(digest);
    }

    private static boolean isGoneOnBy(WrennRecord run, WrennRecord next) {
        return run.buildId().equals(next.buildId())
                && (run.isZero() || run.storageOffset() + run.byteCount() == next.storageOffset());
    }

    private static WrennRecord ending(WrennRecord run, long endOffset) {
        return new WrennRecord(
                run.offset(), endOffset - run.offset(), run.buildId(), run.storageOffset());
    }

    private void add(WrennRecord run) {
        long storageOffset = run.isZero() ? 0 : run.storageOffset();
        WrennLayout.setRecord(
                MemorySegment.ofArray(bytes),
                0,
                new WrennRecord(run.offset(), run.byteCount(), run.buildId(), storageOffset));
        digest.update(bytes);
    }
}
