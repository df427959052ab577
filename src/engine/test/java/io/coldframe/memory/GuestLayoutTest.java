package io.coldframe.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Soak;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.OptionalLong;
import java.util.Random;

final class GuestLayoutTest {
    private static final long PAGE = GuestLayout.PAGE.bytes();
    private static final long GIB = 1L << 30;

    @Test
    void regionsLieEndToEndInTheImage() {
        GuestLayout layout = GuestLayout.of(3 * GIB).then(4 * GIB, GIB);
        assertEquals(
                List.of(
                        new GuestRegion(0, 0, 0, 3 * GIB),
                        new GuestRegion(1, 4 * GIB, 3 * GIB, GIB)),
                layout.regions());
        assertEquals(4 * GIB, layout.byteCount());
        assertEquals("2 regions, 4294967296 bytes", layout.toString());
    }

    @Test
    void aHoleAndWhatIsOutsideHaveNoImageOffset() {
        GuestLayout layout = GuestLayout.startingAt(GIB, GIB).then(3 * GIB, GIB);
        assertEquals(OptionalLong.empty(), layout.imageOffset(0));
        assertEquals(OptionalLong.empty(), layout.imageOffset(GIB - 1));
        assertEquals(OptionalLong.of(0), layout.imageOffset(GIB));
        assertEquals(OptionalLong.of(GIB - 1), layout.imageOffset(2 * GIB - 1));
        assertEquals(OptionalLong.empty(), layout.imageOffset(2 * GIB));
        assertEquals(OptionalLong.empty(), layout.imageOffset(3 * GIB - 1));
        assertEquals(OptionalLong.of(GIB), layout.imageOffset(3 * GIB));
        assertEquals(OptionalLong.of(2 * GIB - 1), layout.imageOffset(4 * GIB - 1));
        assertEquals(OptionalLong.empty(), layout.imageOffset(4 * GIB));
        assertEquals(OptionalLong.empty(), layout.imageOffset(-1));
        assertEquals(OptionalLong.empty(), layout.imageOffset(Long.MAX_VALUE));
        assertEquals(OptionalLong.empty(), layout.imageOffset(Long.MIN_VALUE));
    }

    @Test
    void anOffsetOutsideTheImageIsRefused() {
        GuestLayout layout = GuestLayout.of(PAGE);
        for (long offset : new long[] {-1, PAGE, Long.MAX_VALUE, Long.MIN_VALUE}) {
            assertThrows(IndexOutOfBoundsException.class, () -> layout.guestAddress(offset));
            assertThrows(IndexOutOfBoundsException.class, () -> layout.regionAt(offset));
        }
        assertThrows(IndexOutOfBoundsException.class, () -> layout.parts(1, PAGE));
        assertThrows(IndexOutOfBoundsException.class, () -> layout.parts(1, Long.MAX_VALUE));
        assertThrows(IndexOutOfBoundsException.class, () -> layout.parts(0, -1));
        assertEquals(List.of(), layout.parts(PAGE, 0));
    }

    /// Every pair of ranges in a guest of eight pages, against a guest that is a bit mask.
    @Test
    void regionsThatShareAPageAreRefusedAndNoOthers() {
        for (int start = 0; start < 8; start++) {
            for (int end = start + 1; end <= 8; end++) {
                for (int other = 0; other < 8; other++) {
                    for (int otherEnd = other + 1; otherEnd <= 8; otherEnd++) {
                        checkPair(start, end, other, otherEnd);
                    }
                }
            }
        }
    }

    private static void checkPair(int start, int end, int other, int otherEnd) {
        int mask = (1 << end) - (1 << start);
        int otherMask = (1 << otherEnd) - (1 << other);
        GuestLayout one = GuestLayout.startingAt(start * PAGE, (end - start) * PAGE);
        long byteCount = (otherEnd - other) * PAGE;
        if ((mask & otherMask) == 0) {
            assertEquals(2, one.then(other * PAGE, byteCount).regions().size());
        } else {
            assertThrows(IllegalArgumentException.class, () -> one.then(other * PAGE, byteCount));
        }
    }

    @Test
    void whatIsNoWholePageIsRefused() {
        assertRefused(0, 0);
        assertRefused(0, -PAGE);
        assertRefused(0, PAGE - 1);
        assertRefused(0, PAGE + 1);
        assertRefused(1, PAGE);
        assertRefused(-PAGE, PAGE);
        assertRefused(Long.MIN_VALUE, PAGE);
    }

    @Test
    void whatWrapsIsRefused() {
        long last = Long.MAX_VALUE - PAGE + 1;
        assertRefused(last, PAGE);
        assertRefused(PAGE, last);
        assertEquals(
                last,
                GuestLayout.startingAt(last - PAGE, PAGE).regions().getFirst().endGuestAddress());
        GuestLayout huge = GuestLayout.of(last);
        assertThrows(IllegalArgumentException.class, () -> huge.then(last, PAGE));
        GuestLayout half = GuestLayout.of(1L << 62);
        assertThrows(IllegalArgumentException.class, () -> half.then(1L << 62, 1L << 62));
    }

    private static void assertRefused(long guestAddress, long byteCount) {
        assertThrows(
                IllegalArgumentException.class,
                () -> GuestLayout.startingAt(guestAddress, byteCount));
    }

    /// Regions in any order of addresses, against a list that is searched from the front.
    @Test
    void addressesAndOffsetsAreEachOthersInverse() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < Soak.count(200, 20_000); round++) {
            GuestLayout layout = randomLayout(random);
            for (int probe = 0; probe < 50; probe++) {
                long address = random.nextLong(0, 70 * PAGE);
                assertEquals(
                        naiveImageOffset(layout, address),
                        layout.imageOffset(address),
                        () -> "seed " + seed + ", address " + address);
                long offset = random.nextLong(layout.byteCount());
                assertEquals(
                        OptionalLong.of(offset),
                        layout.imageOffset(layout.guestAddress(offset)),
                        () -> "seed " + seed + ", offset " + offset);
                GuestRegion region = layout.regionAt(offset);
                assertTrue(region.imageOffset() <= offset && offset < region.endImageOffset());
            }
        }
    }

    private static GuestLayout randomLayout(Random random) {
        long start = random.nextLong(64);
        GuestLayout layout = GuestLayout.startingAt(start * PAGE, PAGE);
        for (int tries = random.nextInt(40); tries > 0; tries--) {
            long first = random.nextLong(64);
            long pages = 1 + random.nextLong(4);
            boolean isFree = true;
            for (long page = first; page < first + pages; page++) {
                isFree &= naiveImageOffset(layout, page * PAGE).isEmpty();
            }
            if (isFree) {
                layout = layout.then(first * PAGE, pages * PAGE);
            }
        }
        return layout;
    }

    private static OptionalLong naiveImageOffset(GuestLayout layout, long address) {
        long imageOffset = 0;
        for (GuestRegion region : layout.regions()) {
            if (address >= region.guestAddress()
                    && address < region.guestAddress() + region.byteCount()) {
                return OptionalLong.of(imageOffset + address - region.guestAddress());
            }
            imageOffset += region.byteCount();
        }
        return OptionalLong.empty();
    }

    /// Every range of an image of three regions, page by page.
    @Test
    void thePartsOfARangeCoverItInOrder() {
        GuestLayout layout =
                GuestLayout.startingAt(8 * PAGE, 2 * PAGE).then(0, PAGE).then(4 * PAGE, 3 * PAGE);
        for (long from = 0; from <= 6 * PAGE; from += PAGE / 2) {
            for (long to = from; to <= 6 * PAGE; to += PAGE / 2) {
                long at = from;
                for (RegionPart part : layout.parts(from, to - from)) {
                    assertEquals(at, part.region().imageOffset() + part.offset());
                    assertTrue(part.offset() + part.byteCount() <= part.region().byteCount());
                    assertTrue(part.byteCount() > 0);
                    at += part.byteCount();
                }
                assertEquals(to, at);
            }
        }
    }

    @Test
    void layoutsAreEqualByTheirRegions() {
        GuestLayout layout = GuestLayout.of(PAGE).then(2 * PAGE, PAGE);
        assertEquals(layout, GuestLayout.startingAt(0, PAGE).then(2 * PAGE, PAGE));
        assertEquals(layout.hashCode(), GuestLayout.of(PAGE).then(2 * PAGE, PAGE).hashCode());
        assertNotEquals(layout, GuestLayout.of(PAGE).then(3 * PAGE, PAGE));
        assertNotEquals(layout, GuestLayout.of(2 * PAGE));
    }
}
