package io.coldframe.memory;

/// The pages `[firstPage, endPage)`, never empty. Pages, not bytes: see [PageSize].
public record PageRange(long firstPage, long pageCount) {

    /// @param firstPage the first page, not negative
    /// @param pageCount how many pages, at least one
    public PageRange {
        if (firstPage < 0) {
            throw new IllegalArgumentException("firstPage is negative: " + firstPage);
        }
        if (pageCount <= 0) {
            throw new IllegalArgumentException("pageCount is not positive: " + pageCount);
        }
        // A subtraction, because the sum is what overflows.
        if (pageCount > Long.MAX_VALUE - firstPage) {
            throw new IllegalArgumentException(
                    "range wraps: firstPage=" + firstPage + " pageCount=" + pageCount);
        }
    }

    /// The pages `[firstPage, endPage)`.
    public static PageRange between(long firstPage, long endPage) {
        return new PageRange(firstPage, Math.subtractExact(endPage, firstPage));
    }

    /// The page after the last.
    public long endPage() {
        return firstPage + pageCount;
    }

    /// Whether `page` is one of these.
    public boolean contains(long page) {
        return page >= firstPage && page - firstPage < pageCount;
    }

    /// Whether the two have a page in common.
    public boolean overlaps(PageRange other) {
        return firstPage < other.endPage() && other.firstPage < endPage();
    }

    @Override
    public String toString() {
        return "[" + firstPage + ", " + endPage() + ")";
    }
}
