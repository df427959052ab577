package io.coldframe.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// One bit per guest page, off the heap; a set bit means *written since it was last taken out*.
///
/// Page `p` of the [#grid()] is bit `p & 63` of the little-endian word `p >>> 6`: the layout that
/// KVM_GET_DIRTY_LOG fills, so the kernel writes straight into [#words()]. Bits at and past
/// [#pageCount()] are undefined and never read; a kernel may leave anything there. 1 TiB in pages
/// of 4 KiB takes 32 MiB.
///
/// **Lifetime.** A bitmap of [#create(PageGrid)] owns its words and frees them in [#close()]; one
/// in an arena or over a segment of the caller borrows them, and closing it does nothing. Use after
/// the words are gone is an [IllegalStateException].
///
/// **Threads.** All methods but [#close()] may be called by any number of threads at once; nothing
/// locks. No bit is ever lost: a bit that one thread sets stays here until a thread takes it out
/// ([#drain], [#drainTo], [#putBack], [#andNot], [#clear]), and that thread gets it. A walk sees
/// every mark that happened before it; a mark during the walk is seen by this walk or by the next
/// one.
///
/// **Ordering.** Who takes a bit out sees everything that the thread which set it did before, so it
/// reads the page as it was then or newer. A mark that finds the page dirty changes nothing, which
/// is what makes it cheap, and orders nothing: while another thread drains, the processor may let
/// the mark's read of the bit overtake a write to the page that stands before it, so the bit may be
/// gone and the page copied before the write arrives. So:
///  - who marks *before* the write and then lets it through (a fault handler that grants write
///    permission) calls [#mark] or one like it, and keeps drain and re-protection out of the time
///    between mark and grant;
///  - who marks *after* the write (a device model that wrote guest memory) calls [#markWritten],
///    which changes the word also where the bit is set. A drain that took the bit before leaves it
///    clean for the mark to set; one that takes it later is ordered after the mark, and so after
///    the write. A fence before the mark would not do: the processor may let the drain's reads of
///    the page overtake the drain's own change of the word (arm64 without LSE does).
public final class DirtyBitmap implements AutoCloseable {

    // A cache line, so that the words that share one are the same at every run.
    private static final long WORDS_ALIGNMENT = 64;

    private final PageGrid grid;
    private final long startAddress;
    private final long byteCount;
    private final int pageShift;
    private final long pageCount;
    private final MemorySegment words;
    private final Runnable release;

    private DirtyBitmap(PageGrid grid, MemorySegment words, Runnable release) {
        this.grid = grid;
        this.startAddress = grid.startAddress();
        this.byteCount = grid.byteCount();
        this.pageShift = grid.pageSize().shift();
        this.pageCount = grid.pageCount();
        this.words = words;
        this.release = release;
    }

    /// {@return a clean bitmap that owns its words}
    ///
    /// @param grid what to have bits for
    public static DirtyBitmap create(PageGrid grid) {
        Arena arena = Arena.ofShared();
        try {
            return new DirtyBitmap(grid, allocate(grid, arena), arena::close);
        } catch (Throwable failure) {
            arena.close();
            throw failure;
        }
    }

    /// {@return a clean bitmap that borrows its words}
    ///
    /// @param grid what to have bits for
    /// @param arena owns the words; shared, if more than one thread uses them
    public static DirtyBitmap create(PageGrid grid, Arena arena) {
        return new DirtyBitmap(grid, allocate(grid, arena), () -> {});
    }

    /// {@return a bitmap over words that are there, with the dirty pages that are in them}
    ///
    /// @param grid what there are bits for
    /// @param words at least [#wordBytes(PageGrid)] writable bytes at a multiple of 8
    public static DirtyBitmap over(PageGrid grid, MemorySegment words) {
        checkWords(grid, words);
        if (words.isReadOnly()) {
            throw new IllegalArgumentException("the words are read-only: " + words);
        }
        return new DirtyBitmap(grid, words.asSlice(0, wordBytes(grid)), () -> {});
    }

    /// {@return how many bytes the words of a bitmap take: a multiple of 8, as KVM writes them}
    ///
    /// @param grid what to have bits for
    public static long wordBytes(PageGrid grid) {
        return BitmapWords.byteCount(grid.pageCount());
    }

    private static MemorySegment allocate(PageGrid grid, Arena arena) {
        return arena.allocate(wordBytes(grid), WORDS_ALIGNMENT);
    }

    private static void checkWords(PageGrid grid, MemorySegment words) {
        if (words.byteSize() < wordBytes(grid)) {
            throw new IllegalArgumentException(
                    "%d bytes of words, but %s takes %d"
                            .formatted(words.byteSize(), grid, wordBytes(grid)));
        }
        // Reading the first one refuses a segment that is not aligned for atomic access.
        long ignored = words.get(BitmapWords.WORD, 0);
    }

    /// {@return the addresses that this covers, and their pages}
    public PageGrid grid() {
        return grid;
    }

    /// {@return how many pages this has a bit for}
    public long pageCount() {
        return pageCount;
    }

    /// {@return the words themselves, for a kernel to write into}
    ///
    /// A kernel overwrites words without looking, so it loses marks that are in them. Let it fill a
    /// bitmap that nobody marks, and add that to the other one with [#union].
    public MemorySegment words() {
        return words;
    }

    /// Marks the page of `address`, before a write to it is let through: see *Ordering* above.
    ///
    /// @param address any address
    /// @return what was found there
    public Mark mark(long address) {
        // Unsigned, so that an address below the start is a large offset: one comparison for both.
        long offset = address - startAddress;
        if (Long.compareUnsigned(offset, byteCount) >= 0) {
            return Mark.OUT_OF_RANGE;
        }
        return BitmapWords.mark(words, offset >>> pageShift) ? Mark.FRESH : Mark.ALREADY_DIRTY;
    }

    /// Marks `page`, before a write to it is let through: see *Ordering* above.
    ///
    /// @param page any number
    /// @return what was found there
    public Mark markPage(long page) {
        if (Long.compareUnsigned(page, pageCount) >= 0) {
            return Mark.OUT_OF_RANGE;
        }
        return BitmapWords.mark(words, page) ? Mark.FRESH : Mark.ALREADY_DIRTY;
    }

    /// Marks the pages `[firstPage, firstPage + pageCount)`, before a write to them is let through:
    /// all of them, or none when one is not here.
    ///
    /// @param firstPage any number
    /// @param pageCount how many; none are [Mark#ALREADY_DIRTY]
    /// @return what was found there
    public Mark markPages(long firstPage, long pageCount) {
        if (firstPage < 0 || pageCount < 0 || pageCount > this.pageCount - firstPage) {
            return Mark.OUT_OF_RANGE;
        }
        return BitmapWords.markRun(words, firstPage, pageCount) ? Mark.FRESH : Mark.ALREADY_DIRTY;
    }

    /// Marks the pages of `[address, address + byteCount)`, before a write to them is let through:
    /// all of them, or none when one byte is not here.
    ///
    /// @param address any address
    /// @param byteCount how many; none are [Mark#ALREADY_DIRTY]
    /// @return what was found there
    public Mark markBytes(long address, long byteCount) {
        return markPagesOf(address, byteCount, BitmapWords::markRun);
    }

    /// As [#markBytes], after this thread has written there: see *Ordering* above. Costs an atomic
    /// change of a word also where every page is dirty.
    ///
    /// @param address any address
    /// @param byteCount how many; none are [Mark#ALREADY_DIRTY]
    /// @return what was found there
    public Mark markWritten(long address, long byteCount) {
        return markPagesOf(address, byteCount, BitmapWords::remarkRun);
    }

    /// How the pages of a run are marked: with or without a look first.
    @FunctionalInterface
    private interface RunMarker {
        boolean mark(MemorySegment words, long firstPage, long pageCount);
    }

    private Mark markPagesOf(long address, long byteCount, RunMarker marker) {
        if (address < startAddress
                || byteCount < 0
                || byteCount > this.byteCount - (address - startAddress)) {
            return Mark.OUT_OF_RANGE;
        }
        if (byteCount == 0) {
            return Mark.ALREADY_DIRTY;
        }
        long firstPage = (address - startAddress) >>> pageShift;
        long lastPage = (address - startAddress + byteCount - 1) >>> pageShift;
        return marker.mark(words, firstPage, lastPage - firstPage + 1)
                ? Mark.FRESH
                : Mark.ALREADY_DIRTY;
    }

    /// {@return whether the page of `address` is dirty}
    ///
    /// @param address any address; one that is not here is not dirty
    public boolean isDirty(long address) {
        return grid.contains(address) && isPageDirty(grid.page(address));
    }

    /// {@return whether `page` is dirty}
    ///
    /// @param page any number; a page that is not here is not dirty
    public boolean isPageDirty(long page) {
        return Long.compareUnsigned(page, pageCount) < 0 && BitmapWords.isDirty(words, page);
    }

    /// {@return the first dirty page at or after `fromPage`, or [#pageCount()] if there is none}
    ///
    /// With [#nextClean] a cursor over runs that stays the caller's:
    /// ```
    /// for (long at = b.nextDirty(0); at < b.pageCount(); at = b.nextDirty(end)) {
    ///     end = b.nextClean(at);
    /// ```
    ///
    /// @param fromPage where to start, not negative
    public long nextDirty(long fromPage) {
        checkFrom(fromPage);
        return BitmapWords.nextDirty(words, pageCount, fromPage);
    }

    /// {@return the first clean page at or after `fromPage`, or [#pageCount()] if there is none}
    ///
    /// @param fromPage where to start, not negative
    public long nextClean(long fromPage) {
        checkFrom(fromPage);
        return BitmapWords.nextClean(words, pageCount, fromPage);
    }

    /// Visits the runs of dirty pages in ascending order and leaves them dirty.
    ///
    /// The runs are disjoint, and as long as they can be while nobody else changes the bitmap.
    ///
    /// @param <X> what a visit may throw
    /// @param visitor takes each run
    /// @throws X what a visit threw, after which there is none
    public <X extends Exception> void forEachDirty(PageRunVisitor<X> visitor) throws X {
        BitmapWords.visitRuns(words, pageCount, false, visitor);
    }

    /// Takes the dirty pages out, and visits them as [#forEachDirty] does.
    ///
    /// A page is clean before it is visited, so a mark during the visit stays for the next drain. A
    /// run whose visit throws is put back, as is everything after it; the runs before it were
    /// handed over.
    ///
    /// @param <X> what a visit may throw
    /// @param visitor takes each run
    /// @throws X what a visit threw, after which there is none
    public <X extends Exception> void drain(PageRunVisitor<X> visitor) throws X {
        BitmapWords.visitRuns(words, pageCount, true, visitor);
    }

    /// Moves the dirty pages to `target`, and adds them to what is there. At every instant a page
    /// is dirty in one of the two.
    ///
    /// @param target another bitmap of the same grid, which others may be marking too, but nobody
    ///     drains: a mark that finds its page dirty here may rely on a bit that is there already
    public void drainTo(DirtyBitmap target) {
        checkOther(target);
        BitmapWords.move(words, target.words, pageCount);
    }

    /// Takes back what a capture that failed had drained.
    ///
    /// @param drained another bitmap of the same grid, clean after this
    public void putBack(DirtyBitmap drained) {
        drained.drainTo(this);
    }

    /// Marks every page that is dirty in `other`.
    ///
    /// @param other another bitmap of the same grid, which stays as it is
    public void union(DirtyBitmap other) {
        checkOther(other);
        BitmapWords.union(words, other.words, pageCount);
    }

    /// Makes every page clean that is dirty in `other`.
    ///
    /// @param other another bitmap of the same grid, which stays as it is
    public void andNot(DirtyBitmap other) {
        checkOther(other);
        BitmapWords.andNot(words, other.words, pageCount);
    }

    /// Marks every page that is set in a log as KVM_GET_DIRTY_LOG fills it, word by word.
    ///
    /// @param log at least [#wordBytes(PageGrid)] bytes at a multiple of 8; what follows the bit of
    ///     the last page is not read
    public void ingest(MemorySegment log) {
        checkWords(grid, log);
        BitmapWords.union(words, log, pageCount);
    }

    /// Marks in `finer` every page that a dirty page here is made of. This bitmap stays as it is.
    ///
    /// @param finer a bitmap of the same addresses in smaller pages
    public void foldInto(DirtyBitmap finer) {
        checkFiner(finer, this);
        long ratio = grid.pageSize().pagesOf(finer.grid.pageSize());
        forEachDirty((firstPage, count) -> finer.markFolded(firstPage, count, ratio));
    }

    /// Marks what `count` pages of a coarser bitmap are made of; the last of them may be partial.
    void markFolded(long firstPage, long count, long ratio) {
        long first = firstPage * ratio;
        BitmapWords.markRun(words, first, Math.min(count * ratio, pageCount - first));
    }

    /// Marks in `coarser` every page of which a page is dirty here. This bitmap stays as it is.
    ///
    /// @param coarser a bitmap of the same addresses in larger pages
    public void coarsenInto(DirtyBitmap coarser) {
        checkFiner(this, coarser);
        int shift = coarser.pageShift - pageShift;
        forEachDirty(
                (firstPage, count) -> {
                    long first = firstPage >>> shift;
                    long last = (firstPage + count - 1) >>> shift;
                    BitmapWords.markRun(coarser.words, first, last - first + 1);
                });
    }

    /// {@return how many pages are dirty}
    public long dirtyCount() {
        return BitmapWords.count(words, pageCount);
    }

    /// Makes every page clean. A mark that races this is before it or after it.
    public void clear() {
        BitmapWords.clear(words, pageCount);
    }

    /// Frees the words if this owns them. A second call does nothing.
    @Override
    public void close() {
        if (words.scope().isAlive()) {
            release.run();
        }
    }

    @Override
    public String toString() {
        return "dirty pages of " + grid;
    }

    private static void checkFrom(long fromPage) {
        if (fromPage < 0) {
            throw new IllegalArgumentException("fromPage is negative: " + fromPage);
        }
    }

    private void checkOther(DirtyBitmap other) {
        if (!grid.equals(other.grid)) {
            throw new IllegalArgumentException("other pages: " + grid + " and " + other.grid);
        }
        // Moved onto itself a bit would be set and then cleared.
        if (words.asOverlappingSlice(other.words).isPresent()) {
            throw new IllegalArgumentException("the same words twice: " + grid);
        }
    }

    private static void checkFiner(DirtyBitmap finer, DirtyBitmap coarser) {
        if (!finer.grid.sameRange(coarser.grid) || finer.pageShift >= coarser.pageShift) {
            throw new IllegalArgumentException(
                    "not the same addresses in finer pages: "
                            + finer.grid
                            + " under "
                            + coarser.grid);
        }
    }
}
