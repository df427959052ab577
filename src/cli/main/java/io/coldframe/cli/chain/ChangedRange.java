package io.coldframe.cli.chain;

import io.coldframe.inspect.SnapshotDiff;
import io.coldframe.memory.PageRange;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Pages that differ in one way.
///
/// @param pages which
/// @param what `changed`, `filled` or `zeroed`
record ChangedRange(PageRange pages, String what) {

    /// All of a comparison, in the order of addresses.
    static List<ChangedRange> of(SnapshotDiff diff) {
        List<ChangedRange> ranges = new ArrayList<>();
        diff.changed().asList().forEach(pages -> ranges.add(new ChangedRange(pages, "changed")));
        diff.filled().asList().forEach(pages -> ranges.add(new ChangedRange(pages, "filled")));
        diff.zeroed().asList().forEach(pages -> ranges.add(new ChangedRange(pages, "zeroed")));
        ranges.sort(Comparator.comparingLong(range -> range.pages().firstPage()));
        return ranges;
    }

    long offset(SnapshotDiff diff) {
        return diff.pageSize().bytes(pages.firstPage());
    }

    /// The last page of a memory may be a short one.
    long byteCount(SnapshotDiff diff) {
        long left = diff.byteCount() - offset(diff);
        return pages.endPage() == diff.pageCount()
                ? left
                : diff.pageSize().bytes(pages.pageCount());
    }
}
