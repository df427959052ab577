package io.coldframe.cli.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.cli.Activity;
import io.coldframe.cli.CommandFailure;
import io.coldframe.cli.ExitCode;
import io.coldframe.cli.JsonOption;
import io.coldframe.cli.ProgressOption;
import io.coldframe.snapshot.Bridges;
import io.coldframe.snapshot.PairPaths;
import io.coldframe.snapshot.SnapshotReport;
import io.coldframe.snapshot.SnapshotStore;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/// `coldframe import`: a snapshot of another format into a store.
@Command(
        name = "import",
        description = {
            "Copies a pair or an OpenVMM directory into a store, which is made if it is not there. "
                    + "What is imported stays as it is.",
            "",
            "The pair of a diff needs --parent: the snapshot in the store that it lies on.",
            ""
        })
public final class ImportCommand implements Callable<Integer> {

    @Mixin private StoreOption store = new StoreOption();
    @Mixin private JsonOption json = new JsonOption();
    @Mixin private ProgressOption progress = new ProgressOption();

    @Mixin private ForeignFormat source = new ForeignFormat();

    @Parameters(paramLabel = "NAME", description = "What it will be called.")
    private String name = "";

    @Option(
            names = "--parent",
            paramLabel = "SNAPSHOT",
            description = "What the pair of a diff lies on: a name, a tag or an id.")
    private Optional<String> parent = Optional.empty();

    @SuppressWarnings("NullAway.Init") // picocli sets it.
    @Spec
    private CommandSpec spec;

    /// For picocli.
    public ImportCommand() {}

    @Override
    public Integer call() throws SnapshotException, CommandFailure {
        source.requireOne();
        SnapshotReport report;
        try (Activity activity = progress.begin("importing", json)) {
            report = UserInput.check(() -> copy(activity));
        }
        Map<String, Object> members = ManifestReport.members(report.name(), report.manifest());
        members.put("source", source.path().toString());
        members.put("format", source.word());
        json.print(members, "imported %s as %s%n".formatted(source.path(), report.name()));
        return ExitCode.OK;
    }

    private SnapshotReport copy(Activity activity) throws SnapshotException {
        SnapshotStore opened = store.createOrOpen();
        Optional<Path> pair = source.pair();
        if (pair.isEmpty()) {
            if (parent.isPresent()) {
                throw new ParameterException(
                        spec.commandLine(), "--parent is for a pair: a directory holds all pages");
            }
            return Bridges.importOpenVmm(opened, name, source.path(), activity);
        }
        PairPaths paths = PairPaths.of(pair.get());
        return parent.isPresent()
                ? Bridges.importPair(opened, name, parent.get(), paths, activity)
                : Bridges.importPair(opened, name, paths, activity);
    }
}
