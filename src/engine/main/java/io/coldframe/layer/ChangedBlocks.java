package io.coldframe.layer;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Which blocks of one generation do not lie where they lie in another one. The others are equal,
/// without a look at a byte; these may be.
///
/// **Threads.** One.
final class ChangedBlocks {

    private final RunCursor now;
    private final RunCursor before;
    private final int[] ordinals;
    private final boolean hasSameBase;

    ChangedBlocks(LayerIndex now, LayerIndex before) {
        this.now = new RunCursor(now.map());
        this.before = new RunCursor(before.map());
        this.ordinals = ordinals(now.layers(), before.layers());
        this.hasSameBase = now.base().equals(before.base());
    }

    /// The ordinals that the older one's layers have in the newer one, -2 for one that it lacks: a
    /// layer of the same id with other sums is another one.
    private static int[] ordinals(List<LayerRef> now, List<LayerRef> before) {
        Map<LayerRef, Integer> known = new HashMap<>();
        for (int i = 0; i < now.size(); i++) {
            known.put(now.get(i), i);
        }
        int[] ordinals = new int[before.size()];
        Arrays.setAll(ordinals, i -> known.getOrDefault(before.get(i), -2));
        return ordinals;
    }

    /// Sets the bits of the blocks `[firstBlock, endBlock)` that lie elsewhere.
    ///
    /// @param changed bit 0 is that of the first block; empty
    void mark(long firstBlock, long endBlock, BitSet changed) {
        now.seek(firstBlock);
        before.seek(firstBlock);
        for (long at = firstBlock; at < endBlock; ) {
            moveTo(at, now, endBlock);
            moveTo(at, before, endBlock);
            long end = Math.min(now.endBlock(), before.endBlock());
            if (!isSame(at)) {
                changed.set((int) (at - firstBlock), (int) (end - firstBlock));
            }
            at = end;
        }
    }

    private static void moveTo(long block, RunCursor runs, long endBlock) {
        if (runs.endBlock() <= block && !runs.next(endBlock)) {
            throw new AssertionError("the map ends at block %d of %d".formatted(block, endBlock));
        }
    }

    private boolean isSame(long block) {
        if (now.place() != before.place()) {
            return false;
        }
        return switch (now.place()) {
            case ZERO -> true;
            case PARENT -> hasSameBase;
            case DATA ->
                    now.layer() == ordinals[before.layer()]
                            && now.storedBlock(block) == before.storedBlock(block);
        };
    }
}
