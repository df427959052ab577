package io.coldframe.memory;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// The loops over the words of a [DirtyBitmap]: static, on a segment and primitives.
///
/// Page `p` is bit `p & 63` of the little-endian word `p >>> 6`. Nothing here believes a bit at or
/// past `pageCount`: a kernel may leave anything there.
///
/// Every change of a bit is part of one atomic change of its word, and every word that decides
/// something is read with acquire. Plain reads only skip words, many at once, which is what C2
/// makes fast; a mark that such a read misses is one that nothing orders before it, and it stays
/// for the next walk.
final class BitmapWords {

    /// A word where this class owns the layout, and an atomic access to it.
    static final ValueLayout.OfLong WORD = JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

    // For the first look at a word, because an access through the layout above checks each time
    // that the word is aligned: a mark of a dirty page takes 1.25 ns instead of 1.47
    // (BitmapMarkBenchmark, one core of an EPYC of family 26). Words are aligned, so it is one load
    // all the same.
    private static final ValueLayout.OfLong FIRST_LOOK =
            JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final VarHandle ATOMIC = WORD.varHandle().withInvokeExactBehavior();

    private static final long ALL = -1L;

    // Two cache lines of 64 bytes: one `or` of 16 words and one branch. BitmapRunBenchmark measured
    // 2 MiB of clean words, on one core of an EPYC of family 26: 8 words 37 µs, 16 words 28 µs, a
    // plain read with four accumulators 27 µs, the same in pieces of 4 to 64 KiB 29 to 34 µs.
    private static final int LINE_WORDS = 16;
    private static final int LINE_BYTES = LINE_WORDS * Long.BYTES;

    private static final long NONE = -1;

    private BitmapWords() {}

    static long wordCount(long pageCount) {
        return (pageCount + Long.SIZE - 1) >>> 6;
    }

    /// How many bytes the words of so many pages need: whole words, as KVM_GET_DIRTY_LOG writes.
    static long byteCount(long pageCount) {
        return wordCount(pageCount) << 3;
    }

    static boolean isDirty(MemorySegment words, long page) {
        return (load(words, page >>> 6) >>> page & 1) != 0;
    }

    /// Sets the bit of `page`; whether it was clean.
    static boolean mark(MemorySegment words, long page) {
        return set(words, page >>> 6, 1L << page);
    }

    /// Sets the bits of `pageCount` pages from `firstPage`; whether any was clean.
    static boolean markRun(MemorySegment words, long firstPage, long pageCount) {
        if (pageCount == 0) {
            return false;
        }
        long lastPage = firstPage + pageCount - 1;
        long first = firstPage >>> 6;
        long last = lastPage >>> 6;
        long head = ALL << firstPage;
        long tail = ALL >>> ~lastPage;
        if (first == last) {
            return set(words, first, head & tail);
        }
        boolean fresh = set(words, first, head);
        for (long at = first + 1; at < last; at++) {
            fresh |= set(words, at, ALL);
        }
        fresh |= set(words, last, tail);
        return fresh;
    }

    /// Sets `bits` in a word; whether any of them was clean. A word that has them all is left
    /// alone: threads that mark the same dirty page share its cache line instead of fighting for
    /// it.
    static boolean set(MemorySegment words, long at, long bits) {
        long offset = at << 3;
        if ((words.get(FIRST_LOOK, offset) & bits) == bits) {
            VarHandle.acquireFence();
            return false;
        }
        while (true) {
            long old = (long) ATOMIC.getAcquire(words, offset);
            if ((old & bits) == bits) {
                return false;
            }
            if (ATOMIC.compareAndSet(words, offset, old, old | bits)) {
                return true;
            }
        }
    }

    /// As [#markRun], for at least one page, by a change of every word, also of one that has all
    /// the bits. Whoever takes bits out of a word later reads what this wrote, and so sees what was
    /// done before it.
    static boolean remarkRun(MemorySegment words, long firstPage, long pageCount) {
        assert pageCount > 0 : pageCount;
        long lastPage = firstPage + pageCount - 1;
        long first = firstPage >>> 6;
        long last = lastPage >>> 6;
        boolean fresh = false;
        for (long at = first; at <= last; at++) {
            long head = at == first ? ALL << firstPage : ALL;
            long tail = at == last ? ALL >>> ~lastPage : ALL;
            long bits = head & tail;
            fresh |= ((long) ATOMIC.getAndBitwiseOr(words, at << 3, bits) & bits) != bits;
        }
        return fresh;
    }

    /// Clears `bits` in a word.
    static void unset(MemorySegment words, long at, long bits) {
        long ignored = (long) ATOMIC.getAndBitwiseAnd(words, at << 3, ~bits);
    }

    /// The first dirty page at or after `fromPage`, or `pageCount`.
    static long nextDirty(MemorySegment words, long pageCount, long fromPage) {
        if (fromPage >= pageCount) {
            return pageCount;
        }
        long wordCount = wordCount(pageCount);
        long at = fromPage >>> 6;
        long bits = load(words, at) & ALL << fromPage;
        while (bits == 0) {
            at = skipClean(words, at + 1, wordCount);
            if (at == wordCount) {
                return pageCount;
            }
            bits = load(words, at);
        }
        // What is past the last page is past every dirty page: the smaller one is right.
        return Math.min((at << 6) + Long.numberOfTrailingZeros(bits), pageCount);
    }

    /// The first clean page at or after `fromPage`, or `pageCount`.
    static long nextClean(MemorySegment words, long pageCount, long fromPage) {
        if (fromPage >= pageCount) {
            return pageCount;
        }
        long wordCount = wordCount(pageCount);
        long at = fromPage >>> 6;
        long bits = ~load(words, at) & ALL << fromPage;
        while (bits == 0) {
            at++;
            if (at == wordCount) {
                return pageCount;
            }
            bits = ~load(words, at);
        }
        return Math.min((at << 6) + Long.numberOfTrailingZeros(bits), pageCount);
    }

    /// Visits the runs of dirty pages in ascending order, and takes them out of the bitmap if
    /// `take`.
    ///
    /// A run that goes on in the next word is kept open, so there is never more than one run that
    /// is taken and not yet visited. When a visit throws, that run and the rest of its word come
    /// back.
    static <X extends Exception> void visitRuns(
            MemorySegment words, long pageCount, boolean take, PageRunVisitor<X> visitor) throws X {
        long wordCount = wordCount(pageCount);
        long at = skipClean(words, 0, wordCount);
        long bits = 0;
        long open = NONE;
        long end = NONE;
        try {
            while (at < wordCount) {
                // Unread, though the word after a dirty one may be clean: a read that waits for the
                // swap before it costs half a swap.
                bits = (take ? swap(words, at) : load(words, at)) & valid(at, pageCount);
                if (bits == 0 && open == NONE) {
                    at = skipClean(words, at + 1, wordCount);
                    continue;
                }
                long firstPage = at << 6;
                if (open != NONE) {
                    if (bits == ALL) {
                        at = take ? at + 1 : skipDirty(words, at + 1, pageCount >>> 6);
                        continue;
                    }
                    end = firstPage + Long.numberOfTrailingZeros(~bits);
                    bits &= bits + 1;
                    visitor.visit(open, end - open);
                    open = NONE;
                }
                while (bits != 0) {
                    open = firstPage + Long.numberOfTrailingZeros(bits);
                    long filled = bits | bits - 1;
                    bits = filled & filled + 1;
                    if (filled == ALL) {
                        break;
                    }
                    end = firstPage + Long.numberOfTrailingZeros(~filled);
                    visitor.visit(open, end - open);
                    open = NONE;
                }
                at++;
            }
            if (open != NONE) {
                end = pageCount;
                visitor.visit(open, end - open);
            }
        } catch (Throwable failure) {
            if (take && open != NONE) {
                markRun(words, open, end - open);
                if (at < wordCount) {
                    set(words, at, bits);
                }
            }
            throw failure;
        }
    }

    /// Moves every bit of `source` to `target`. Into the target first, then out of the source:
    /// whatever ends this in between, no bit is in neither.
    static void move(MemorySegment source, MemorySegment target, long pageCount) {
        long wordCount = wordCount(pageCount);
        for (long at = skipClean(source, 0, wordCount);
                at < wordCount;
                at = skipClean(source, at + 1, wordCount)) {
            long bits = load(source, at);
            set(target, at, bits & valid(at, pageCount));
            unset(source, at, bits);
        }
    }

    /// Sets in `target` every bit of `source`.
    static void union(MemorySegment target, MemorySegment source, long pageCount) {
        long wordCount = wordCount(pageCount);
        for (long at = skipClean(source, 0, wordCount);
                at < wordCount;
                at = skipClean(source, at + 1, wordCount)) {
            set(target, at, load(source, at) & valid(at, pageCount));
        }
    }

    /// Clears in `target` every bit of `source`.
    static void andNot(MemorySegment target, MemorySegment source, long pageCount) {
        long wordCount = wordCount(pageCount);
        for (long at = skipClean(source, 0, wordCount);
                at < wordCount;
                at = skipClean(source, at + 1, wordCount)) {
            unset(target, at, load(source, at) & valid(at, pageCount));
        }
    }

    static long count(MemorySegment words, long pageCount) {
        long last = wordCount(pageCount) - 1;
        long sum = Long.bitCount(load(words, last) & valid(last, pageCount));
        for (long at = 0; at < last; at++) {
            sum += Long.bitCount(words.get(WORD, at << 3));
        }
        return sum;
    }

    /// Clears every word that is not clean, so that clearing a clean bitmap writes nothing.
    static void clear(MemorySegment words, long pageCount) {
        long wordCount = wordCount(pageCount);
        for (long at = skipClean(words, 0, wordCount);
                at < wordCount;
                at = skipClean(words, at + 1, wordCount)) {
            ATOMIC.setRelease(words, at << 3, 0L);
        }
    }

    /// The first word at or after `at` that is not all zero, or `endWord`.
    private static long skipClean(MemorySegment words, long at, long endWord) {
        for (; (at & LINE_WORDS - 1) != 0 && at < endWord; at++) {
            if (words.get(WORD, at << 3) != 0) {
                return at;
            }
        }
        at = skipCleanLines(words, at << 3, (endWord << 3) - LINE_BYTES) >>> 3;
        while (at < endWord && words.get(WORD, at << 3) == 0) {
            at++;
        }
        return at;
    }

    private static long skipCleanLines(MemorySegment words, long offset, long lastOffset) {
        while (offset <= lastOffset
                && (orOfEight(words, offset) | orOfEight(words, offset + 64)) == 0) {
            offset += LINE_BYTES;
        }
        return offset;
    }

    private static long orOfEight(MemorySegment words, long offset) {
        return words.get(WORD, offset)
                | words.get(WORD, offset + 8)
                | words.get(WORD, offset + 16)
                | words.get(WORD, offset + 24)
                | words.get(WORD, offset + 32)
                | words.get(WORD, offset + 40)
                | words.get(WORD, offset + 48)
                | words.get(WORD, offset + 56);
    }

    /// The first word at or after `at` that is not all ones, or `endWord`. A full bitmap belongs to
    /// a guest that is copied whole, so this need not be as fast as the above.
    private static long skipDirty(MemorySegment words, long at, long endWord) {
        while (at < endWord && words.get(WORD, at << 3) == ALL) {
            at++;
        }
        // What was skipped is dirty, and its pages may be read now.
        VarHandle.acquireFence();
        return at;
    }

    private static long swap(MemorySegment words, long at) {
        return (long) ATOMIC.getAndSet(words, at << 3, 0L);
    }

    private static long load(MemorySegment words, long at) {
        return (long) ATOMIC.getAcquire(words, at << 3);
    }

    /// The bits of the word at `at` that stand for a page: all but in a last word that is partial.
    private static long valid(long at, long pageCount) {
        return at == pageCount >>> 6 ? ~(ALL << pageCount) : ALL;
    }
}
