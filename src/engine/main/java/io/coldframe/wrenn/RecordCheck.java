package io.coldframe.wrenn;

import static io.coldframe.wrenn.WrennLayout.corrupt;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Reason;

import java.lang.foreign.MemorySegment;

/// Refuses records that do not cover a guest's memory, each byte once and in order.
///
/// **Threads.** One at a time.
final class RecordCheck {

    private final WrennFields fields;
    private final Object resource;
    private long covered;
    private int count;

    /// @param fields what the header says
    /// @param resource the file, for the message of a refusal
    RecordCheck(WrennFields fields, Object resource) {
        this.fields = fields;
        this.resource = resource;
    }

    /// Some records, which follow those before.
    void add(MemorySegment records) throws SnapshotException {
        int end = (int) (records.byteSize() / WrennLayout.RECORD_BYTES);
        for (int index = 0; index < end; index++) {
            WrennRecord record = WrennLayout.record(records, index);
            if (record.offset() != covered) {
                throw refusal(record, misplaced(record, covered));
            }
            requireLength(record);
            requireStorage(record);
            covered = record.endOffset();
            count++;
        }
    }

    /// There are no more.
    void finish() throws SnapshotException {
        if (covered < fields.byteCount()) {
            throw corrupt(
                    Reason.TOO_SHORT,
                    "%d records cover %d of %d bytes: it was cut, or never whole"
                            .formatted(count, covered, fields.byteCount()),
                    resource);
        }
    }

    private static String misplaced(WrennRecord record, long covered) {
        return Long.compareUnsigned(record.offset(), covered) < 0
                ? "overlaps those before it, or is out of order: they end at " + covered
                : "leaves out what follows %d, where those before it end".formatted(covered);
    }

    private void requireLength(WrennRecord record) throws SnapshotException {
        // A subtraction, because the sum is what overflows.
        long room = fields.endOfLastBlock() - record.offset();
        if (record.offset() >= fields.byteCount()
                || record.byteCount() <= 0
                || record.byteCount() > room) {
            throw refusal(record, "is empty, or ends behind " + fields.endOfLastBlock());
        }
        if (!WrennFields.UNIT.isAligned(record.byteCount())
                && record.endOffset() != fields.byteCount()) {
            throw refusal(record, "is not of whole blocks");
        }
    }

    private void requireStorage(WrennRecord record) throws SnapshotException {
        // What lies nowhere has no place that could be wrong; Wrenn counts zeros there.
        if (record.isZero()) {
            return;
        }
        if (record.storageOffset() < 0
                || record.storageOffset() > WrennHeader.BYTE_COUNT_MAX - record.byteCount()
                || !WrennFields.UNIT.isAligned(record.storageOffset())) {
            throw refusal(record, "lies at no block of a file");
        }
    }

    private SnapshotException refusal(WrennRecord record, String what) {
        return corrupt(
                Reason.ENCODING,
                "record %d, of %s bytes at offset %s and at %s of the file of %s, %s"
                        .formatted(
                                count,
                                Long.toUnsignedString(record.byteCount()),
                                Long.toUnsignedString(record.offset()),
                                Long.toUnsignedString(record.storageOffset()),
                                record.buildId(),
                                what),
                resource);
    }
}
