package io.coldframe.wrenn;

import static io.coldframe.wrenn.WrennLayout.corrupt;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Reason;

import java.lang.foreign.MemorySegment;

/// Refuses records that do not cover a guest's memory, each byte once and in order.
///
/// @param fields what the header says
/// @param resource the file, for the message of a refusal
record RecordCheck(WrennFields fields, Object resource) {

    void requireCover(MemorySegment records) throws SnapshotException {
        int count = (int) (records.byteSize() / WrennLayout.RECORD_BYTES);
        long covered = 0;
        for (int index = 0; index < count; index++) {
            WrennRecord record = WrennLayout.record(records, index);
            if (record.offset() != covered) {
                throw refusal(index, record, misplaced(record, covered));
            }
            requireLength(index, record);
            requireStorage(index, record);
            covered = record.endOffset();
        }
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

    private void requireLength(int index, WrennRecord record) throws SnapshotException {
        // A subtraction, because the sum is what overflows.
        long room = fields.endOfLastBlock() - record.offset();
        if (record.offset() >= fields.byteCount()
                || record.byteCount() <= 0
                || record.byteCount() > room) {
            throw refusal(index, record, "is empty, or ends behind " + fields.endOfLastBlock());
        }
        if (!WrennFields.UNIT.isAligned(record.byteCount())
                && record.endOffset() != fields.byteCount()) {
            throw refusal(index, record, "is not of whole blocks");
        }
    }

    private void requireStorage(int index, WrennRecord record) throws SnapshotException {
        // What lies nowhere has no place that could be wrong; Wrenn counts zeros there.
        if (record.isZero()) {
            return;
        }
        if (record.storageOffset() < 0
                || record.storageOffset() >= WrennHeader.BYTE_COUNT_MAX
                || !WrennFields.UNIT.isAligned(record.storageOffset())) {
            throw refusal(index, record, "lies at no block of a file");
        }
    }

    private SnapshotException refusal(int index, WrennRecord record, String what) {
        return corrupt(
                Reason.ENCODING,
                "record %d, of %s bytes at offset %s and at %s of the file of %s, %s"
                        .formatted(
                                index,
                                Long.toUnsignedString(record.byteCount()),
                                Long.toUnsignedString(record.offset()),
                                Long.toUnsignedString(record.storageOffset()),
                                record.buildId(),
                                what),
                resource);
    }
}
