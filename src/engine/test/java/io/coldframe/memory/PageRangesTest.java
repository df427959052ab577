package io.coldframe.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Soak;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/// Judged by [BitSet].
final class PageRangesTest {

    private static final PageRange LAST = new PageRange(Long.MAX_VALUE - 1, 1);

    private static PageRanges of(BitSet pages) {
        PageRanges.Builder builder = new PageRanges.Builder();
        int end;
        for (int at = pages.nextSetBit(0); at >= 0; at = pages.nextSetBit(end)) {
            end = pages.nextClearBit(at);
            builder.add(at, end - at);
        }
        return builder.build();
    }

    private static BitSet ofMask(int mask) {
        return BitSet.valueOf(new long[] {mask});
    }

    @Test
    void everyPairOfSmallSetsCombinesAsItsBitsDo() {
        int pages = 7;
        PageRange bounds = new PageRange(0, pages);
        for (int a = 0; a < 1 << pages; a++) {
            PageRanges one = of(ofMask(a));
            assertEquals(Integer.bitCount(a), one.pageCount());
            assertEquals(a == 0, one.isEmpty());
            assertEquals(of(ofMask(~a & (1 << pages) - 1)), one.complement(bounds));
            for (int b = 0; b < 1 << pages; b++) {
                PageRanges other = of(ofMask(b));
                assertEquals(of(ofMask(a | b)), one.union(other));
                assertEquals(of(ofMask(a & b)), one.intersect(other));
                assertEquals(of(ofMask(a & ~b)), one.subtract(other));
                assertEquals(a == b, one.equals(other));
            }
        }
    }

    @Test
    void everyRangeOfASmallSetIsFoundInIt() {
        int pages = 8;
        for (int mask = 0; mask < 1 << pages; mask++) {
            PageRanges set = of(ofMask(mask));
            for (int first = 0; first < pages; first++) {
                assertEquals((mask >>> first & 1) != 0, set.contains(first));
                for (int end = first + 1; end <= pages; end++) {
                    PageRange range = PageRange.between(first, end);
                    int of = (1 << end) - (1 << first);
                    assertEquals((mask & of) == of, set.contains(range));
                    assertEquals((mask & of) != 0, set.overlaps(range));
                }
            }
            assertFalse(set.contains(-1));
            assertFalse(set.contains(pages));
            assertFalse(set.contains(Long.MAX_VALUE));
        }
    }

    @Test
    void rangesThatOverlapOrTouchBecomeOne() {
        PageRanges set =
                PageRanges.of(
                        new PageRange(10, 2),
                        new PageRange(0, 3),
                        new PageRange(3, 2),
                        new PageRange(1, 1),
                        new PageRange(11, 4));
        assertEquals(List.of(new PageRange(0, 5), new PageRange(10, 5)), set.asList());
        assertEquals(2, set.rangeCount());
        assertEquals("[[0, 5), [10, 15)]", set.toString());
    }

    @Test
    void theOrderInWhichRangesComeDoesNotMatter() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < Soak.count(200, 20_000); round++) {
            List<PageRange> ranges = new ArrayList<>();
            BitSet model = new BitSet();
            for (int i = random.nextInt(20); i > 0; i--) {
                int first = random.nextInt(100);
                int count = 1 + random.nextInt(10);
                ranges.add(new PageRange(first, count));
                model.set(first, first + count);
            }
            Collections.shuffle(ranges, random);
            PageRanges set = PageRanges.of(ranges);
            assertEquals(of(model), set, () -> "seed " + seed);
            assertEquals(of(model).hashCode(), set.hashCode(), () -> "seed " + seed);
            assertEquals(model.cardinality(), set.pageCount(), () -> "seed " + seed);
        }
    }

    @Test
    void largeSetsCombineAsTheirBitsDo() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int pages = 3000;
        for (int round = 0; round < Soak.count(50, 5_000); round++) {
            BitSet one = randomBits(random, pages);
            BitSet other = randomBits(random, pages);
            BitSet both = (BitSet) one.clone();
            both.and(other);
            BitSet either = (BitSet) one.clone();
            either.or(other);
            BitSet rest = (BitSet) one.clone();
            rest.andNot(other);
            assertEquals(of(both), of(one).intersect(of(other)), () -> "seed " + seed);
            assertEquals(of(either), of(one).union(of(other)), () -> "seed " + seed);
            assertEquals(of(rest), of(one).subtract(of(other)), () -> "seed " + seed);
            for (int page = 0; page < pages; page++) {
                assertEquals(one.get(page), of(either).contains(page) && one.get(page));
            }
        }
    }

    private static BitSet randomBits(Random random, int pages) {
        BitSet bits = new BitSet();
        int at = 0;
        while (at < pages) {
            int end = Math.min(pages, at + 1 + random.nextInt(40));
            bits.set(at, end, random.nextBoolean());
            at = end;
        }
        return bits;
    }

    @Test
    void theLargestPagesCombineWithoutOverflow() {
        PageRanges all = PageRanges.of(new PageRange(0, Long.MAX_VALUE));
        PageRanges last = PageRanges.of(LAST);
        assertEquals(Long.MAX_VALUE, all.pageCount());
        assertTrue(all.contains(LAST));
        assertTrue(last.contains(LAST.firstPage()));
        assertFalse(last.contains(Long.MAX_VALUE));
        assertEquals(all, all.union(last));
        assertEquals(last, all.intersect(last));
        assertEquals(
                PageRanges.of(new PageRange(0, Long.MAX_VALUE - 1)),
                last.complement(new PageRange(0, Long.MAX_VALUE)));
        assertEquals(
                PageRanges.EMPTY,
                PageRanges.of(new PageRange(0, 1), LAST)
                        .intersect(PageRanges.of(new PageRange(1, Long.MAX_VALUE - 2))));
    }

    @Test
    void theVisitorSeesTheRangesInOrder() {
        PageRanges set = PageRanges.of(new PageRange(5, 1), new PageRange(1, 2), LAST);
        List<PageRange> seen = new ArrayList<>();
        set.forEach((first, count) -> seen.add(new PageRange(first, count)));
        assertEquals(set.asList(), seen);
        assertEquals(List.of(new PageRange(1, 2), new PageRange(5, 1), LAST), seen);
    }

    @Test
    void whatAVisitThrowsComesOut() {
        Exception failure = new Exception("full");
        PageRanges set = PageRanges.of(new PageRange(5, 1));
        assertSame(
                failure,
                assertThrows(
                        Exception.class,
                        () ->
                                set.forEach(
                                        (_, _) -> {
                                            throw failure;
                                        })));
    }

    @Test
    void aBuilderRefusesPagesOutOfOrder() {
        PageRanges.Builder builder = new PageRanges.Builder();
        builder.add(10, 5);
        builder.add(12, 10);
        assertThrows(IllegalArgumentException.class, () -> builder.add(9, 1));
        assertThrows(IllegalArgumentException.class, () -> builder.add(30, 0));
        PageRanges built = builder.build();
        builder.add(22, 1);
        assertEquals(PageRanges.of(new PageRange(10, 12)), built);
        assertEquals(PageRanges.of(new PageRange(10, 13)), builder.build());
    }

    @Test
    void aSetIsAValueAndCannotBeChanged() {
        PageRanges set = PageRanges.of(new PageRange(1, 2));
        assertNotEquals(set, PageRanges.EMPTY);
        assertSame(PageRanges.EMPTY, set.subtract(set));
        assertSame(PageRanges.EMPTY, PageRanges.of());
        assertThrows(UnsupportedOperationException.class, () -> set.asList().clear());
        assertThrows(IndexOutOfBoundsException.class, () -> set.range(1));
        assertThrows(IndexOutOfBoundsException.class, () -> set.range(-1));
    }
}
