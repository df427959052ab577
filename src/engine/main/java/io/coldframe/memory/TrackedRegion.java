package io.coldframe.memory;

import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;

/// Guest memory whose writes are found by write protection, at a granule that adapts to the guest.
///
/// It is tracked in blocks at first, and steps down to the host's pages when a block takes too many
/// faults in a window: see [GranulePolicy]. It stays there until the next [#checkpoint()].
///
/// **What a capture sees.** [#drainTo] gives pages of the host, whatever granule is in force: a
/// dirty block comes as all of its pages. Dirty is always a superset of written. A step down makes
/// every page of a dirty block dirty; the way back makes every block dirty that has a dirty page.
///
/// **The way of a capture.** While no write permission is about to be granted (the vCPUs are
/// paused, or the caller's own lock says so): [#drainTo] a bitmap of the capture's, then take write
/// permission away from the whole region. Then copy the pages. Then [#checkpoint()] if the snapshot
/// was committed, or [#putBack] if it was not. A granule switch in between changes nothing in this.
///
/// **Lifetime.** Owns both bitmaps, of which the finer takes a bit for each page of the host, and
/// frees them in [#close()]. Fault times are kept for the blocks that faulted within the window,
/// not for the region, and are dropped at every switch.
///
/// **Threads.** [#onFault], [#mark] and [#markWritten] are for any number of vCPU and device
/// threads at once. None waits for another, but for the one fault that steps down, and for faults
/// in the same block while they are counted. [#drainTo], [#checkpoint] and [#putBack] are for the
/// capture's thread; they exclude each other and a step down. Marks that race any of them are not
/// lost.
public final class TrackedRegion implements AutoCloseable {

    private final PageGrid blocks;
    private final PageGrid pages;
    private final GranulePolicy policy;
    private final LongSupplier clockNs;
    private final DirtyBitmap coarse;
    private final DirtyBitmap fine;
    private final MarkSwitch<Granule> granules;

    private TrackedRegion(
            PageGrid pages,
            GranulePolicy policy,
            LongSupplier clockNs,
            DirtyBitmap coarse,
            DirtyBitmap fine) {
        this.blocks = pages.in(policy.block());
        this.pages = pages;
        this.policy = policy;
        this.clockNs = clockNs;
        this.coarse = coarse;
        this.fine = fine;
        this.granules = new MarkSwitch<>(inBlocks(), new ReentrantLock());
    }

    /// A clean region under the standard policy and the system's clock.
    ///
    /// @param pages the region, in pages of the host
    /// @return a region that its owner closes
    public static TrackedRegion create(PageGrid pages) {
        return create(pages, GranulePolicy.standard(pages.pageSize()), System::nanoTime);
    }

    /// A clean region.
    ///
    /// @param pages the region, in pages of the host, which it starts and ends on
    /// @param policy when to step down
    /// @param clockNs counts nanoseconds from anywhere and never goes back, like [System#nanoTime]
    /// @return a region that its owner closes
    public static TrackedRegion create(PageGrid pages, GranulePolicy policy, LongSupplier clockNs) {
        PageSize page = policy.page();
        if (!pages.pageSize().equals(page)) {
            throw new IllegalArgumentException("the policy is for pages of " + page + ": " + pages);
        }
        if (!page.isAligned(pages.startAddress()) || !page.isAligned(pages.byteCount())) {
            throw new IllegalArgumentException("part of a page can't be protected: " + pages);
        }
        DirtyBitmap coarse = DirtyBitmap.create(pages.in(policy.block()));
        try {
            DirtyBitmap fine = DirtyBitmap.create(pages);
            return new TrackedRegion(pages, policy, clockNs, coarse, fine);
        } catch (Throwable failure) {
            coarse.close();
            throw failure;
        }
    }

    /// {@return the region in pages of the host}
    public PageGrid grid() {
        return pages;
    }

    /// {@return the granule in force: the policy's block or its page}
    public PageSize granule() {
        return granules.current().bitmap.grid().pageSize();
    }

    /// Marks what the guest is about to write, and says what to make writable for it.
    ///
    /// @param address where the guest wrote
    /// @return in blocks the policy's grant around `address`, in pages its page; empty, with
    ///     nothing marked, if the address is not of this region
    public Optional<WriteGrant> onFault(long address) {
        if (!pages.contains(address)) {
            return Optional.empty();
        }
        Granule seen = granules.current();
        if (seen.faultsExceed.test(blocks.page(address))) {
            // Nothing happens if another fault was first, or if a checkpoint began a new count.
            granules.replace(seen, inPages());
        }
        granules.mark(address, 1);
        // What the mark counted in is in force still, or was added to what is: either covers the
        // grant.
        return Optional.of(grantAround(address, granules.current().grant));
    }

    private WriteGrant grantAround(long address, PageSize grant) {
        PageGrid grants = pages.in(grant);
        PageRange one = new PageRange(grants.page(address), 1);
        return new WriteGrant(grants.address(one.firstPage()), grants.byteCount(one));
    }

    /// Marks the granule of `address`, before a write to it is let through: see [DirtyBitmap#mark].
    ///
    /// A mark that races a switch may be told that a dirty granule was clean, never the reverse.
    ///
    /// @param address any address
    /// @return what was found there
    public Mark mark(long address) {
        return granules.mark(address, 1);
    }

    /// Marks what this thread has written: see [DirtyBitmap#markWritten].
    ///
    /// @param address the first address
    /// @param byteCount how many bytes
    /// @return what was found there
    public Mark markWritten(long address, long byteCount) {
        return granules.mark(address, byteCount);
    }

    /// Moves what is dirty to a bitmap of the capture, and adds it to what is there.
    ///
    /// @param target a bitmap over [#grid()]
    public void drainTo(DirtyBitmap target) {
        checkGrid(target);
        granules.exclusively(granule -> granule.drainTo(target));
    }

    /// Takes back what a capture that failed had drained, at whatever granule is in force now.
    ///
    /// @param drained a bitmap over [#grid()], clean after this
    public void putBack(DirtyBitmap drained) {
        checkGrid(drained);
        granules.exclusively(granule -> granule.add(drained));
        drained.clear();
    }

    /// Returns to blocks and starts to count faults anew: what was drained has been committed.
    public void checkpoint() {
        granules.replace(inBlocks());
    }

    private void checkGrid(DirtyBitmap ofCapture) {
        if (!ofCapture.grid().equals(pages)) {
            throw new IllegalArgumentException(
                    "other pages: " + pages + " and " + ofCapture.grid());
        }
    }

    private Granule inBlocks() {
        return new Granule(coarse, policy.grant(), new FaultCounts(policy, clockNs)::exceed);
    }

    private Granule inPages() {
        return new Granule(fine, policy.page(), _ -> false);
    }

    @Override
    public void close() {
        coarse.close();
        fine.close();
    }

    /// A bitmap in force, in an object that is never in force a second time.
    private static final class Granule implements MarkSwitch.Marks<Granule> {
        final DirtyBitmap bitmap;
        final PageSize grant;
        final LongPredicate faultsExceed;

        Granule(DirtyBitmap bitmap, PageSize grant, LongPredicate faultsExceed) {
            this.bitmap = bitmap;
            this.grant = grant;
            this.faultsExceed = faultsExceed;
        }

        @Override
        public Mark mark(long address, long byteCount) {
            // For marks before a write it would be enough to look, but a fault costs far more.
            return bitmap.markWritten(address, byteCount);
        }

        @Override
        public void begin(Granule older) {
            if (older.bitmap != bitmap) {
                bitmap.clear();
            }
        }

        @Override
        public void add(Granule older) {
            if (older.bitmap != bitmap) {
                add(older.bitmap);
            }
        }

        /// Marks what is dirty in `other`, whose pages may be finer, equal or coarser.
        void add(DirtyBitmap other) {
            PageSize here = bitmap.grid().pageSize();
            PageSize there = other.grid().pageSize();
            if (here.equals(there)) {
                bitmap.union(other);
            } else if (there.isMultipleOf(here)) {
                other.foldInto(bitmap);
            } else {
                other.coarsenInto(bitmap);
            }
        }

        /// Moves what is dirty to a bitmap whose pages are equal or finer.
        void drainTo(DirtyBitmap target) {
            if (bitmap.grid().equals(target.grid())) {
                bitmap.drainTo(target);
                return;
            }
            long ratio = bitmap.grid().pageSize().pagesOf(target.grid().pageSize());
            bitmap.drain((firstPage, count) -> target.markFolded(firstPage, count, ratio));
        }
    }
}
