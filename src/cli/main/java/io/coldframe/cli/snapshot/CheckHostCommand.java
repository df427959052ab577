package io.coldframe.cli.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.cli.ExitCode;
import io.coldframe.cli.FieldTable;
import io.coldframe.cli.JsonOption;
import io.coldframe.cli.StoreOption;
import io.coldframe.snapshot.Compatibility;
import io.coldframe.snapshot.Compatibility.Item;
import io.coldframe.snapshot.Compatibility.Verdict;
import io.coldframe.snapshot.SnapshotStore;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;

/// `coldframe check-host`: whether a guest can go on here.
@Command(
        name = "check-host",
        description = {
            "Says what of a snapshot fits this host and what does not, before it is restored.",
            "",
            "The exit code is 69 if something refuses: then the guest can't go on here.",
            ""
        })
public final class CheckHostCommand implements Callable<Integer> {

    @Mixin private StoreOption store = new StoreOption();
    @Mixin private JsonOption json = new JsonOption();

    @Parameters(paramLabel = "SNAPSHOT", description = "A name, a tag or an id.")
    private String reference = "";

    /// For picocli.
    public CheckHostCommand() {}

    @Override
    public Integer call() throws SnapshotException {
        SnapshotStore opened = store.open();
        Compatibility compatibility = opened.compatibility(opened.manifest(reference));
        json.print(members(compatibility), text(compatibility));
        return compatibility.verdict() == Verdict.REFUSES ? ExitCode.UNAVAILABLE : ExitCode.OK;
    }

    private Map<String, Object> members(Compatibility compatibility) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("snapshot", reference);
        members.put("verdict", word(compatibility.verdict()));
        members.put("items", compatibility.items().stream().map(CheckHostCommand::item).toList());
        return members;
    }

    private static Map<String, Object> item(Item item) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("name", item.name());
        members.put("verdict", word(item.verdict()));
        members.put("saved", item.saved());
        members.put("here", item.here());
        members.put("why", item.why());
        return members;
    }

    private static String word(Verdict verdict) {
        return verdict.name().toLowerCase(Locale.ROOT);
    }

    private String text(Compatibility compatibility) {
        FieldTable table = new FieldTable();
        for (Item item : compatibility.items()) {
            table.row(item.name(), word(item.verdict()));
            if (item.verdict() != Verdict.FITS) {
                table.row("", "saved: " + item.saved());
                table.row("", "here:  " + item.here());
                table.row("", "why:   " + item.why());
            }
        }
        String verdict =
                switch (compatibility.verdict()) {
                    case FITS -> "fits this host";
                    case DIFFERS -> "differs from this host, and may go on here";
                    case REFUSES -> "can't go on here";
                };
        return table.text() + "\n" + reference + " " + verdict + "\n";
    }
}
