package io.coldframe.cli.chain;

import io.coldframe.SnapshotException;
import io.coldframe.cli.ColumnTable;
import io.coldframe.cli.CommandFailure;
import io.coldframe.cli.ExitCode;
import io.coldframe.cli.JsonOption;
import io.coldframe.cli.StoreOption;
import io.coldframe.cli.UserInput;
import io.coldframe.inspect.Author;
import io.coldframe.inspect.History;
import io.coldframe.snapshot.Manifest;
import io.coldframe.snapshot.SnapshotStore;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;

/// `coldframe history`: what a page held, and since when.
@Command(
        name = "history",
        description = {
            "Says which generations changed a page, and what it held, the newest first, as far as "
                    + "the living ancestors of a snapshot tell.",
            ""
        })
public final class HistoryCommand implements Callable<Integer> {

    @Mixin private StoreOption store = new StoreOption();
    @Mixin private JsonOption json = new JsonOption();

    @Parameters(index = "0", paramLabel = "SNAPSHOT", description = "A name, a tag or an id.")
    private String reference = "";

    @Parameters(
            index = "1",
            paramLabel = "OFFSET",
            converter = Offsets.Converter.class,
            description = "Of any byte of the page, in the memory file, as in 0x3ff000 or 16m.")
    private long offset;

    @Option(
            names = "--guest-address",
            description = "OFFSET is an address of the guest's, not an offset in the memory file.")
    private boolean isGuestAddress;

    /// For picocli.
    public HistoryCommand() {}

    @Override
    public Integer call() throws SnapshotException, CommandFailure {
        SnapshotStore opened = store.open();
        Manifest manifest = opened.manifest(reference);
        long imageOffset = imageOffset(manifest);
        History history =
                UserInput.check(() -> History.of(opened, manifest.id().toString(), imageOffset));
        SnapshotNames names = new SnapshotNames(opened);
        json.print(members(manifest, history, names), text(manifest, history, names));
        return ExitCode.OK;
    }

    private long imageOffset(Manifest manifest) throws CommandFailure {
        if (!isGuestAddress) {
            return offset;
        }
        return manifest.memory()
                .layout()
                .imageOffset(offset)
                .orElseThrow(
                        () ->
                                new CommandFailure(
                                        ExitCode.USAGE,
                                        "the guest has no memory at 0x%x".formatted(offset)));
    }

    private static Map<String, Object> members(
            Manifest manifest, History history, SnapshotNames names) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("snapshot", names.of(history.subject()));
        members.put("id", history.subject().snapshotId().toString());
        members.put("offset", history.offset());
        members.put("byteCount", history.byteCount());
        members.put("guestAddress", manifest.memory().layout().guestAddress(history.offset()));
        members.put(
                "changes",
                history.changes().stream().map(change -> members(change, names)).toList());
        return members;
    }

    private static Map<String, Object> members(History.Change change, SnapshotNames names) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("author", names.members(change.author()));
        members.put("seenIn", change.name());
        members.put("content", change.isZero() ? "zero" : "data");
        members.put("crc32c", sum(change));
        members.put("unseenGenerationCount", change.unseenGenerationCount());
        return members;
    }

    private static String sum(History.Change change) {
        return "0x%08x".formatted(change.crc32c());
    }

    private static String text(Manifest manifest, History history, SnapshotNames names) {
        Offsets offsets = Offsets.of(manifest.memory().byteCount());
        StringBuilder out = new StringBuilder();
        out.append(
                "%s: page of %s at %s, guest address 0x%x%n%n"
                        .formatted(
                                names.text(history.subject()),
                                history.pageSize(),
                                offsets.text(history.offset()),
                                manifest.memory().layout().guestAddress(history.offset())));
        ColumnTable table =
                new ColumnTable("GENERATION", "WRITTEN BY", "CREATED", "CONTENT", "CRC-32C", "IN")
                        .alignRight("GENERATION");
        for (History.Change change : history.changes()) {
            Author author = change.author();
            table.row(
                    Integer.toString(author.generation()),
                    names.text(author),
                    author.createdAt().truncatedTo(ChronoUnit.SECONDS).toString(),
                    change.isZero() ? "zero" : "data",
                    sum(change),
                    change.name());
            int unseen = change.unseenGenerationCount();
            if (unseen > 0) {
                table.row("...", Texts.count(unseen, "generation") + " gone", "", "", "", "");
            }
        }
        return out.append(table.text()).toString();
    }
}
