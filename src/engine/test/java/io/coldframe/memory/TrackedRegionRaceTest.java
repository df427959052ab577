package io.coldframe.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Soak;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.BitSet;
import java.util.concurrent.atomic.AtomicInteger;

/// Real threads that fault and mark while another one steps down, drains, fails and commits.
///
/// Each block is marked once in a round: a second mark would hide that the first was lost, because
/// a block is captured whole.
final class TrackedRegionRaceTest {

    private static final PageSize PAGE = PageSize.KIB_4;
    private static final PageSize BLOCK = new PageSize(13);
    private static final int BLOCK_COUNT = 1000;
    private static final PageGrid GRID = new PageGrid(0, BLOCK.bytes(BLOCK_COUNT), PAGE);

    // The second fault in a block steps down.
    private final TrackedRegion region =
            TrackedRegion.create(GRID, new GranulePolicy(BLOCK, PAGE, 1, 1), () -> 0);
    private final DirtyBitmap taken = DirtyBitmap.create(GRID);
    private final AtomicInteger marking = new AtomicInteger();
    private final BitSet committed = new BitSet();

    @AfterEach
    void close() {
        region.close();
        taken.close();
    }

    private static long address(int block, int round) {
        return BLOCK.bytes(block) + round % 2 * (long) PAGE.bytes();
    }

    private void stepDown() {
        region.onFault(0);
        region.onFault(PAGE.bytes());
    }

    private void commit() {
        BitmapJudge.collect(taken::drain).stream().forEach(committed::set);
        region.checkpoint();
    }

    private void capture(int round) {
        for (int i = 0; marking.get() > 0; i++) {
            stepDown();
            region.drainTo(taken);
            if ((round + i) % 3 == 0) {
                region.checkpoint();
                region.putBack(taken);
            } else {
                commit();
            }
        }
    }

    private void faultInOddBlocks(int round) {
        for (int block = 1; block < BLOCK_COUNT; block += 2) {
            WriteGrant grant = region.onFault(address(block, round)).orElseThrow();
            assertEquals(address(block, round), grant.address());
        }
    }

    private void markEvenBlocks(int round) {
        for (int block = 2; block < BLOCK_COUNT; block += 2) {
            region.mark(address(block, round));
        }
    }

    /// The capture ends too when the marks fail, or the test would never say so.
    private void whileMarking(Runnable marks) {
        try {
            marks.run();
        } finally {
            marking.decrementAndGet();
        }
    }

    @Test
    void everyMarkIsCapturedWhateverSwitches() throws Exception {
        marking.set(2);
        Rounds.run(
                Soak.count(1_000, 200_000),
                round -> {
                    region.drainTo(taken);
                    commit();
                    for (int block = 1; block < BLOCK_COUNT; block++) {
                        int page = (int) GRID.page(address(block, round));
                        assertTrue(committed.get(page), "round " + round + " block " + block);
                    }
                    committed.clear();
                    marking.set(2);
                },
                round -> whileMarking(() -> faultInOddBlocks(round)),
                round -> whileMarking(() -> markEvenBlocks(round)),
                this::capture);
    }
}
