package io.coldframe.cli.chain;

import io.coldframe.SnapshotException;
import io.coldframe.cli.ByteCounts;
import io.coldframe.cli.ColumnTable;
import io.coldframe.cli.ExitCode;
import io.coldframe.cli.JsonOption;
import io.coldframe.cli.StoreOption;
import io.coldframe.cli.picture.Percent;
import io.coldframe.inspect.ChainStats;
import io.coldframe.inspect.ChainStats.LayerStats;
import io.coldframe.inspect.ChainStats.SnapshotStats;
import io.coldframe.snapshot.SnapshotStore;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/// `coldframe stats`: how snapshots are stored.
@Command(
        name = "stats",
        description = {
            "Says how snapshots are stored: what each reads, and of each layer what is read, what "
                    + "others read, too, and what is dead: read by no living snapshot.",
            "",
            "Without a name it tells of all of the store. Nothing but the indexes is read.",
            ""
        })
public final class StatsCommand implements Callable<Integer> {

    @Mixin private StoreOption store = new StoreOption();
    @Mixin private JsonOption json = new JsonOption();

    @Parameters(arity = "0..1", paramLabel = "SNAPSHOT", description = "A name, a tag or an id.")
    private Optional<String> reference = Optional.empty();

    /// For picocli.
    public StatsCommand() {}

    @Override
    public Integer call() throws SnapshotException {
        SnapshotStore opened = store.open();
        ChainStats stats =
                reference.isPresent()
                        ? ChainStats.of(opened, reference.get())
                        : ChainStats.ofStore(opened);
        json.print(members(stats), text(stats));
        return ExitCode.OK;
    }

    private static Map<String, Object> members(ChainStats stats) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("snapshots", stats.snapshots().stream().map(StatsCommand::members).toList());
        members.put("layers", stats.layers().stream().map(StatsCommand::members).toList());
        return members;
    }

    private static Map<String, Object> members(SnapshotStats snapshot) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("name", snapshot.name());
        members.put("id", snapshot.id().toString());
        members.put("kind", snapshot.isImage() ? "image" : "layer");
        members.put("generation", snapshot.generation());
        members.put("byteCount", snapshot.byteCount());
        members.put("blockByteCount", snapshot.blockSize().bytes());
        members.put("dataBlockCount", snapshot.dataBlockCount());
        members.put("zeroBlockCount", snapshot.zeroBlockCount());
        members.put("baseBlockCount", snapshot.baseBlockCount());
        members.put("writtenBlockCount", snapshot.writtenBlockCount());
        members.put("extentCount", snapshot.extentCount());
        members.put("depth", snapshot.depth());
        return members;
    }

    private static Map<String, Object> members(LayerStats layer) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("id", layer.id().toString());
        members.put("holder", layer.holder());
        members.put("blockByteCount", layer.blockSize().bytes());
        members.put("storedBlockCount", layer.storedBlockCount());
        members.put("readBlockCount", layer.readBlockCount());
        members.put("sharedBlockCount", layer.sharedBlockCount());
        members.put("deadBlockCount", layer.deadBlockCount());
        members.put("extentCount", layer.extentCount());
        members.put("readerCount", layer.readerCount());
        return members;
    }

    private static String text(ChainStats stats) {
        StringBuilder out = new StringBuilder();
        out.append(snapshotTable(stats));
        if (!stats.layers().isEmpty()) {
            out.append('\n').append(layerTable(stats)).append('\n').append(totals(stats));
        }
        return out.toString();
    }

    private static String snapshotTable(ChainStats stats) {
        String[] numbers = {
            "GENERATION", "DEPTH", "MEMORY", "DATA", "ZERO", "IN IMAGES", "WRITTEN", "EXTENTS"
        };
        ColumnTable table =
                new ColumnTable(
                                "SNAPSHOT",
                                "KIND",
                                "GENERATION",
                                "DEPTH",
                                "MEMORY",
                                "DATA",
                                "ZERO",
                                "IN IMAGES",
                                "WRITTEN",
                                "EXTENTS")
                        .alignRight(numbers);
        for (SnapshotStats snapshot : stats.snapshots()) {
            table.row(
                    snapshot.name(),
                    snapshot.isImage() ? "image" : "layer",
                    Integer.toString(snapshot.generation()),
                    Integer.toString(snapshot.depth()),
                    ByteCounts.text(snapshot.byteCount()),
                    snapshot.isImage() ? "-" : blocks(snapshot, snapshot.dataBlockCount()),
                    snapshot.isImage() ? "-" : blocks(snapshot, snapshot.zeroBlockCount()),
                    snapshot.isImage() ? "-" : blocks(snapshot, snapshot.baseBlockCount()),
                    blocks(snapshot, snapshot.writtenBlockCount()),
                    snapshot.isImage() ? "-" : Integer.toString(snapshot.extentCount()));
        }
        return table.text();
    }

    private static String blocks(SnapshotStats snapshot, long blockCount) {
        return Texts.bytes(snapshot.blockSize().bytes(blockCount));
    }

    private static String layerTable(ChainStats stats) {
        String[] numbers = {"STORED", "READ", "SHARED", "DEAD", "", "EXTENTS", "READERS"};
        ColumnTable table =
                new ColumnTable(
                                "LAYER", "BESIDE", "STORED", "READ", "SHARED", "DEAD", "",
                                "EXTENTS", "READERS")
                        .alignRight(numbers);
        for (LayerStats layer : stats.layers()) {
            table.row(
                    layer.id().toString(),
                    layer.holder().orElse("-"),
                    Texts.bytes(layer.storedByteCount()),
                    Texts.bytes(layer.blockSize().bytes(layer.readBlockCount())),
                    Texts.bytes(layer.blockSize().bytes(layer.sharedBlockCount())),
                    Texts.bytes(layer.deadByteCount()),
                    Percent.text(layer.deadBlockCount(), layer.storedBlockCount()),
                    Integer.toString(layer.extentCount()),
                    Integer.toString(layer.readerCount()));
        }
        return table.text();
    }

    private static String totals(ChainStats stats) {
        long storedBytes = stats.layers().stream().mapToLong(LayerStats::storedByteCount).sum();
        long deadBytes = stats.layers().stream().mapToLong(LayerStats::deadByteCount).sum();
        return "%s of %s, %s of it dead (%s)%n"
                .formatted(
                        Texts.count(stats.layers().size(), "layer"),
                        ByteCounts.text(storedBytes),
                        Texts.bytes(deadBytes),
                        Percent.text(deadBytes, storedBytes));
    }
}
