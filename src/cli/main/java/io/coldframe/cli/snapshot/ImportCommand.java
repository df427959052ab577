package io.coldframe.cli.snapshot;

import io.coldframe.cli.Activity;
import io.coldframe.cli.CommandFailure;
import io.coldframe.cli.ExitCode;
import io.coldframe.cli.JsonOption;
import io.coldframe.cli.ProgressOption;
import io.coldframe.cli.StoreOption;
import io.coldframe.cli.UserInput;
import io.coldframe.snapshot.Bridges;
import io.coldframe.snapshot.FirecrackerMemory;
import io.coldframe.snapshot.PairPaths;
import io.coldframe.snapshot.SnapshotReport;
import io.coldframe.snapshot.SnapshotStore;
import io.coldframe.snapshot.WrennImportReport;
import io.coldframe.wrenn.WrennGeneration;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/// `coldframe import`: snapshots of another format into a store.
@Command(
        name = "import",
        description = {
            "Copies a pair, an OpenVMM directory, generations of Wrenn's or a memory file of "
                    + "Firecracker's into a store, which is made if it is not there. What is "
                    + "imported stays as it is.",
            "",
            "A diff needs --parent: the snapshot in the store that it lies on. Of Wrenn's "
                    + "generations the newest gets NAME and the others NAME.<generation>; what the "
                    + "store has already is known by its build id.",
            ""
        })
public final class ImportCommand implements Callable<Integer> {

    @Mixin private StoreOption store = new StoreOption();
    @Mixin private JsonOption json = new JsonOption();
    @Mixin private ProgressOption progress = new ProgressOption();

    @Mixin private ForeignFormat source = new ForeignFormat();
    @Mixin private FirecrackerFile firecracker = new FirecrackerFile();

    @Parameters(paramLabel = "NAME", description = "What it will be called.")
    private String name = "";

    @Option(
            names = "--parent",
            paramLabel = "SNAPSHOT",
            description = "What a diff lies on: a name, a tag or an id.")
    private Optional<String> parent = Optional.empty();

    @SuppressWarnings("NullAway.Init") // picocli sets it.
    @Spec
    private CommandSpec spec;

    /// For picocli.
    public ImportCommand() {}

    @Override
    public Integer call() throws IOException, CommandFailure {
        requireOne();
        if (source.wrenn().isPresent()) {
            importWrenn(source.wrenn().get());
            return ExitCode.OK;
        }
        Path from = firecracker.isAsked() ? firecracker.path() : source.path();
        SnapshotReport report = firecracker.isAsked() ? importFirecracker() : importWhole();
        Map<String, Object> members = ManifestReport.members(report.name(), report.manifest());
        members.put("source", from.toString());
        members.put("format", firecracker.isAsked() ? "firecracker" : source.word());
        json.print(members, "imported %s as %s%n".formatted(from, report.name()));
        return ExitCode.OK;
    }

    private void requireOne() {
        firecracker.requireUsed(parent.isPresent());
        if (source.count() + (firecracker.isAsked() ? 1 : 0) != 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "name one of --pair FILE, --openvmm DIR, --wrenn DIR and --firecracker FILE");
        }
        if (parent.isPresent() && !firecracker.isAsked() && source.pair().isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--parent is for a pair and for a memory file: a directory tells it itself");
        }
    }

    private SnapshotReport importWhole() throws IOException, CommandFailure {
        try (Activity activity = progress.begin("importing", json)) {
            return UserInput.check(
                    () -> {
                        SnapshotStore opened = store.createOrOpen();
                        if (source.pair().isEmpty()) {
                            return Bridges.importOpenVmm(opened, name, source.path(), activity);
                        }
                        PairPaths paths = PairPaths.of(source.path());
                        return parent.isPresent()
                                ? Bridges.importPair(opened, name, parent.get(), paths, activity)
                                : Bridges.importPair(opened, name, paths, activity);
                    });
        }
    }

    private SnapshotReport importFirecracker() throws IOException, CommandFailure {
        FirecrackerMemory memory = firecracker.memory(name, parent);
        try (Activity activity = progress.begin("importing", json)) {
            return UserInput.check(
                    () -> Bridges.importFirecracker(store.createOrOpen(), memory, activity));
        }
    }

    private void importWrenn(Path directory) throws IOException, CommandFailure {
        WrennImportReport report;
        try (Activity activity = progress.begin("importing", json)) {
            report =
                    UserInput.check(
                            () ->
                                    Bridges.importWrenn(
                                            store.createOrOpen(),
                                            WrennGeneration.in(directory, name),
                                            activity));
        }
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("source", directory.toString());
        members.put("format", source.word());
        members.put(
                "generations", report.generations().stream().map(ImportCommand::members).toList());
        StringBuilder text = new StringBuilder();
        report.generations().forEach(generation -> text.append(text(generation)));
        json.print(members, text.toString());
    }

    private static Map<String, Object> members(WrennImportReport.Generation generation) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("name", generation.name());
        members.put("buildId", generation.buildId().toString());
        members.put("generation", generation.generation());
        members.put("parent", generation.parent());
        members.put("imported", generation.saved().isPresent());
        return members;
    }

    private static String text(WrennImportReport.Generation generation) {
        return "%s build %s as %s%s%n"
                .formatted(
                        generation.saved().isPresent() ? "imported" : "had already",
                        generation.buildId(),
                        generation.name(),
                        generation.parent().map(" on "::concat).orElse(""));
    }
}
