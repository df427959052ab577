package io.coldframe.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Soak;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.BitSet;
import java.util.concurrent.atomic.AtomicInteger;

/// Real threads that fault, mark, step down, drain, fail and commit at once.
final class TrackedRegionRaceTest {

    private static final PageSize PAGE = PageSize.KIB_4;
    private static final PageSize BLOCK = PageSize.KIB_64;
    private static final int PAGE_COUNT = 320;
    private static final PageGrid GRID = new PageGrid(0, PAGE.bytes(PAGE_COUNT), PAGE);

    // The second fault in a block steps down, so each round does.
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

    private void commit() {
        BitmapJudge.collect(taken::drain).stream().forEach(committed::set);
        region.checkpoint();
    }

    private void capture(int round) {
        while (marking.get() > 0) {
            region.drainTo(taken);
            if (round % 3 == 0) {
                region.putBack(taken);
                region.checkpoint();
            } else {
                commit();
            }
        }
    }

    @Test
    void everyMarkIsCapturedWhateverSwitches() throws Exception {
        marking.set(2);
        Rounds.run(
                Soak.count(1_000, 100_000),
                round -> {
                    region.drainTo(taken);
                    commit();
                    assertEquals(PAGE_COUNT, committed.cardinality(), "round " + round);
                    committed.clear();
                    marking.set(2);
                },
                _ -> {
                    // The even pages fault, in an order that meets every block again and again.
                    for (int i = 0; i < PAGE_COUNT / 2; i++) {
                        long page = i * 37L % (PAGE_COUNT / 2) * 2;
                        WriteGrant grant = region.onFault(PAGE.bytes(page)).orElseThrow();
                        assertTrue(grant.address() <= PAGE.bytes(page));
                    }
                    marking.decrementAndGet();
                },
                _ -> {
                    for (int page = 1; page < PAGE_COUNT; page += 2) {
                        region.mark(PAGE.bytes(page));
                    }
                    marking.decrementAndGet();
                },
                this::capture);
    }

    @Test
    void whatAFaultGrantsIsDirtyWhenTheNextDrainLooks() throws Exception {
        // One fault and one switch a round: the narrowest race, many times.
        long[] granted = {0, 0};
        Rounds.run(
                Soak.count(5_000, 1_000_000),
                round -> {
                    region.drainTo(taken);
                    BitSet dirty = BitmapJudge.collect(taken::drain);
                    for (long page = granted[0]; page < granted[1]; page++) {
                        assertTrue(dirty.get((int) page), "round " + round + " page " + page);
                    }
                    region.checkpoint();
                },
                round -> {
                    long address = PAGE.bytes(round % PAGE_COUNT);
                    WriteGrant grant = region.onFault(address).orElseThrow();
                    granted[0] = GRID.page(grant.address());
                    granted[1] = granted[0] + PAGE.pageCount(grant.byteCount());
                },
                round -> {
                    if (round % 2 == 0) {
                        // Two faults in one block step down.
                        region.onFault(PAGE.bytes(PAGE_COUNT - 1));
                        region.onFault(PAGE.bytes(PAGE_COUNT - 2));
                    } else {
                        region.checkpoint();
                    }
                });
    }
}
