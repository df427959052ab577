package io.coldframe.layer;

import java.lang.foreign.MemorySegment;

/// Makes the lengths and sums of an index right again, whatever is in it.
final class IndexSeals {
    private IndexSeals() {}

    /// The same bytes, as a writer with other ideas might have written them.
    static byte[] sealed(byte[] bytes) {
        if (bytes.length < IndexHeader.BYTE_COUNT) {
            return bytes;
        }
        MemorySegment file = MemorySegment.ofArray(bytes);
        file.set(Bytes.U64, 16, bytes.length);
        long table = Integer.toUnsignedLong(file.get(Bytes.U32, 12));
        long count = Integer.toUnsignedLong(file.get(Bytes.U32, 52));
        long tableEnd = table + count * IndexSections.ENTRY_BYTES;
        if (tableEnd <= bytes.length) {
            for (long entry = table; entry < tableEnd; entry += IndexSections.ENTRY_BYTES) {
                long offset = file.get(Bytes.U64, entry + 8);
                long byteCount = file.get(Bytes.U64, entry + 16);
                if (offset >= 0
                        && byteCount >= 0
                        && offset <= bytes.length
                        && byteCount <= bytes.length - offset) {
                    file.set(Bytes.U32, entry + 4, Bytes.crc(file, offset, byteCount));
                }
            }
            if (tableEnd >= IndexHeader.BYTE_COUNT) {
                long behindHeader = tableEnd - IndexHeader.BYTE_COUNT;
                file.set(Bytes.U32, 56, Bytes.crc(file, IndexHeader.BYTE_COUNT, behindHeader));
            }
        }
        file.set(Bytes.U32, 60, Bytes.crc(file, 0, 60));
        return bytes;
    }
}
