package io.coldframe.memory;

/// The pages `[firstPage, endPage)`, never empty. Pages, not bytes: see [PageSize].
///
/// @param firstPage the first page, not negative
/// @param pageCount how many pages, at least one
public record PageRange(long firstPage, long pageCount) {

    /// Refuses an empty range and one whose end is past [Long#MAX_VALUE].
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

    /// {@return the pages `[firstPage, endPage)`}
    ///
    /// @param firstPage the first page, not negative
    /// @param endPage the page after the last, more than `firstPage`
    public static PageRange between(long firstPage, long endPage) {
        // Checked here, because the difference of a negative and a large number wraps.
        if (firstPage < 0 || endPage <= firstPage) {
            throw new IllegalArgumentException(
                    "not a range of pages: [" + firstPage + ", " + endPage + ")");
        }
        return new PageRange(firstPage, endPage - firstPage);
    }

    /// {@return the page after the last}
    public long endPage() {
        return firstPage + pageCount;
    }

    /// {@return whether `page` is one of these}
    ///
    /// @param page any page
    public boolean contains(long page) {
        return page >= firstPage && page - firstPage < pageCount;
    }

    /// {@return whether every page of `other` is one of these}
    ///
    /// @param other the other range
    public boolean contains(PageRange other) {
        return firstPage <= other.firstPage && other.endPage() <= endPage();
    }

    /// {@return whether the two have a page in common}
    ///
    /// @param other the other range
    public boolean overlaps(PageRange other) {
        return firstPage < other.endPage() && other.firstPage < endPage();
    }

    @Override
    public String toString() {
        return "[" + firstPage + ", " + endPage() + ")";
    }
}
