package io.coldframe.memory;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/// What is in a page: whether it is zero, whether two are equal, and its CRC-32C.
///
/// [BlockScan] decides which bytes to look at; this is the part that looks. Every loop here is a
/// static method on primitives, so there is nothing to reload from a field, and reads with four
/// independent accumulators, which is the shape that C2 turns into wide vectors.
///
/// Any offset, any length and any alignment are allowed.
///
/// **Faults.** A page of a mapped file that has shrunk cannot be read. Every loop here is Java code
/// or a bulk copy, so the JVM answers such a read with [InternalError]; the intrinsics that would
/// take the process down instead (the CRC over mapped bytes, a bulk mismatch) never see memory that
/// a caller passed.
///
/// **Threads.** Stateless. Memory that is written meanwhile is read in some order of the writes.
public final class PageScan {

    // Native order: the loops only combine words, and never look at where in a word a byte stands.
    private static final ValueLayout.OfLong WORD = JAVA_LONG_UNALIGNED;

    /// The bytes of one turn of the loops: four accumulators of one word.
    private static final long STRIDE_BYTES = 32;

    /// The most bytes that are read before a look at what they were. Pieces of 64 KiB cost what a
    /// plain read costs, of 16 KiB a tenth more and of 4 KiB a quarter more (`PieceBenchmark`, EPYC
    /// with AVX-512); longer ones cost more when they turn out to hold data and are read again.
    static final long PIECE_BYTES = 64 << 10;

    private PageScan() {}

    /// Whether every byte of `[offset, offset + byteCount)` is zero.
    ///
    /// @param memory what is read
    /// @param offset the first byte
    /// @param byteCount how many bytes; none are zero
    /// @return whether all of them are
    public static boolean isZero(MemorySegment memory, long offset, long byteCount) {
        Objects.checkFromIndexSize(offset, byteCount, memory.byteSize());
        return isZeroBlock(memory, offset, offset + byteCount);
    }

    /// Whether `byteCount` bytes of two memories are equal.
    ///
    /// @param memory the one memory
    /// @param offset its first byte
    /// @param other the other memory
    /// @param otherOffset its first byte
    /// @param byteCount how many bytes
    /// @return whether all of them are equal
    public static boolean equal(
            MemorySegment memory,
            long offset,
            MemorySegment other,
            long otherOffset,
            long byteCount) {
        Objects.checkFromIndexSize(offset, byteCount, memory.byteSize());
        Objects.checkFromIndexSize(otherOffset, byteCount, other.byteSize());
        return isEqualBlock(memory, offset, offset + byteCount, other, otherOffset - offset);
    }

    /// The CRC-32C (Castagnoli) of `[offset, offset + byteCount)`.
    ///
    /// For one sum. A caller with many blocks has [BlockSums], which keeps its scratch memory.
    ///
    /// @param memory what is read
    /// @param offset the first byte
    /// @param byteCount how many bytes
    /// @return the sum
    public static int crc32c(MemorySegment memory, long offset, long byteCount) {
        Objects.checkFromIndexSize(offset, byteCount, memory.byteSize());
        try (Arena call = Arena.ofConfined()) {
            return new Crc32c(call).of(memory, offset, byteCount);
        }
    }

    /// Where the run of zero blocks ends that starts at `from`: a block boundary counted from
    /// `from`, or `end`.
    ///
    /// Reads in pieces that double while they are zero, so a long run costs what a plain read of it
    /// costs, and a short one little more than itself.
    static long zeroRunEnd(MemorySegment memory, long from, long end, long blockBytes) {
        if (from < end && !isZeroBlock(memory, from, Math.min(end - from, blockBytes) + from)) {
            return from;
        }
        long pieceBytes = blockBytes;
        long at = Math.min(end - from, blockBytes) + from;
        while (at < end) {
            long pieceEnd = Math.min(end - at, pieceBytes) + at;
            if (orOfWords(memory, at, pieceEnd) != 0) {
                return firstDataBlock(memory, at, pieceEnd, blockBytes);
            }
            at = pieceEnd;
            pieceBytes = longerPiece(pieceBytes);
        }
        return end;
    }

    /// The first block of a piece that is known to hold one that is not zero.
    ///
    /// The piece was just read, so this reads the nearest cache. Memory that is written meanwhile
    /// may have become zero: then the last block is taken for data, which only stores more.
    private static long firstDataBlock(MemorySegment memory, long from, long end, long blockBytes) {
        long at = from;
        while (end - at > blockBytes && isZeroBlock(memory, at, at + blockBytes)) {
            at += blockBytes;
        }
        return at;
    }

    /// Where the run of blocks ends that starts at `from` and of which none is zero.
    static long dataRunEnd(MemorySegment memory, long from, long end, long blockBytes) {
        for (long at = from; at < end; at += blockBytes) {
            if (isZeroBlock(memory, at, Math.min(end - at, blockBytes) + at)) {
                return at;
            }
        }
        return end;
    }

    /// Where the run of blocks ends that starts at `from` and that equal the blocks of `other`,
    /// which lie `shift` bytes further on.
    static long equalRunEnd(
            MemorySegment memory,
            long from,
            long end,
            MemorySegment other,
            long shift,
            long blockBytes) {
        long pieceBytes = blockBytes;
        long at = from;
        while (at < end) {
            long pieceEnd = Math.min(end - at, pieceBytes) + at;
            if (orOfDifferences(memory, at, pieceEnd, other, shift) != 0) {
                return firstChangedBlock(memory, at, pieceEnd, other, shift, blockBytes);
            }
            at = pieceEnd;
            pieceBytes = longerPiece(pieceBytes);
        }
        return end;
    }

    private static long firstChangedBlock(
            MemorySegment memory,
            long from,
            long end,
            MemorySegment other,
            long shift,
            long blockBytes) {
        long at = from;
        while (end - at > blockBytes && isEqualBlock(memory, at, at + blockBytes, other, shift)) {
            at += blockBytes;
        }
        return at;
    }

    private static long longerPiece(long pieceBytes) {
        // A block of 2 MiB is longer than a piece and stays as it is.
        return pieceBytes < PIECE_BYTES ? pieceBytes << 1 : pieceBytes;
    }

    /// Most blocks of data show it in their first word, so that is asked first.
    static boolean isZeroBlock(MemorySegment memory, long from, long end) {
        if (end - from >= Long.BYTES && memory.get(WORD, from) != 0) {
            return false;
        }
        for (long at = from; at < end; ) {
            long pieceEnd = Math.min(end - at, PIECE_BYTES) + at;
            if (orOfWords(memory, at, pieceEnd) != 0) {
                return false;
            }
            at = pieceEnd;
        }
        return true;
    }

    static boolean isEqualBlock(
            MemorySegment memory, long from, long end, MemorySegment other, long shift) {
        if (end - from >= Long.BYTES && memory.get(WORD, from) != other.get(WORD, from + shift)) {
            return false;
        }
        for (long at = from; at < end; ) {
            long pieceEnd = Math.min(end - at, PIECE_BYTES) + at;
            if (orOfDifferences(memory, at, pieceEnd, other, shift) != 0) {
                return false;
            }
            at = pieceEnd;
        }
        return true;
    }

    /// Every byte of `[from, end)`, ORed together: zero if and only if all of them are.
    private static long orOfWords(MemorySegment memory, long from, long end) {
        long a = 0;
        long b = 0;
        long c = 0;
        long d = 0;
        long wholeEnd = end - (end - from) % STRIDE_BYTES;
        for (long at = from; at < wholeEnd; at += STRIDE_BYTES) {
            a |= memory.get(WORD, at);
            b |= memory.get(WORD, at + 8);
            c |= memory.get(WORD, at + 16);
            d |= memory.get(WORD, at + 24);
        }
        for (long at = wholeEnd; at < end; at++) {
            a |= memory.get(JAVA_BYTE, at);
        }
        return a | b | c | d;
    }

    /// The differences of every byte of `[from, end)`, ORed together.
    private static long orOfDifferences(
            MemorySegment memory, long from, long end, MemorySegment other, long shift) {
        long a = 0;
        long b = 0;
        long c = 0;
        long d = 0;
        long wholeEnd = end - (end - from) % STRIDE_BYTES;
        for (long at = from; at < wholeEnd; at += STRIDE_BYTES) {
            a |= memory.get(WORD, at) ^ other.get(WORD, at + shift);
            b |= memory.get(WORD, at + 8) ^ other.get(WORD, at + shift + 8);
            c |= memory.get(WORD, at + 16) ^ other.get(WORD, at + shift + 16);
            d |= memory.get(WORD, at + 24) ^ other.get(WORD, at + shift + 24);
        }
        for (long at = wholeEnd; at < end; at++) {
            a |= memory.get(JAVA_BYTE, at) ^ other.get(JAVA_BYTE, at + shift);
        }
        return a | b | c | d;
    }
}
