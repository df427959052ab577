package io.coldframe.memory;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.bindings.Abi;
import io.coldframe.bindings.Errno;
import io.coldframe.bindings.NativeMemory;
import io.coldframe.os.Failures;
import io.coldframe.os.Syscalls;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// How a region is mapped: from where, with which pages, and who sees the stores.
///
/// @param fd the file whose bytes at the region's image offset these are, or [#ANONYMOUS]
/// @param protection `PROT_…`
/// @param flags `MAP_…`
/// @param pages which pages of the host
record Mapping(int fd, int protection, int flags, HostPages pages) {
    private static final int ANONYMOUS = -1;
    private static final int READ_WRITE = Abi.PROT_READ | Abi.PROT_WRITE;

    /// Zeros that take no memory until they are written.
    static Mapping anonymous(HostPages pages) {
        int pool = pages instanceof HostPages.Pooled ? Abi.MAP_HUGETLB | poolSizeFlag(pages) : 0;
        int flags = Abi.MAP_PRIVATE | Abi.MAP_ANONYMOUS | reservation(pages) | pool;
        return new Mapping(ANONYMOUS, READ_WRITE, flags, pages);
    }

    /// The bytes of a memfd.
    static Mapping memfd(int fd, HostPages pages) {
        return new Mapping(fd, READ_WRITE, Abi.MAP_SHARED | reservation(pages), pages);
    }

    /// The bytes of a file.
    static Mapping file(int fd, FileMapping mapping) {
        return switch (mapping) {
            case READ_ONLY -> file(fd, Abi.PROT_READ, Abi.MAP_SHARED);
            case SHARED -> file(fd, READ_WRITE, Abi.MAP_SHARED);
            case PRIVATE -> file(fd, READ_WRITE, Abi.MAP_PRIVATE | Abi.MAP_NORESERVE);
        };
    }

    private static Mapping file(int fd, int protection, int flags) {
        return new Mapping(fd, protection, flags, HostPages.Advice.AS_CONFIGURED);
    }

    /// Pooled pages are reserved, because a touch that finds the pool empty is a fault and no
    /// exception. No others are: a region may be larger than memory and swap.
    private static int reservation(HostPages pages) {
        return pages instanceof HostPages.Pooled ? 0 : Abi.MAP_NORESERVE;
    }

    /// The size of a pooled page as `mmap` and `memfd_create` take it; 0 for other pages.
    static int poolSizeFlag(HostPages pages) {
        // Its binary logarithm from bit 26 up: MAP_HUGE_2MB is 21 << 26.
        return pages instanceof HostPages.Pooled(PageSize size) ? size.shift() << 26 : 0;
    }

    /// Maps a region between guards.
    ///
    /// @param arena ends the mapping and the guards when it is closed
    MemorySegment map(GuestRegion region, Arena arena) throws SnapshotException {
        requireWholePages(region, granule(pages));
        rehearse(region);
        Reservation reservation = Reservation.of(region, alignment(), alike(region));
        try {
            int fixed = flags | Abi.MAP_FIXED;
            mmap(region, reservation.room(), fixed);
            advise(region, reservation.room());
            MemorySegment memory =
                    NativeMemory.segment(
                            reservation.room(), region.byteCount(), arena, reservation::close);
            // A store would be a fault that ends the process.
            return (protection & Abi.PROT_WRITE) == 0 ? memory.asReadOnly() : memory;
        } catch (Throwable failure) {
            Failures.closeAfter(failure, reservation);
            throw failure;
        }
    }

    /// Maps the region once where nothing is, and ends it again. A kernel before 6.12 that refuses
    /// a mapping over another has ended the other by then, and its addresses may be a stranger's
    /// when we give them back: so let it refuse where that does no harm.
    private void rehearse(GuestRegion region) throws SnapshotException {
        long address = mmap(region, 0, flags);
        Syscalls.check(NativeMemory.munmap(address, region.byteCount()), "munmap", region);
    }

    private long mmap(GuestRegion region, long address, int flags) throws SnapshotException {
        long fileOffset = fd == ANONYMOUS ? 0 : region.imageOffset();
        long mapped =
                NativeMemory.mmap(address, region.byteCount(), protection, flags, fd, fileOffset);
        if (mapped == -Errno.ENOMEM && pages instanceof HostPages.Pooled(PageSize size)) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED,
                    "mmap: the host's pool has fewer than %d free pages of %s"
                            .formatted(size.pageCount(region.byteCount()), size),
                    region);
        }
        return Syscalls.check(mapped, "mmap", region);
    }

    private void advise(GuestRegion region, long address) throws SnapshotException {
        MemorySegment memory = NativeMemory.borrowed(address, region.byteCount());
        if (pages == HostPages.Advice.SMALL) {
            int result = NativeMemory.madvise(memory, Abi.MADV_NOHUGEPAGE);
            // A kernel that does not know the advice has no huge pages to give.
            if (result != -Errno.EINVAL) {
                Syscalls.check(result, "madvise(MADV_NOHUGEPAGE)", region);
            }
        } else if (pages == HostPages.Advice.TRANSPARENT_HUGE) {
            int result = NativeMemory.madvise(memory, Abi.MADV_HUGEPAGE);
            if (result == -Errno.EINVAL) {
                throw Syscalls.failure(Kind.UNSUPPORTED, result, "madvise(MADV_HUGEPAGE)", region);
            }
            Syscalls.check(result, "madvise(MADV_HUGEPAGE)", region);
        }
    }

    /// Refuses a layout that pages of the host can't be mapped at.
    static void requireWholePages(GuestLayout layout, HostPages pages) {
        for (GuestRegion region : layout.regions()) {
            requireWholePages(region, granule(pages));
        }
    }

    private static void requireWholePages(GuestRegion region, PageSize page) {
        if (!page.isAligned(region.byteCount()) || !page.isAligned(region.imageOffset())) {
            throw new IllegalArgumentException(
                    "not made of whole host pages of " + page + ": " + region);
        }
    }

    /// What the kernel maps by.
    private static PageSize granule(HostPages pages) {
        return pages instanceof HostPages.Pooled(PageSize size) ? size : Reservation.hostPage();
    }

    private PageSize alignment() {
        return switch (pages) {
            case HostPages.Advice.SMALL -> Reservation.hostPage();
            // Where a huge page can lie.
            case HostPages.Advice.AS_CONFIGURED, HostPages.Advice.TRANSPARENT_HUGE ->
                    PageSize.MIB_2;
            case HostPages.Pooled(PageSize size) -> size;
        };
    }

    /// The guest's address: a hypervisor maps a huge page of the host as one of the guest only
    /// where both lie alike. A pooled page lies at a multiple of its size whatever the guest says.
    private long alike(GuestRegion region) {
        return pages instanceof HostPages.Pooled ? 0 : region.guestAddress();
    }
}
