package io.coldframe.memory;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;

/// A set of pages as ranges in ascending order that neither overlap nor touch.
///
/// A set of pages has exactly one such form, so two sets are equal when their ranges are.
/// Immutable, and safe for all threads. Each operation costs at most the ranges of both operands, a
/// look-up the logarithm of them.
public final class PageRanges {

    /// No page at all.
    public static final PageRanges EMPTY = new PageRanges(new long[0]);

    // Where membership changes, strictly ascending: first page, end page, first page, end page, …
    // A page is in the set when the number of edges at or below it is odd.
    private final long[] edges;

    private PageRanges(long[] edges) {
        this.edges = edges;
    }

    /// {@return the pages of `ranges`}
    ///
    /// @param ranges some pages, which may overlap and come in any order
    public static PageRanges of(PageRange... ranges) {
        return of(List.of(ranges));
    }

    /// {@return the pages of `ranges`}
    ///
    /// @param ranges some pages, which may overlap and come in any order
    public static PageRanges of(Collection<PageRange> ranges) {
        PageRange[] ascending = ranges.toArray(new PageRange[0]);
        Arrays.sort(ascending, (a, b) -> Long.compare(a.firstPage(), b.firstPage()));
        Builder builder = new Builder();
        for (PageRange range : ascending) {
            builder.add(range.firstPage(), range.pageCount());
        }
        return builder.build();
    }

    /// {@return how many ranges there are}
    public int rangeCount() {
        return edges.length / 2;
    }

    /// {@return the range at `index`}
    ///
    /// @param index counted in ascending order from 0
    public PageRange range(int index) {
        Objects.checkIndex(index, rangeCount());
        return PageRange.between(edges[2 * index], edges[2 * index + 1]);
    }

    /// {@return the ranges as an unmodifiable list in ascending order, a view}
    public List<PageRange> asList() {
        return new RangeList(this);
    }

    /// {@return whether there is no page}
    public boolean isEmpty() {
        return edges.length == 0;
    }

    /// {@return how many pages there are}
    ///
    /// Disjoint ranges below [Long#MAX_VALUE] can't sum to more than that.
    public long pageCount() {
        long sum = 0;
        for (int at = 0; at < edges.length; at += 2) {
            sum += edges[at + 1] - edges[at];
        }
        return sum;
    }

    /// {@return whether `page` is one of these}
    ///
    /// @param page any page
    public boolean contains(long page) {
        return (edgesAtOrBelow(page) & 1) != 0;
    }

    /// {@return whether every page of `range` is one of these}
    ///
    /// @param range some pages
    public boolean contains(PageRange range) {
        int below = edgesAtOrBelow(range.firstPage());
        return (below & 1) != 0 && range.endPage() <= edges[below];
    }

    /// {@return whether any page of `range` is one of these}
    ///
    /// @param range some pages
    public boolean overlaps(PageRange range) {
        int below = edgesAtOrBelow(range.firstPage());
        return (below & 1) != 0 || (below < edges.length && edges[below] < range.endPage());
    }

    /// {@return the pages that are in either}
    ///
    /// @param other the other pages
    public PageRanges union(PageRanges other) {
        return merge(other, (here, there) -> here || there);
    }

    /// {@return the pages that are in both}
    ///
    /// @param other the other pages
    public PageRanges intersect(PageRanges other) {
        return merge(other, (here, there) -> here && there);
    }

    /// {@return the pages of this set that are not in `other`}
    ///
    /// @param other the other pages
    public PageRanges subtract(PageRanges other) {
        return merge(other, (here, there) -> here && !there);
    }

    /// {@return the pages of `bounds` that are not in this set}
    ///
    /// @param bounds all pages that there are
    public PageRanges complement(PageRange bounds) {
        return of(bounds).subtract(this);
    }

    /// Visits the ranges in ascending order.
    ///
    /// @param <X> what a visit may throw
    /// @param visitor takes each range
    /// @throws X what a visit threw, after which there is none
    public <X extends Exception> void forEach(PageRunVisitor<X> visitor) throws X {
        for (int at = 0; at < edges.length; at += 2) {
            visitor.visit(edges[at], edges[at + 1] - edges[at]);
        }
    }

    private int edgesAtOrBelow(long page) {
        int found = Arrays.binarySearch(edges, page);
        return found >= 0 ? found + 1 : -found - 1;
    }

    /// Walks both rows of edges at once and keeps those where the combined membership changes.
    private PageRanges merge(PageRanges other, Membership membership) {
        long[] result = new long[Math.addExact(edges.length, other.edges.length)];
        int count = 0;
        int here = 0;
        int there = 0;
        while (here < edges.length || there < other.edges.length) {
            long edge = Math.min(edge(edges, here), edge(other.edges, there));
            here += here < edges.length && edges[here] == edge ? 1 : 0;
            there += there < other.edges.length && other.edges[there] == edge ? 1 : 0;
            if (membership.test((here & 1) != 0, (there & 1) != 0) != ((count & 1) != 0)) {
                result[count++] = edge;
            }
        }
        return count == 0 ? EMPTY : new PageRanges(Arrays.copyOf(result, count));
    }

    /// An edge, and after the last one the largest number: no edge is above it.
    private static long edge(long[] edges, int at) {
        return at < edges.length ? edges[at] : Long.MAX_VALUE;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PageRanges ranges && Arrays.equals(edges, ranges.edges);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(edges);
    }

    @Override
    public String toString() {
        return asList().toString();
    }

    @FunctionalInterface
    private interface Membership {
        boolean test(boolean here, boolean there);
    }

    private static final class RangeList extends AbstractList<PageRange> implements RandomAccess {
        private final PageRanges ranges;

        RangeList(PageRanges ranges) {
            this.ranges = ranges;
        }

        @Override
        public PageRange get(int index) {
            return ranges.range(index);
        }

        @Override
        public int size() {
            return ranges.rangeCount();
        }
    }

    /// Collects ranges that come in ascending order of their first pages, as a walk over a bitmap
    /// gives them: `bitmap.forEachDirty(builder::add)`. For one thread.
    public static final class Builder {

        // Most sets that a capture sees have few ranges; doubling takes care of the others.
        private static final int EDGES_AT_FIRST = 16;

        private long[] edges = new long[EDGES_AT_FIRST];
        private int count;

        /// A builder without a page.
        public Builder() {}

        /// Adds pages.
        ///
        /// @param firstPage the first page, not before the first page of the range added last
        /// @param pageCount how many pages, at least one
        public void add(long firstPage, long pageCount) {
            PageRange range = new PageRange(firstPage, pageCount);
            if (count > 0 && firstPage < edges[count - 2]) {
                throw new IllegalArgumentException(
                        range + " comes after " + edges[count - 2] + ", out of order");
            }
            if (count > 0 && firstPage <= edges[count - 1]) {
                edges[count - 1] = Math.max(edges[count - 1], range.endPage());
                return;
            }
            if (count == edges.length) {
                edges = Arrays.copyOf(edges, Math.multiplyExact(count, 2));
            }
            edges[count++] = firstPage;
            edges[count++] = range.endPage();
        }

        /// {@return the pages added so far}
        public PageRanges build() {
            return count == 0 ? EMPTY : new PageRanges(Arrays.copyOf(edges, count));
        }
    }
}
