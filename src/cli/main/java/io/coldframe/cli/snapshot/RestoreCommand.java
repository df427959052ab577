package io.coldframe.cli.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.cli.Activity;
import io.coldframe.cli.ByteCounts;
import io.coldframe.cli.CommandFailure;
import io.coldframe.cli.ExitCode;
import io.coldframe.cli.JsonOption;
import io.coldframe.cli.ProgressOption;
import io.coldframe.cli.StoreOption;
import io.coldframe.cli.UserInput;
import io.coldframe.image.AtomicFile;
import io.coldframe.image.OnExisting;
import io.coldframe.image.RestoreReport;
import io.coldframe.snapshot.Snapshot;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/// `coldframe restore`: a snapshot's memory as one file, whatever it lies on.
@Command(
        name = "restore",
        description = {
            "Writes the memory of a snapshot, with all that it lies on, into one file, as raw as "
                    + "it was. Every sum is checked on the way; zeros become holes.",
            "",
            "A file that is there is not overwritten unless --replace is given, and then it is "
                    + "replaced whole: whoever has it open keeps the old one.",
            "",
            "With --over the file holds the memory of another snapshot already: only what differs "
                    + "is written into it, and if that is interrupted, the same command goes on.",
            ""
        })
public final class RestoreCommand implements Callable<Integer> {

    @Mixin private StoreOption store = new StoreOption();
    @Mixin private JsonOption json = new JsonOption();
    @Mixin private ProgressOption progress = new ProgressOption();

    @Parameters(index = "0", paramLabel = "SNAPSHOT", description = "A name, a tag or an id.")
    private String reference = "";

    @Parameters(index = "1", paramLabel = "FILE", description = "Where the memory goes.")
    private Path target = Path.of("");

    @Option(
            names = "--state",
            paramLabel = "FILE",
            description = "Where the machine state goes, as it was saved.")
    private Optional<Path> stateTarget = Optional.empty();

    @Option(names = "--replace", description = "Take the place of files that are there.")
    private boolean replace;

    @Option(
            names = "--over",
            paramLabel = "SNAPSHOT",
            description = "Change FILE, which holds this snapshot's memory, in place.")
    private Optional<String> present = Optional.empty();

    /// For picocli.
    public RestoreCommand() {}

    @Override
    public Integer call() throws SnapshotException, CommandFailure {
        long startNs = System.nanoTime();
        OnExisting onExisting = replace ? OnExisting.REPLACE : OnExisting.REFUSE;
        try (Snapshot snapshot = store.open().open(reference);
                Activity activity = progress.begin("restoring", json)) {
            RestoreReport report;
            if (stateTarget.isPresent()) {
                // Its draft first: what refuses it refuses it before the memory is written.
                try (Arena arena = Arena.ofConfined();
                        AtomicFile file = AtomicFile.create(stateTarget.get(), onExisting)) {
                    file.write(snapshot.stateBytes(arena));
                    report = restore(snapshot, onExisting, activity);
                    file.commit();
                }
            } else {
                report = restore(snapshot, onExisting, activity);
            }
            print(snapshot, report, System.nanoTime() - startNs);
        }
        return ExitCode.OK;
    }

    private RestoreReport restore(Snapshot snapshot, OnExisting onExisting, Activity activity)
            throws SnapshotException, CommandFailure {
        if (present.isEmpty()) {
            return UserInput.check(() -> snapshot.restore(target, onExisting, activity));
        }
        try (Snapshot before = store.open().open(present.get())) {
            return UserInput.check(() -> snapshot.restoreOver(before, target, activity));
        }
    }

    private void print(Snapshot snapshot, RestoreReport report, long elapsedNs) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("snapshot", snapshot.name());
        members.put("id", snapshot.manifest().id().toString());
        members.put("file", target.toString());
        members.put("stateFile", stateTarget.map(Path::toString));
        members.put("over", present);
        members.put("byteCount", report.byteCount());
        members.put("bytesWritten", report.bytesWritten());
        members.put("elapsedMs", elapsedNs / 1_000_000);
        json.print(
                members,
                String.format(
                        Locale.ROOT,
                        "restored %s to %s: %s, %s of it data, in %.1f s%n",
                        snapshot.name(),
                        target,
                        ByteCounts.text(report.byteCount()),
                        ByteCounts.text(report.bytesWritten()),
                        elapsedNs / 1e9));
    }
}
