package io.coldframe.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Soak;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/// Judged by a model that keeps every fault for ever.
final class FaultCountsTest {

    private static final PageSize BLOCK = PageSize.MIB_2;
    private static final PageSize PAGE = PageSize.KIB_4;

    /// Every fault of every block, and a count over those in the window.
    private static final class Model {
        private final Map<Long, List<Long>> timesNs = new HashMap<>();
        private final GranulePolicy policy;

        Model(GranulePolicy policy) {
            this.policy = policy;
        }

        boolean exceed(long block, long nowNs) {
            List<Long> times = timesNs.computeIfAbsent(block, _ -> new ArrayList<>());
            times.add(nowNs);
            long inWindow = times.stream().filter(t -> nowNs - t <= policy.windowNs()).count();
            return inWindow > policy.threshold();
        }
    }

    @Test
    void theWindowSlidesExactly() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < Soak.count(60, 6_000); round++) {
            int threshold = 1 + random.nextInt(round % 3 == 0 ? 3 : 40);
            long windowNs = random.nextLong(1, 1001);
            GranulePolicy policy = new GranulePolicy(BLOCK, PAGE, threshold, windowNs);
            // Near the largest number too: a clock may start anywhere.
            AtomicLong clock =
                    new AtomicLong(round % 2 == 0 ? 0 : Long.MAX_VALUE - random.nextInt(1000));
            FaultCounts counts = new FaultCounts(policy, clock::get);
            Model model = new Model(policy);
            int blocks = 1 + random.nextInt(4);
            // Between far too slow to exceed the threshold and far too fast not to.
            int pause = 1 + (int) (windowNs * (1 + random.nextInt(4)) / threshold / blocks);
            for (int fault = 0; fault < 500; fault++) {
                long block = random.nextInt(blocks);
                boolean expected = model.exceed(block, clock.get());
                if (expected) {
                    // The model counts this fault, the ring that is full keeps the older ones. A
                    // region steps down here and starts anew, so the two need not agree later.
                    assertTrue(counts.exceed(block), () -> "seed " + seed);
                    break;
                }
                assertFalse(counts.exceed(block), () -> "seed " + seed);
                clock.addAndGet(random.nextInt(2 * pause));
            }
        }
    }

    @Test
    void theFaultAfterTheThresholdExceedsItUpToTheLastInstantOfTheWindow() {
        for (long lateNs : new long[] {0, 1}) {
            AtomicLong clock = new AtomicLong(77);
            GranulePolicy policy = new GranulePolicy(BLOCK, PAGE, 32, 100);
            FaultCounts counts = new FaultCounts(policy, clock::get);
            for (int fault = 0; fault < 32; fault++) {
                assertFalse(counts.exceed(5));
            }
            clock.addAndGet(100 + lateNs);
            assertEquals(lateNs == 0, counts.exceed(5));
        }
    }

    @Test
    void blocksAreCountedApart() {
        FaultCounts counts = new FaultCounts(new GranulePolicy(BLOCK, PAGE, 32, 100), () -> 0);
        for (int fault = 0; fault < 32; fault++) {
            for (long block = 0; block < 100; block++) {
                assertFalse(counts.exceed(block));
            }
        }
        assertTrue(counts.exceed(99));
        assertTrue(counts.exceed(0));
    }

    @Test
    void blocksThatFaultedLongAgoTakeNoMemory() {
        AtomicLong clock = new AtomicLong();
        FaultCounts counts = new FaultCounts(new GranulePolicy(BLOCK, PAGE, 32, 100), clock::get);
        assertEquals(0, counts.windowCount());
        for (long block = 0; block < 200_000; block++) {
            assertFalse(counts.exceed(block));
            clock.incrementAndGet();
            assertTrue(counts.windowCount() <= 1025, "block " + block);
        }
    }

    @Test
    void blocksInTheWindowAreNotForgottenByASweep() {
        FaultCounts counts = new FaultCounts(new GranulePolicy(BLOCK, PAGE, 2, 100), () -> 0);
        for (long block = 0; block < 5_000; block++) {
            assertFalse(counts.exceed(block));
        }
        for (long block = 0; block < 5_000; block++) {
            assertFalse(counts.exceed(block));
            assertTrue(counts.exceed(block));
        }
        assertEquals(5_000, counts.windowCount());
    }

    @Test
    void faultsOfManyThreadsAreAllCounted() throws Exception {
        int each = 16;
        FaultCounts[] counts = {null};
        AtomicLong exceeded = new AtomicLong();
        GranulePolicy policy = new GranulePolicy(BLOCK, PAGE, 2 * each - 1, 100);
        counts[0] = new FaultCounts(policy, () -> 0);
        Rounds.Action faults =
                _ -> {
                    for (int i = 0; i < each; i++) {
                        if (counts[0].exceed(0)) {
                            exceeded.incrementAndGet();
                        }
                    }
                };
        Rounds.run(
                Soak.count(500, 50_000),
                round -> {
                    assertEquals(1, exceeded.getAndSet(0), "round " + round);
                    counts[0] = new FaultCounts(policy, () -> 0);
                },
                faults,
                faults);
    }
}
