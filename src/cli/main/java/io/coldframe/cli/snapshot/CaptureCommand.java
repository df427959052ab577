package io.coldframe.cli.snapshot;

import io.coldframe.cli.Activity;
import io.coldframe.cli.ByteCounts;
import io.coldframe.cli.CommandFailure;
import io.coldframe.cli.ExitCode;
import io.coldframe.cli.JsonOption;
import io.coldframe.cli.ProgressOption;
import io.coldframe.cli.StoreOption;
import io.coldframe.cli.UserInput;
import io.coldframe.image.WriteOptions;
import io.coldframe.layer.LayerReport;
import io.coldframe.layer.LayerSource;
import io.coldframe.memory.GuestLayout;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/// `coldframe capture`: the memory of a paused guest as a layer, packed: blocks of zeros and blocks
/// that the parent has take no space.
@Command(
        name = "capture",
        description = {
            "Captures a guest's memory and state as a layer snapshot in a store, which is made if "
                    + "it is not there: blocks that are neither zero nor the parent's are packed "
                    + "one after another, and an index says where everything is.",
            "",
            "However many generations there are, each is read as fast as the first, and any of "
                    + "them can be deleted (prune). The guest must be paused: nobody writes the "
                    + "files meanwhile.",
            ""
        })
public final class CaptureCommand implements Callable<Integer> {

    @Mixin private StoreOption store = new StoreOption();
    @Mixin private NewSnapshot made = new NewSnapshot();
    @Mixin private GuestFile guest = new GuestFile();
    @Mixin private StateFile state = new StateFile();
    @Mixin private JsonOption json = new JsonOption();
    @Mixin private ProgressOption progress = new ProgressOption();

    @Option(
            names = "--parent",
            paramLabel = "SNAPSHOT",
            description =
                    "Keep only what differs from this one: a name, a tag or an id, of layers or of "
                            + "images.")
    private Optional<String> parent = Optional.empty();

    @Option(
            names = "--block-size",
            paramLabel = "SIZE",
            converter = ByteCounts.Converter.class,
            description =
                    "What is stored, zero or unchanged as one; with a parent of layers it is the "
                            + "parent's. Default: 4k.")
    private Optional<Long> blockByteCount = Optional.empty();

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "How many threads read and write. Default: up to 2.")
    private Optional<Integer> threadCount = Optional.empty();

    /// For picocli.
    public CaptureCommand() {}

    @Override
    public Integer call() throws IOException, CommandFailure {
        long startNs = System.nanoTime();
        SnapshotReport report;
        GuestLayout layout = guest.layout();
        try (LayerSource source = LayerSource.file(guest.path());
                Activity activity = progress.begin("capturing", json)) {
            StateSource machine = state.read();
            SnapshotRequest request =
                    UserInput.check(() -> request(source, layout, machine, activity));
            SnapshotStore opened = store.createOrOpen();
            report = UserInput.check(() -> opened.save(request));
        }
        long elapsedNs = System.nanoTime() - startNs;
        json.print(members(report, elapsedNs), text(report, elapsedNs));
        return ExitCode.OK;
    }

    private SnapshotRequest request(
            LayerSource source, GuestLayout layout, StateSource machine, Activity activity) {
        SnapshotRequest request =
                SnapshotRequest.layer(made.name(), parent, source, layout, machine);
        if (blockByteCount.isPresent()) {
            request = request.withBlockSize(PageSize.ofBytes(blockByteCount.get()));
        }
        return made.complete(request.withWriteOptions(options(activity)));
    }

    private WriteOptions options(Activity activity) {
        WriteOptions options = WriteOptions.DEFAULT.withProgress(activity);
        return threadCount.map(options::withThreadCount).orElse(options);
    }

    private static Map<String, Object> members(SnapshotReport report, long elapsedNs) {
        LayerReport layer = report.layer().orElseThrow();
        Map<String, Object> members = ManifestReport.members(report.name(), report.manifest());
        members.put("dataBlockCount", layer.dataBlocks());
        members.put("zeroBlockCount", layer.zeroBlocks());
        members.put("unchangedBlockCount", layer.unchangedBlocks() + layer.cleanBlocks());
        members.put("bytesRead", layer.bytesRead());
        members.put("parentBytesRead", layer.parentBytesRead());
        members.put("bytesWritten", layer.bytesWritten());
        members.put("strategy", layer.output().name().toLowerCase(Locale.ROOT));
        members.put("strategyWhy", layer.why());
        members.put("elapsedMs", elapsedNs / 1_000_000);
        return members;
    }

    private static String text(SnapshotReport report, long elapsedNs) {
        LayerReport layer = report.layer().orElseThrow();
        Manifest manifest = report.manifest();
        long byteCount = manifest.memory().byteCount();
        long unchangedBlocks = layer.unchangedBlocks() + layer.cleanBlocks();
        List<String> shares = new ArrayList<>();
        shares.add(share(manifest, layer.dataBlocks()) + " stored");
        if (manifest.parent().isEmpty()) {
            shares.add(share(manifest, layer.zeroBlocks()) + " zero");
        } else {
            shares.add(share(manifest, layer.zeroBlocks()) + " zeroed");
            String parentName = manifest.parent().get().name();
            shares.add(share(manifest, unchangedBlocks) + " as in " + parentName);
        }
        return String.format(
                Locale.ROOT,
                "captured %s (layer, generation %d): %s; %s in %.1f s, %s%n",
                report.name(),
                manifest.generation(),
                String.join(", ", shares),
                ByteCounts.text(byteCount),
                elapsedNs / 1e9,
                ByteCounts.rate(byteCount, elapsedNs));
    }

    /// The last block may be a short one.
    private static String share(Manifest manifest, long blockCount) {
        long byteCount = manifest.memory().pageSize().bytes(blockCount);
        return blockCount == 0
                ? "nothing"
                : ByteCounts.text(Math.min(byteCount, manifest.memory().byteCount()));
    }
}
