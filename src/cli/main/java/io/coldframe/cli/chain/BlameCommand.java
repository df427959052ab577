package io.coldframe.cli.chain;

import io.coldframe.SnapshotException;
import io.coldframe.cli.ByteCounts;
import io.coldframe.cli.ColumnTable;
import io.coldframe.cli.ExitCode;
import io.coldframe.cli.JsonOption;
import io.coldframe.cli.StoreOption;
import io.coldframe.cli.picture.Percent;
import io.coldframe.inspect.Author;
import io.coldframe.inspect.Blame;
import io.coldframe.inspect.PageContent;
import io.coldframe.snapshot.Snapshot;
import io.coldframe.snapshot.SnapshotStore;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

/// `coldframe blame`: who wrote each page last.
@Command(
        name = "blame",
        description = {
            "Says which snapshot wrote each page last, be it with zeros. Nothing but the index is "
                    + "read.",
            "",
            "Also a snapshot that was deleted since is told of, by its generation. An image holds "
                    + "what was written, changed or not, and does not tell zeros from data.",
            ""
        })
public final class BlameCommand implements Callable<Integer> {

    @Mixin private StoreOption store = new StoreOption();
    @Mixin private JsonOption json = new JsonOption();
    @Mixin private RangeLimit limit = new RangeLimit();

    @Parameters(paramLabel = "SNAPSHOT", description = "A name, a tag or an id.")
    private String reference = "";

    /// For picocli.
    public BlameCommand() {}

    @Override
    public Integer call() throws SnapshotException {
        SnapshotStore opened = store.open();
        try (Snapshot snapshot = opened.open(reference)) {
            Blame blame = Blame.of(snapshot);
            SnapshotNames names = new SnapshotNames(opened);
            json.print(members(snapshot, blame, names), text(snapshot, blame, names));
        }
        return ExitCode.OK;
    }

    private static Map<String, Object> members(
            Snapshot snapshot, Blame blame, SnapshotNames names) {
        AuthorTotals totals = AuthorTotals.of(blame);
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("snapshot", snapshot.name());
        members.put("id", snapshot.manifest().id().toString());
        members.put("byteCount", blame.byteCount());
        members.put("pageByteCount", blame.pageSize().bytes());
        members.put(
                "authors",
                IntStream.range(0, blame.authors().size())
                        .mapToObj(author -> author(blame, names, totals, author))
                        .toList());
        members.put("runs", LazyList.of(blame.runCount(), run -> run(blame, run)));
        return members;
    }

    private static Map<String, Object> author(
            Blame blame, SnapshotNames names, AuthorTotals totals, int author) {
        Map<String, Object> members = names.members(blame.authors().get(author));
        members.put("byteCount", totals.byteCount(author));
        members.put("zeroByteCount", totals.zeroByteCount(author));
        return members;
    }

    private static Map<String, Object> run(Blame blame, int run) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("offset", blame.startOffset(run));
        members.put("byteCount", blame.endOffset(run) - blame.startOffset(run));
        members.put("author", blame.authorIndex(run));
        members.put("content", content(blame.content(run)));
        return members;
    }

    private static String content(PageContent content) {
        return content.name().toLowerCase(Locale.ROOT);
    }

    private String text(Snapshot snapshot, Blame blame, SnapshotNames names) {
        return "%s: %s in pages of %s%n%n%s%n%s%s%s"
                .formatted(
                        snapshot.name(),
                        ByteCounts.text(blame.byteCount()),
                        blame.pageSize(),
                        authorTable(blame, names),
                        runTable(blame, names),
                        limit.rest(blame.runCount()),
                        hasUnknown(blame)
                                ? "\nUnknown: in an image, which does not tell zeros from data.\n"
                                : "");
    }

    private static boolean hasUnknown(Blame blame) {
        return IntStream.range(0, blame.runCount())
                .anyMatch(run -> blame.content(run) == PageContent.UNKNOWN);
    }

    private static String authorTable(Blame blame, SnapshotNames names) {
        ColumnTable table =
                new ColumnTable("WRITTEN BY", "GENERATION", "CREATED", "DATA", "ZERO", "SHARE")
                        .alignRight("GENERATION", "DATA", "ZERO", "SHARE");
        AuthorTotals totals = AuthorTotals.of(blame);
        IntStream.range(0, blame.authors().size())
                .filter(author -> totals.byteCount(author) > 0)
                .boxed()
                .sorted(
                        Comparator.comparingInt(
                                        (Integer at) -> blame.authors().get(at).generation())
                                .reversed())
                .forEach(
                        at -> {
                            Author author = blame.authors().get(at);
                            long zero = totals.zeroByteCount(at);
                            table.row(
                                    names.text(author),
                                    Integer.toString(author.generation()),
                                    author.createdAt().truncatedTo(ChronoUnit.SECONDS).toString(),
                                    Texts.bytes(totals.byteCount(at) - zero),
                                    Texts.bytes(zero),
                                    Percent.text(totals.byteCount(at), blame.byteCount()));
                        });
        return table.text();
    }

    private String runTable(Blame blame, SnapshotNames names) {
        ColumnTable table =
                new ColumnTable("OFFSET", "END", "BYTES", "CONTENT", "GENERATION", "WRITTEN BY")
                        .alignRight("BYTES", "GENERATION");
        Offsets offsets = Offsets.of(blame.byteCount());
        for (int run = 0; run < limit.shown(blame.runCount()); run++) {
            table.row(
                    offsets.text(blame.startOffset(run)),
                    offsets.text(blame.endOffset(run)),
                    ByteCounts.text(blame.endOffset(run) - blame.startOffset(run)),
                    content(blame.content(run)),
                    Integer.toString(blame.author(run).generation()),
                    names.text(blame.author(run)));
        }
        return table.text();
    }
}
