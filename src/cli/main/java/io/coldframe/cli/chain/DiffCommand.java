package io.coldframe.cli.chain;

import io.coldframe.SnapshotException;
import io.coldframe.cli.Activity;
import io.coldframe.cli.ByteCounts;
import io.coldframe.cli.ColumnTable;
import io.coldframe.cli.CommandFailure;
import io.coldframe.cli.ExitCode;
import io.coldframe.cli.JsonOption;
import io.coldframe.cli.ProgressOption;
import io.coldframe.cli.StoreOption;
import io.coldframe.cli.UserInput;
import io.coldframe.inspect.SnapshotDiff;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.PageRange;
import io.coldframe.memory.PageRanges;
import io.coldframe.snapshot.Snapshot;
import io.coldframe.snapshot.SnapshotStore;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;

/// `coldframe diff`: which pages of two snapshots differ.
@Command(
        name = "diff",
        description = {
            "Says which pages of two snapshots differ, by what they hold; they need not be of one "
                    + "chain.",
            "",
            "A page is changed (other data), filled (it was zero) or zeroed. Bytes are read only "
                    + "where neither their place nor their sums tell.",
            ""
        })
public final class DiffCommand implements Callable<Integer> {

    @Mixin private StoreOption store = new StoreOption();
    @Mixin private JsonOption json = new JsonOption();
    @Mixin private ProgressOption progress = new ProgressOption();
    @Mixin private RangeLimit limit = new RangeLimit();

    @Parameters(index = "0", paramLabel = "BEFORE", description = "A name, a tag or an id.")
    private String beforeReference = "";

    @Parameters(index = "1", paramLabel = "AFTER", description = "What is compared with it.")
    private String afterReference = "";

    /// For picocli.
    public DiffCommand() {}

    @Override
    public Integer call() throws SnapshotException, CommandFailure {
        long startNs = System.nanoTime();
        SnapshotStore opened = store.open();
        try (Snapshot before = opened.open(beforeReference);
                Snapshot after = opened.open(afterReference)) {
            SnapshotDiff diff;
            try (Activity activity = progress.begin("comparing", json)) {
                diff = UserInput.check(() -> SnapshotDiff.between(before, after, activity));
            }
            long elapsedNs = System.nanoTime() - startNs;
            List<ChangedRange> ranges = ChangedRange.of(diff);
            json.print(
                    members(before, after, diff, ranges, elapsedNs),
                    text(before, after, diff, ranges, elapsedNs));
        }
        return ExitCode.OK;
    }

    private static Map<String, Object> members(
            Snapshot before,
            Snapshot after,
            SnapshotDiff diff,
            List<ChangedRange> ranges,
            long elapsedNs) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("before", side(before));
        members.put("after", side(after));
        members.put("byteCount", diff.byteCount());
        members.put("pageByteCount", diff.pageSize().bytes());
        members.put("pageCount", diff.pageCount());
        members.put("equal", ranges.isEmpty());
        members.put("changedPageCount", diff.changed().pageCount());
        members.put("filledPageCount", diff.filled().pageCount());
        members.put("zeroedPageCount", diff.zeroed().pageCount());
        members.put("bytesRead", diff.bytesRead());
        members.put("elapsedMs", elapsedNs / 1_000_000);
        GuestLayout layout = after.manifest().memory().layout();
        members.put(
                "ranges",
                LazyList.of(ranges.size(), index -> range(diff, layout, ranges.get(index))));
        return members;
    }

    private static Map<String, Object> side(Snapshot snapshot) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("name", snapshot.name());
        members.put("id", snapshot.manifest().id().toString());
        return members;
    }

    private static Map<String, Object> range(
            SnapshotDiff diff, GuestLayout layout, ChangedRange range) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("offset", range.offset(diff));
        members.put("byteCount", range.byteCount(diff));
        members.put("guestAddress", layout.guestAddress(range.offset(diff)));
        members.put("what", range.what());
        return members;
    }

    private String text(
            Snapshot before,
            Snapshot after,
            SnapshotDiff diff,
            List<ChangedRange> ranges,
            long elapsedNs) {
        StringBuilder out = new StringBuilder();
        out.append(
                String.format(
                        Locale.ROOT,
                        "%s to %s: %s in pages of %s, %s read in %.1f s%n%n",
                        before.name(),
                        after.name(),
                        ByteCounts.text(diff.byteCount()),
                        diff.pageSize(),
                        ByteCounts.text(diff.bytesRead()),
                        elapsedNs / 1e9));
        out.append(summary(diff));
        if (!ranges.isEmpty()) {
            out.append('\n').append(table(diff, ranges)).append(limit.rest(ranges.size()));
        }
        return out.toString();
    }

    private static String summary(SnapshotDiff diff) {
        ColumnTable table =
                new ColumnTable("", "PAGES", "BYTES", "RANGES")
                        .alignRight("PAGES", "BYTES", "RANGES");
        row(table, "changed", diff.changed(), diff);
        row(table, "filled", diff.filled(), diff);
        row(table, "zeroed", diff.zeroed(), diff);
        PageRanges all = PageRanges.of(new PageRange(0, diff.pageCount()));
        row(table, "equal", all.subtract(diff.pages()), diff);
        return table.text();
    }

    private static void row(ColumnTable table, String what, PageRanges pages, SnapshotDiff diff) {
        long lastPage = diff.pageCount() - 1;
        long shortBy = diff.pageSize().bytes(lastPage + 1) - diff.byteCount();
        long byteCount =
                diff.pageSize().bytes(pages.pageCount()) - (pages.contains(lastPage) ? shortBy : 0);
        table.row(
                what,
                Long.toString(pages.pageCount()),
                Texts.bytes(byteCount),
                Integer.toString(pages.rangeCount()));
    }

    private String table(SnapshotDiff diff, List<ChangedRange> ranges) {
        ColumnTable table =
                new ColumnTable("OFFSET", "END", "PAGES", "BYTES", "WHAT")
                        .alignRight("PAGES", "BYTES");
        Offsets offsets = Offsets.of(diff.byteCount());
        for (ChangedRange range : ranges.subList(0, limit.shown(ranges.size()))) {
            table.row(
                    offsets.text(range.offset(diff)),
                    offsets.text(range.offset(diff) + range.byteCount(diff)),
                    Long.toString(range.pages().pageCount()),
                    ByteCounts.text(range.byteCount(diff)),
                    range.what());
        }
        return table.text();
    }
}
