package io.coldframe.memory;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// Sorts the blocks of a memory into zero, unchanged and data, as runs, in one pass.
///
/// ```java
/// BlockSums sums = BlockSums.allocate(blockCount, arena);
/// BlockScan.of(memory, PageSize.KIB_4)
///         .against(parent)
///         .summing(sums)
///         .forEachRun((state, firstBlock, blockCount) -> …);
/// ```
/// The parent decides first: a block that equals it is [BlockState#UNCHANGED], also where both are
/// zero. The last block may be short. Each byte is fetched from memory once; what is looked at
/// twice (a piece in which a run ends, a block that is summed) is still in the nearest cache then.
///
/// **Lifetime.** Borrows the memory, the parent and the sums, and owns nothing.
///
/// **Threads.** Immutable. Several threads may scan at once, except that each needs [BlockSums] of
/// its own. Memory that is written during the scan is classified by what each look at it read, so a
/// capture that must be exact scans memory that nobody writes.
public final class BlockScan {

    private final MemorySegment memory;
    private final PageSize block;
    private final @Nullable MemorySegment parent;
    private final @Nullable BlockSums sums;

    private BlockScan(
            MemorySegment memory,
            PageSize block,
            @Nullable MemorySegment parent,
            @Nullable BlockSums sums) {
        this.memory = memory;
        this.block = block;
        this.parent = parent;
        this.sums = sums;
    }

    /// A scan that tells zero from data.
    ///
    /// @param memory what is scanned
    /// @param block how much of it is one block
    /// @return the scan, which has not run yet
    public static BlockScan of(MemorySegment memory, PageSize block) {
        return new BlockScan(memory, block, null, null);
    }

    /// The same scan, which also tells what `parent` has already.
    ///
    /// @param parent as long as the memory
    /// @return the scan, which has not run yet
    public BlockScan against(MemorySegment parent) {
        if (parent.byteSize() != memory.byteSize()) {
            throw new IllegalArgumentException(
                    "the parent has "
                            + parent.byteSize()
                            + " bytes, the memory "
                            + memory.byteSize());
        }
        return new BlockScan(memory, block, parent, sums);
    }

    /// The same scan, which also sums each block of data, in the pass that finds it.
    ///
    /// @param sums with room for every block of the memory
    /// @return the scan, which has not run yet
    public BlockScan summing(BlockSums sums) {
        if (sums.blockCount() < blockCount()) {
            throw new IllegalArgumentException(
                    "room for " + sums.blockCount() + " sums, but " + blockCount() + " blocks");
        }
        return new BlockScan(memory, block, parent, sums);
    }

    /// {@return how many blocks the memory has; the last may be short}
    public long blockCount() {
        return block.pageCount(memory.byteSize());
    }

    /// Scans all of the memory.
    ///
    /// @param <X> what taking a run may throw
    /// @param runs takes what is found
    /// @throws X if `runs` did; the scan ends there
    public <X extends Exception> void forEachRun(BlockRuns<X> runs) throws X {
        scan(0, memory.byteSize(), runs);
    }

    /// Scans some of the memory; blocks keep their numbers.
    ///
    /// @param <X> what taking a run may throw
    /// @param blocks which of its blocks
    /// @param runs takes what is found
    /// @throws X if `runs` did; the scan ends there
    public <X extends Exception> void forEachRun(PageRange blocks, BlockRuns<X> runs) throws X {
        Objects.checkFromToIndex(blocks.firstPage(), blocks.endPage(), blockCount());
        long end = Math.min(memory.byteSize(), block.bytes(blocks.endPage()));
        scan(block.bytes(blocks.firstPage()), end, runs);
    }

    private <X extends Exception> void scan(long from, long end, BlockRuns<X> runs) throws X {
        RunJoiner<X> joiner = new RunJoiner<>(block, from, runs);
        if (parent == null) {
            scanAlone(from, end, joiner);
        } else {
            scanAgainst(parent, from, end, joiner);
        }
        joiner.finish(end);
    }

    private <X extends Exception> void scanAlone(long from, long end, RunJoiner<X> joiner)
            throws X {
        for (long at = from; at < end; ) {
            long zeroEnd = PageScan.zeroRunEnd(memory, at, end, block.bytes());
            if (zeroEnd > at) {
                joiner.add(BlockState.ZERO, at);
                at = zeroEnd;
            }
            if (at < end) {
                joiner.add(BlockState.DATA, at);
                at = dataRunEnd(at, end);
            }
        }
    }

    /// Where the data ends that starts with the block at `from`, which is known to be data.
    private long dataRunEnd(long from, long end) {
        BlockSums sums = this.sums;
        if (sums == null) {
            return PageScan.dataRunEnd(memory, blockEnd(from, end), end, block.bytes());
        }
        // Summed as soon as it is known to be data, while it is still in the cache.
        long at = from;
        do {
            sum(sums, at, end);
            at = blockEnd(at, end);
        } while (at < end && !PageScan.isZeroBlock(memory, at, blockEnd(at, end)));
        return at;
    }

    private <X extends Exception> void scanAgainst(
            MemorySegment parent, long from, long end, RunJoiner<X> joiner) throws X {
        BlockSums sums = this.sums;
        for (long at = from; at < end; ) {
            long equalEnd = PageScan.equalRunEnd(memory, at, end, parent, 0, block.bytes());
            if (equalEnd > at) {
                joiner.add(BlockState.UNCHANGED, at);
                at = equalEnd;
            }
            if (at == end) {
                return;
            }
            // The block that ended the run counts as changed, whatever it is by now: memory that
            // went back and forth between two looks would keep the scan here.
            do {
                // Block by block: a zero block has to be compared too before it counts as zero.
                if (PageScan.isZeroBlock(memory, at, blockEnd(at, end))) {
                    joiner.add(BlockState.ZERO, at);
                } else {
                    joiner.add(BlockState.DATA, at);
                    if (sums != null) {
                        sum(sums, at, end);
                    }
                }
                at = blockEnd(at, end);
            } while (at < end && !PageScan.isEqualBlock(memory, at, blockEnd(at, end), parent, 0));
        }
    }

    private void sum(BlockSums sums, long at, long end) {
        sums.sum(block.page(at), memory, at, blockEnd(at, end) - at);
    }

    private long blockEnd(long at, long end) {
        // A difference, because the sum could overflow.
        return end - at > block.bytes() ? at + block.bytes() : end;
    }

    /// Joins what is found block by block into runs that are as long as they can be.
    private static final class RunJoiner<X extends Exception> {
        private final PageSize block;
        private final BlockRuns<X> runs;
        private long runStart;
        private @Nullable BlockState state;

        RunJoiner(PageSize block, long from, BlockRuns<X> runs) {
            this.block = block;
            this.runs = runs;
            this.runStart = from;
        }

        /// From the byte `from` on it is `next`.
        void add(BlockState next, long from) throws X {
            if (next != state) {
                finish(from);
                state = next;
                runStart = from;
            }
        }

        /// The last run ends at the byte `end`.
        void finish(long end) throws X {
            if (state != null) {
                long firstBlock = block.page(runStart);
                runs.accept(state, firstBlock, block.pageCount(end) - firstBlock);
            }
        }
    }
}
