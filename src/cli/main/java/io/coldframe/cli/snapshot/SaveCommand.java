package io.coldframe.cli.snapshot;

import io.coldframe.cli.Activity;
import io.coldframe.cli.ByteCounts;
import io.coldframe.cli.CommandFailure;
import io.coldframe.cli.ExitCode;
import io.coldframe.cli.JsonOption;
import io.coldframe.cli.ProgressOption;
import io.coldframe.cli.StoreOption;
import io.coldframe.cli.UserInput;
import io.coldframe.image.WriteReport;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageSize;
import io.coldframe.snapshot.Manifest;
import io.coldframe.snapshot.SnapshotReport;
import io.coldframe.snapshot.SnapshotRequest;
import io.coldframe.snapshot.SnapshotStore;
import io.coldframe.snapshot.StateSource;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/// `coldframe save`: the memory of a paused guest, from the file that backs it, into a store.
@Command(
        name = "save",
        description = {
            "Saves a guest's memory and state as a snapshot in a store, which is made if it is not "
                    + "there.",
            "",
            "With --parent only the pages are kept that differ from the parent's. The guest must "
                    + "be paused: nobody writes the files meanwhile.",
            ""
        })
public final class SaveCommand implements Callable<Integer> {

    @Mixin private StoreOption store = new StoreOption();
    @Mixin private NewSnapshot made = new NewSnapshot();
    @Mixin private GuestFile guest = new GuestFile();
    @Mixin private StateFile state = new StateFile();
    @Mixin private WriteOption write = new WriteOption();
    @Mixin private JsonOption json = new JsonOption();
    @Mixin private ProgressOption progress = new ProgressOption();

    @Option(
            names = "--parent",
            paramLabel = "SNAPSHOT",
            description = "The snapshot that this one lies on: a name, a tag or an id.")
    private Optional<String> parent = Optional.empty();

    @Option(
            names = "--page-size",
            paramLabel = "SIZE",
            converter = ByteCounts.Converter.class,
            description = "The pages of a full snapshot; a diff has its parent's. Default: 4k.")
    private Optional<Long> pageByteCount = Optional.empty();

    /// For picocli.
    public SaveCommand() {}

    @Override
    public Integer call() throws IOException, CommandFailure {
        long startNs = System.nanoTime();
        SnapshotReport report;
        try (GuestMemory memory = guest.open();
                Activity activity = progress.begin("saving", json)) {
            StateSource source = state.read();
            SnapshotRequest request =
                    UserInput.check(
                            () ->
                                    request(memory, source)
                                            .withWriteOptions(write.options(activity)));
            SnapshotStore opened = store.createOrOpen();
            report = UserInput.check(() -> opened.save(request));
        }
        long elapsedNs = System.nanoTime() - startNs;
        json.print(members(report, elapsedNs), text(report, elapsedNs));
        return ExitCode.OK;
    }

    private SnapshotRequest request(GuestMemory memory, StateSource source) {
        SnapshotRequest request =
                parent.isPresent()
                        ? SnapshotRequest.diff(made.name(), parent.get(), memory, source)
                        : SnapshotRequest.full(made.name(), memory, source);
        if (pageByteCount.isPresent()) {
            request = request.withPageSize(PageSize.ofBytes(pageByteCount.get()));
        }
        return made.complete(request);
    }

    private static Map<String, Object> members(SnapshotReport report, long elapsedNs) {
        WriteReport memory = report.memory();
        Map<String, Object> members = ManifestReport.members(report.name(), report.manifest());
        members.put("bytesWritten", memory.bytesWritten());
        members.put("strategy", memory.output().name().toLowerCase(Locale.ROOT));
        members.put("strategyWhy", memory.why());
        members.put("elapsedMs", elapsedNs / 1_000_000);
        return members;
    }

    private static String text(SnapshotReport report, long elapsedNs) {
        WriteReport memory = report.memory();
        // Of a diff most of the time goes into finding what has changed, so its rate says nothing.
        String rate =
                report.manifest().kind() == Manifest.Kind.FULL
                        ? ", " + ByteCounts.rate(memory.byteCount(), elapsedNs)
                        : "";
        return String.format(
                Locale.ROOT,
                "saved %s (%s): %s of %s written in %.1f s%s, %s%n",
                report.name(),
                ManifestReport.kind(report.manifest()),
                ByteCounts.text(memory.bytesWritten()),
                ByteCounts.text(report.manifest().memory().byteCount()),
                elapsedNs / 1e9,
                rate,
                memory.output().name().toLowerCase(Locale.ROOT));
    }
}
