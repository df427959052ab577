package io.coldframe.memory;

/// The guest addresses `[startAddress, endAddress)`, cut into pages that are numbered from 0.
///
/// Page `p` starts at `startAddress + p * pageSize`, wherever the range itself starts; the last
/// page is partial when the range is not a whole number of pages. The range is not empty and ends
/// at [Long#MAX_VALUE] at the latest, so no sum here can overflow.
///
/// @param startAddress the first guest address, not negative
/// @param byteCount how many bytes, at least one
/// @param pageSize what the range is cut into
public record PageGrid(long startAddress, long byteCount, PageSize pageSize) {

    /// Refuses an empty range and one whose end is past [Long#MAX_VALUE].
    public PageGrid {
        if (startAddress < 0) {
            throw new IllegalArgumentException("startAddress is negative: " + startAddress);
        }
        if (byteCount <= 0) {
            throw new IllegalArgumentException("byteCount is not positive: " + byteCount);
        }
        // A subtraction, because the sum is what overflows.
        if (byteCount > Long.MAX_VALUE - startAddress) {
            throw new IllegalArgumentException(
                    "range wraps: startAddress=" + startAddress + " byteCount=" + byteCount);
        }
    }

    /// {@return the same addresses in pages of another size}
    ///
    /// @param otherPageSize what to cut them into
    public PageGrid in(PageSize otherPageSize) {
        return new PageGrid(startAddress, byteCount, otherPageSize);
    }

    /// {@return the address after the last}
    public long endAddress() {
        return startAddress + byteCount;
    }

    /// {@return how many pages there are; the last may be partial}
    public long pageCount() {
        return pageSize.pageCount(byteCount);
    }

    /// {@return whether `address` is one of these}
    ///
    /// @param address any address
    public boolean contains(long address) {
        return address >= startAddress && address - startAddress < byteCount;
    }

    /// {@return the page of an address}
    ///
    /// @param address one of these
    public long page(long address) {
        assert contains(address) : address + " is not in " + this;
        return pageSize.page(address - startAddress);
    }

    /// {@return the first address of a page}
    ///
    /// @param page one of these
    public long address(long page) {
        assert page >= 0 && page < pageCount() : page + " is not in " + this;
        return startAddress + pageSize.bytes(page);
    }

    /// {@return the bytes of `pages`, fewer than whole pages if a partial last page is among them}
    ///
    /// @param pages some of these
    public long byteCount(PageRange pages) {
        assert pages.endPage() <= pageCount() : pages + " is not in " + this;
        long offset = pageSize.bytes(pages.firstPage());
        return pages.endPage() == pageCount()
                ? byteCount - offset
                : pageSize.bytes(pages.pageCount());
    }

    /// {@return whether the two cut the same addresses, in whatever pages}
    ///
    /// @param other the other grid
    public boolean sameRange(PageGrid other) {
        return startAddress == other.startAddress && byteCount == other.byteCount;
    }

    @Override
    public String toString() {
        return "[0x%x, 0x%x) in %s pages".formatted(startAddress, endAddress(), pageSize);
    }
}
