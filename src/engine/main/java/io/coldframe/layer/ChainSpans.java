package io.coldframe.layer;

import io.coldframe.SnapshotException;
import io.coldframe.image.Restore;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.PageSize;
import io.coldframe.work.SpanWork;
import io.coldframe.work.Workers;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// One generation, as it is read as a whole.
///
/// **Lifetime.** Borrows the generation, and the one whose bytes are there already.
///
/// **Threads.** Any.
final class ChainSpans implements Restore.Source {

    // Long enough to keep a device busy, short enough for the last cache.
    static final long SPAN_BYTES = 2L << 20;

    private static final Restore.Sink IGNORING =
            new Restore.Sink() {
                @Override
                public void bytes(long imageOffset, MemorySegment bytes) {}

                @Override
                public void zeros(long imageOffset, long byteCount) {}

                @Override
                public void sum(long block, int sum) {}
            };

    private final LayerChain chain;
    private final Optional<LayerChain> present;
    private final AtomicLong bytesRead = new AtomicLong();

    private ChainSpans(LayerChain chain, Optional<LayerChain> present) {
        this.chain = chain;
        this.present = present;
    }

    /// All of it.
    static ChainSpans all(LayerChain chain) {
        return new ChainSpans(chain, Optional.empty());
    }

    /// What does not lie where it lies in another one.
    static ChainSpans over(LayerChain chain, LayerChain present) {
        return new ChainSpans(chain, Optional.of(present));
    }

    @Override
    public long byteCount() {
        return chain.byteCount();
    }

    @Override
    public PageSize pageSize() {
        return chain.index().blockSize();
    }

    @Override
    public long spanBytes() {
        return Math.max(SPAN_BYTES, pageSize().bytes());
    }

    @Override
    public int threadCount() {
        return Workers.readerCount();
    }

    @Override
    public boolean tellsSums(PageSize block) {
        return block.equals(pageSize());
    }

    /// Reads spans for one thread, and does no more than to compare their sums.
    SpanWork.Lane checkingReader(GuestLayout layout) {
        PageSize block = pageSize();
        SpanReader reader =
                new SpanReader(
                        chain,
                        each ->
                                "guest page %d at guest address 0x%x"
                                        .formatted(each, layout.guestAddress(block.bytes(each))),
                        spanBytes(),
                        false,
                        Optional.empty(),
                        bytesRead);
        return new SpanWork.Lane() {
            @Override
            public void accept(long offset, long byteCount) throws SnapshotException {
                reader.read(offset, byteCount, IGNORING);
            }

            @Override
            public void close() {
                reader.close();
            }
        };
    }

    @Override
    public Restore.Reader reader(long spanBytes, PageSize block) {
        boolean tellsSums = tellsSums(block);
        return new SpanReader(
                chain,
                BlockReader.plainly(pageSize()),
                spanBytes,
                tellsSums,
                // Whoever does not know the sum of a block must see its bytes.
                present.filter(_ -> tellsSums)
                        .map(each -> new ChangedBlocks(chain.index(), each.index())),
                bytesRead);
    }

    @Override
    public long bytesRead() {
        return bytesRead.get();
    }
}
