package io.coldframe.cli.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.cli.ByteCounts;
import io.coldframe.cli.ColumnTable;
import io.coldframe.cli.ExitCode;
import io.coldframe.cli.JsonOption;
import io.coldframe.cli.StoreOption;
import io.coldframe.snapshot.Manifest;
import io.coldframe.snapshot.SnapshotSummary;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/// `coldframe ls`: what is in a store.
@Command(
        name = "ls",
        description = {
            "Lists the snapshots of a store, the oldest first.",
            "",
            "One whose manifest can't be read is listed with the reason, and the exit code is 2.",
            ""
        })
public final class ListCommand implements Callable<Integer> {

    @Mixin private StoreOption store = new StoreOption();
    @Mixin private JsonOption json = new JsonOption();

    /// For picocli.
    public ListCommand() {}

    @Override
    public Integer call() throws SnapshotException {
        List<SnapshotSummary> all = store.open().list();
        json.print(Map.of("snapshots", all.stream().map(ListCommand::members).toList()), text(all));
        return all.stream().allMatch(summary -> summary.manifest().isPresent())
                ? ExitCode.OK
                : ExitCode.DAMAGED;
    }

    private static Map<String, Object> members(SnapshotSummary summary) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("name", summary.name());
        members.put("tags", summary.tags());
        members.put("problem", summary.problem());
        members.put(
                "manifest",
                summary.manifest()
                        .map(manifest -> ManifestReport.members(summary.name(), manifest)));
        return members;
    }

    private static String text(List<SnapshotSummary> all) {
        ColumnTable table =
                new ColumnTable("NAME", "KIND", "MEMORY", "WRITTEN", "PARENT", "CREATED", "TAGS");
        Set<UUID> ids =
                all.stream()
                        .flatMap(summary -> summary.manifest().stream())
                        .map(Manifest::id)
                        .collect(Collectors.toSet());
        for (SnapshotSummary summary : all) {
            String tags = String.join(" ", summary.tags());
            if (summary.manifest().isEmpty()) {
                table.row(summary.name(), "damaged", "", "", "", summary.problem(), tags);
                continue;
            }
            Manifest manifest = summary.manifest().get();
            table.row(
                    summary.name(),
                    ManifestReport.kind(manifest),
                    ByteCounts.text(manifest.memory().byteCount()),
                    ByteCounts.text(manifest.memory().writtenByteCount()),
                    manifest.parent().map(parent -> parent(parent, ids)).orElse("-"),
                    manifest.createdAt().truncatedTo(ChronoUnit.SECONDS).toString(),
                    tags);
        }
        return table.text();
    }

    /// A layer snapshot needs its parent no longer, and so that may be gone.
    private static String parent(Manifest.Parent parent, Set<UUID> ids) {
        return ids.contains(parent.id()) ? parent.name() : parent.name() + " (gone)";
    }
}
