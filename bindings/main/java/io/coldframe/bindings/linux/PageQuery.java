package io.coldframe.bindings.linux;

import io.coldframe.bindings.generated.linux.PagemapH;

import java.util.Set;

/// What a [PagemapScan] looks for.
///
/// @param all a page must have all of these
/// @param none and none of these
/// @param any and, unless this is empty, one of these
/// @param told what is told about the pages that are found; neighbours with the same answer are one
///     range
/// @param protect protect what is found, in the same walk; memory that is not watched
///     asynchronously makes the scan answer `-EPERM`
public record PageQuery(
        Set<PageState> all,
        Set<PageState> none,
        Set<PageState> any,
        Set<PageState> told,
        boolean protect) {

    /// A copy of the sets.
    public PageQuery {
        all = Set.copyOf(all);
        none = Set.copyOf(none);
        any = Set.copyOf(any);
        told = Set.copyOf(told);
    }

    /// The pages that were written since they were last protected.
    ///
    /// @param protect and protect them, so that the next scan tells only what is written after this
    public static PageQuery written(boolean protect) {
        Set<PageState> written = Set.of(PageState.WRITTEN);
        return new PageQuery(written, Set.of(), Set.of(), written, protect);
    }

    /// The pages in these states.
    public static PageQuery having(Set<PageState> states) {
        return new PageQuery(states, Set.of(), Set.of(), states, false);
    }

    long flags() {
        return protect ? PagemapH.PM_SCAN_WP_MATCHING() | PagemapH.PM_SCAN_CHECK_WPASYNC() : 0;
    }

    long invertedBits() {
        return PageState.bits(none);
    }

    long maskBits() {
        return PageState.bits(all) | PageState.bits(none);
    }
}
