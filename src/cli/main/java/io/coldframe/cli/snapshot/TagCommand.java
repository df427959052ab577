package io.coldframe.cli.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.cli.ColumnTable;
import io.coldframe.cli.CommandFailure;
import io.coldframe.cli.ExitCode;
import io.coldframe.cli.JsonOption;
import io.coldframe.cli.StoreOption;
import io.coldframe.cli.UserInput;
import io.coldframe.snapshot.SnapshotStore;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;

/// `coldframe tag`: other names of snapshots.
@Command(
        name = "tag",
        description = {
            "Gives a snapshot another name, moves such a name, or takes it away.",
            "",
            "A tag that exists moves to the snapshot that is named. Without a tag all are listed.",
            ""
        })
public final class TagCommand implements Callable<Integer> {

    @Mixin private StoreOption store = new StoreOption();
    @Mixin private JsonOption json = new JsonOption();

    @Option(names = "--delete", description = "Take the tag away; its snapshot stays.")
    private boolean delete;

    @Parameters(index = "0", arity = "0..1", paramLabel = "TAG", description = "The other name.")
    private Optional<String> tag = Optional.empty();

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "SNAPSHOT",
            description = "A name, a tag or an id.")
    private Optional<String> reference = Optional.empty();

    @SuppressWarnings("NullAway.Init") // picocli sets it.
    @Spec
    private CommandSpec spec;

    /// For picocli.
    public TagCommand() {}

    @Override
    public Integer call() throws SnapshotException, CommandFailure {
        SnapshotStore opened = store.open();
        if (tag.isEmpty() && !delete) {
            list(opened);
        } else if (tag.isPresent() && delete && reference.isEmpty()) {
            untag(opened, tag.get());
        } else if (tag.isPresent() && !delete && reference.isPresent()) {
            tag(opened, tag.get(), reference.get());
        } else {
            throw new ParameterException(
                    spec.commandLine(), "tag takes TAG SNAPSHOT, or --delete TAG, or nothing");
        }
        return ExitCode.OK;
    }

    private void list(SnapshotStore opened) throws SnapshotException {
        Map<String, Object> members = new TreeMap<>();
        ColumnTable table = new ColumnTable("TAG", "SNAPSHOT");
        opened.tags()
                .forEach(
                        (name, id) -> {
                            members.put(name, id.toString());
                            table.row(name, id.toString());
                        });
        json.print(Map.of("tags", members), table.text());
    }

    private void untag(SnapshotStore opened, String name) throws SnapshotException, CommandFailure {
        UserInput.check(
                () -> {
                    opened.untag(name);
                    return name;
                });
        json.print(Map.of("deleted", name), "deleted " + name + "\n");
    }

    private void tag(SnapshotStore opened, String name, String target)
            throws SnapshotException, CommandFailure {
        UserInput.check(
                () -> {
                    opened.tag(name, target);
                    return name;
                });
        String id = opened.manifest(name).id().toString();
        json.print(Map.of("tag", name, "id", id), name + " is " + target + " (" + id + ")\n");
    }
}
