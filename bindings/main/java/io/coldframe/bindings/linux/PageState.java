package io.coldframe.bindings.linux;

import io.coldframe.bindings.generated.linux.PagemapH;

import java.util.Set;

/// What a [PagemapScan] can ask and tell about a page.
public enum PageState {
    /// It is in a range that a userfaultfd watches for writes, asynchronously.
    WRITE_PROTECTABLE(PagemapH.PAGE_IS_WPALLOWED()),
    /// It was written since it was last protected.
    WRITTEN(PagemapH.PAGE_IS_WRITTEN()),
    /// It belongs to a file.
    FILE(PagemapH.PAGE_IS_FILE()),
    /// It is in memory.
    PRESENT(PagemapH.PAGE_IS_PRESENT()),
    /// It is in swap.
    SWAPPED(PagemapH.PAGE_IS_SWAPPED()),
    /// It is the kernel's shared page of zeros.
    SHARED_ZERO(PagemapH.PAGE_IS_PFNZERO()),
    /// It is part of a huge page.
    HUGE(PagemapH.PAGE_IS_HUGE()),
    /// It was written since the soft-dirty bits were cleared.
    SOFT_DIRTY(PagemapH.PAGE_IS_SOFT_DIRTY()),
    /// It is a guard page (Linux 6.15 and later).
    GUARD(PagemapH.PAGE_IS_GUARD());

    private final long bit;

    PageState(long bit) {
        this.bit = bit;
    }

    /// The bits of some states, as [PagemapScan#states] tells them.
    public static long bits(Set<PageState> states) {
        long bits = 0;
        for (PageState state : states) {
            bits |= state.bit;
        }
        return bits;
    }
}
