/*
 * PAGEMAP_SCAN, Linux 6.7 and later: one walk over a range of this process's memory that says which
 * pages are in which state, and can write-protect those it reports in the same walk.
 *
 * The file is /proc/self/pagemap; reading it page by page is older and not used here.
 */
#ifndef COLDFRAME_LINUX_PAGEMAP_H
#define COLDFRAME_LINUX_PAGEMAP_H

#include "types.h"
#include "ioctl.h"

/* States of a page, in the masks of a scan and in its answers. */
#define PAGE_IS_WPALLOWED (1ULL << 0)  /* asynchronous write protection is on for this memory */
#define PAGE_IS_WRITTEN (1ULL << 1)    /* written since it was last protected */
#define PAGE_IS_FILE (1ULL << 2)
#define PAGE_IS_PRESENT (1ULL << 3)
#define PAGE_IS_SWAPPED (1ULL << 4)
#define PAGE_IS_PFNZERO (1ULL << 5)    /* the shared page of zeros */
#define PAGE_IS_HUGE (1ULL << 6)
#define PAGE_IS_SOFT_DIRTY (1ULL << 7)
#define PAGE_IS_GUARD (1ULL << 8)      /* Linux 6.15 */

/* Protect what matches, in the same walk. */
#define PM_SCAN_WP_MATCHING (1ULL << 0)
/* Fail with EPERM at memory that is not under asynchronous write protection. */
#define PM_SCAN_CHECK_WPASYNC (1ULL << 1)

/* One answer: neighbouring pages in the same states. `end` is the first byte after them. */
struct page_region {
    u64 start;
    u64 end;
    u64 categories;
};

/*
 * A page matches when ((its states ^ category_inverted) & category_mask) == category_mask and,
 * where category_anyof_mask is not zero, (states ^ category_inverted) & category_anyof_mask is not
 * zero.
 * The walk stops early when `vec` is full or `max_pages` (0: no limit) were found, and always tells
 * in `walk_end` where it stopped.
 */
struct pm_scan_arg {
    u64 size; /* of this structure */
    u64 flags;
    u64 start;
    u64 end;
    u64 walk_end;
    u64 vec; /* address of an array of page_region, or 0 */
    u64 vec_len; /* in regions, not bytes */
    u64 max_pages;
    u64 category_inverted;
    u64 category_mask;
    u64 category_anyof_mask;
    u64 return_mask;
};

#define PAGEMAP_SCAN IOCTL_INOUT('f', 16, struct pm_scan_arg)

#endif
