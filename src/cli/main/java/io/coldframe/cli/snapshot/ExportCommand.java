package io.coldframe.cli.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.cli.Activity;
import io.coldframe.cli.CommandFailure;
import io.coldframe.cli.ExitCode;
import io.coldframe.cli.JsonOption;
import io.coldframe.cli.ProgressOption;
import io.coldframe.cli.StoreOption;
import io.coldframe.cli.UserInput;
import io.coldframe.image.OnExisting;
import io.coldframe.snapshot.Bridges;
import io.coldframe.snapshot.PairPaths;
import io.coldframe.snapshot.SnapshotStore;
import io.coldframe.snapshot.WrennExportReport;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/// `coldframe export`: a snapshot of a store in another format.
@Command(
        name = "export",
        description = {
            "Writes a snapshot, with all that it lies on, as a pair or as an OpenVMM directory; or "
                    + "it and its ancestors as generations of Wrenn's, a directory each.",
            "",
            "A pair needs a machine state that Coldframe can read; a directory takes any.",
            ""
        })
public final class ExportCommand implements Callable<Integer> {

    @Mixin private StoreOption store = new StoreOption();
    @Mixin private JsonOption json = new JsonOption();
    @Mixin private ProgressOption progress = new ProgressOption();

    @Mixin private ForeignFormat target = new ForeignFormat();

    @Parameters(paramLabel = "SNAPSHOT", description = "A name, a tag or an id.")
    private String reference = "";

    @Option(names = "--replace", description = "Take the place of what is there.")
    private boolean replace;

    /// For picocli.
    public ExportCommand() {}

    @Override
    public Integer call() throws SnapshotException, CommandFailure {
        target.requireOne();
        SnapshotStore opened = store.open();
        OnExisting onExisting = replace ? OnExisting.REPLACE : OnExisting.REFUSE;
        List<WrennExportReport.Generation> generations = List.of();
        try (Activity activity = progress.begin("exporting", json)) {
            Optional<Path> pair = target.pair();
            if (pair.isPresent()) {
                PairPaths paths = UserInput.check(() -> PairPaths.of(pair.get()));
                Bridges.exportPair(opened, reference, paths, onExisting, activity);
            } else if (target.wrenn().isPresent()) {
                Path directory = target.path();
                generations =
                        Bridges.exportWrenn(opened, reference, directory, onExisting, activity)
                                .generations();
            } else {
                Bridges.exportOpenVmm(opened, reference, target.path(), onExisting, activity);
            }
        }
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("snapshot", reference);
        members.put("target", target.path().toString());
        members.put("format", target.word());
        members.put("generations", generations.stream().map(ExportCommand::members).toList());
        json.print(members, text(generations));
        return ExitCode.OK;
    }

    private static Map<String, Object> members(WrennExportReport.Generation generation) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("name", generation.name());
        members.put("directory", generation.directory().toString());
        members.put("buildId", generation.written().buildId().toString());
        members.put("generation", generation.written().generation());
        members.put("recordCount", generation.written().recordCount());
        members.put("original", generation.isOriginal());
        return members;
    }

    private String text(List<WrennExportReport.Generation> generations) {
        if (generations.isEmpty()) {
            return "exported %s to %s%n".formatted(reference, target.path());
        }
        StringBuilder out = new StringBuilder();
        for (WrennExportReport.Generation generation : generations) {
            out.append(
                    "exported %s to %s: build %s%n"
                            .formatted(
                                    generation.name(),
                                    generation.directory(),
                                    generation.written().buildId()));
        }
        return out.toString();
    }
}
