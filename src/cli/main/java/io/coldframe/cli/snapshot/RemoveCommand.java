package io.coldframe.cli.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.cli.ExitCode;
import io.coldframe.cli.JsonOption;
import io.coldframe.cli.StoreOption;
import io.coldframe.snapshot.SnapshotStore;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/// `coldframe rm`: removes snapshots.
@Command(
        name = "rm",
        description = {
            "Removes snapshots from a store, in the order given.",
            "",
            "One that another snapshot lies on, or that a tag names, is refused (75) and stays; "
                    + "so do those after it.",
            ""
        })
public final class RemoveCommand implements Callable<Integer> {

    @Mixin private StoreOption store = new StoreOption();
    @Mixin private JsonOption json = new JsonOption();

    @Parameters(arity = "1..*", paramLabel = "SNAPSHOT", description = "A name or an id; no tag.")
    private List<String> references = new ArrayList<>();

    /// For picocli.
    public RemoveCommand() {}

    @Override
    public Integer call() throws SnapshotException {
        SnapshotStore opened = store.open();
        StringBuilder text = new StringBuilder();
        for (String reference : references) {
            opened.delete(reference);
            text.append("removed ").append(reference).append('\n');
        }
        json.print(Map.of("removed", references), text.toString());
        return ExitCode.OK;
    }
}
