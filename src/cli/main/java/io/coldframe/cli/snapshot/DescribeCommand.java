package io.coldframe.cli.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.cli.ExitCode;
import io.coldframe.cli.JsonOption;
import io.coldframe.cli.StoreOption;
import io.coldframe.snapshot.Manifest;
import io.coldframe.snapshot.PairDescription;
import io.coldframe.snapshot.PairPaths;
import io.coldframe.snapshot.SnapshotPair;
import io.coldframe.snapshot.SnapshotStore;
import io.coldframe.snapshot.SnapshotSummary;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;

/// `coldframe describe`: what a snapshot is, without reading its memory.
@Command(
        name = "describe",
        description = {
            "Says what a snapshot is, without reading its memory.",
            "",
            "SNAPSHOT is the state file of a pair (NAME.snap), or a name, a tag or an id in a "
                    + "store. A file goes first, unless --store is given. What can be read of a "
                    + "damaged state file is printed all the same, and the exit code is 2.",
            ""
        })
public final class DescribeCommand implements Callable<Integer> {

    @Mixin private StoreOption store = new StoreOption();
    @Mixin private JsonOption json = new JsonOption();

    @Parameters(paramLabel = "SNAPSHOT", description = "What to describe.")
    private String reference = "";

    /// For picocli.
    public DescribeCommand() {}

    @Override
    public Integer call() throws SnapshotException {
        if (PairFile.isMeant(reference, store)) {
            return describePair(PairPaths.of(Path.of(reference)));
        }
        SnapshotStore opened = store.open();
        Manifest manifest = opened.manifest(reference);
        String name = name(opened, manifest);
        IndexReport index = IndexReport.of(opened, manifest);
        Map<String, Object> members = ManifestReport.members(name, manifest);
        index.addTo(members);
        json.print(members, ManifestReport.text(name, manifest) + index.text());
        return index.isOk() ? ExitCode.OK : ExitCode.DAMAGED;
    }

    /// What it is called, where `reference` is a tag or an id.
    private String name(SnapshotStore opened, Manifest manifest) throws SnapshotException {
        for (SnapshotSummary summary : opened.list()) {
            if (summary.manifest().filter(other -> other.id().equals(manifest.id())).isPresent()) {
                return summary.name();
            }
        }
        return reference;
    }

    private int describePair(PairPaths paths) throws SnapshotException {
        PairDescription pair = SnapshotPair.describe(paths);
        json.print(PairReport.members(pair), PairReport.text(pair));
        return pair.isCrcOk() && pair.problem().isEmpty() ? ExitCode.OK : ExitCode.DAMAGED;
    }
}
