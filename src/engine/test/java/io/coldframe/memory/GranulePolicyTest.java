package io.coldframe.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class GranulePolicyTest {

    @Test
    void aBlockHasMoreGrantsThanTheThresholdAndHalfAsManyWouldNotDo() {
        for (int threshold = 1; threshold < 512; threshold++) {
            PageSize grant =
                    new GranulePolicy(PageSize.MIB_2, PageSize.KIB_4, threshold, 1).grant();
            long grants = PageSize.MIB_2.pagesOf(grant);
            assertTrue(grants > threshold, threshold + " of " + grants);
            assertTrue(grants / 2 <= threshold, threshold + " of " + grants);
            assertTrue(grant.isMultipleOf(PageSize.KIB_4));
        }
    }

    @Test
    void aPolicyThatCanNeverFireIsRefused() {
        // 512 pages of 4 KiB in a block: 511 faults can be exceeded, 512 can't.
        assertEquals(
                PageSize.KIB_4, new GranulePolicy(PageSize.MIB_2, PageSize.KIB_4, 511, 1).grant());
        for (int threshold : new int[] {512, 513, 1 << 20, Integer.MAX_VALUE}) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new GranulePolicy(PageSize.MIB_2, PageSize.KIB_4, threshold, 1));
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> new GranulePolicy(PageSize.MIB_2, PageSize.MIB_2, 1, 1));
        assertThrows(
                IllegalArgumentException.class,
                () -> new GranulePolicy(PageSize.KIB_4, PageSize.MIB_2, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> GranulePolicy.standard(PageSize.KIB_64));
    }

    @Test
    void aThresholdAndAWindowArePositive() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new GranulePolicy(PageSize.MIB_2, PageSize.KIB_4, 0, 1));
        assertThrows(
                IllegalArgumentException.class,
                () -> new GranulePolicy(PageSize.MIB_2, PageSize.KIB_4, -1, 1));
        assertThrows(
                IllegalArgumentException.class,
                () -> new GranulePolicy(PageSize.MIB_2, PageSize.KIB_4, 1, 0));
    }

    @Test
    void theStandardPolicyGrants32KibibytesOnBothCommonPages() {
        for (PageSize page : new PageSize[] {PageSize.KIB_4, PageSize.KIB_16}) {
            GranulePolicy policy = GranulePolicy.standard(page);
            assertEquals(32L << 10, policy.grant().bytes());
            assertEquals(PageSize.MIB_2, policy.block());
            assertEquals(32, policy.threshold());
            assertEquals(100_000_000, policy.windowNs());
        }
    }
}
