package io.coldframe.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Progress;
import io.coldframe.image.OnExisting;
import io.coldframe.judge.WrennJudge;
import io.coldframe.layer.LayerReport;
import io.coldframe.layer.LayerSource;
import io.coldframe.memory.GuestLayout;
import io.coldframe.snapshot.Bridges;
import io.coldframe.snapshot.CompactionPolicy;
import io.coldframe.snapshot.FsckOptions;
import io.coldframe.snapshot.PrunePolicy;
import io.coldframe.snapshot.PruneReport;
import io.coldframe.snapshot.Snapshot;
import io.coldframe.snapshot.SnapshotRequest;
import io.coldframe.snapshot.SnapshotStore;
import io.coldframe.snapshot.StateSource;
import io.coldframe.state.Architecture;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Ten generations of a Debian kernel's memory, as QEMU wrote it, through compaction and pruning:
/// each one that lives is, byte by byte, what was captured, as `cmp` sees it; and one of them runs.
final class RealGuestChainTest {
    private static final List<String> COMMANDS =
            List.of("fill", "fill", "again", "zero", "fill", "drop", "fill", "again", "fill");
    private static final String RUNNING = "g6";

    @TempDir private Path folder;

    private final Map<String, String> said = new TreeMap<>();
    private SnapshotStore store;

    @BeforeEach
    void createStore() throws IOException {
        RealGuest.requireInstalled();
        store = SnapshotStore.createOrOpen(folder.resolve("store"));
    }

    @Test
    void everyGenerationOfARealGuestIsWhatWasCaptured() throws Exception {
        try (RealGuest guest = RealGuest.boot(folder, folder.resolve("ram"))) {
            guest.stop();
            capture(guest, "g0", "");
            for (int i = 1; i <= COMMANDS.size(); i++) {
                guest.go();
                guest.tell(COMMANDS.get(i - 1));
                said.put("g" + i, guest.tell("say"));
                guest.stop();
                capture(guest, "g" + i, "g" + (i - 1));
            }
        }
        checkAll();
        compact(CompactionPolicy.intoOne(List.of("g9")));
        checkAll();
        PruneReport pruned = store.prune(store.planPrune(PrunePolicy.keeping(5)), Progress.NONE);
        assertEquals(5, pruned.removed().size());
        checkAll();
        compact(CompactionPolicy.wholeStore().withDepthMax(1));
        checkAll();
        assertEquals(List.of(), store.fsck(FsckOptions.DEFAULT).problems());
        checkExported();
        checkRuns();
    }

    /// As somebody reads it who knows nothing but the description of Wrenn's files.
    private void checkExported() throws Exception {
        Path target = folder.resolve("wrenn");
        for (var each :
                Bridges.exportWrenn(store, "g9", target, OnExisting.REFUSE, Progress.NONE)
                        .generations()) {
            Path directory = each.directory();
            WrennJudge judge = WrennJudge.read(directory.resolve("memfile.header"));
            byte[] memory = judge.memory(id -> directory.resolve("memfile." + id));
            assertTrue(
                    Arrays.equals(memory, Files.readAllBytes(reference(each.name()))), each.name());
        }
    }

    private Path reference(String name) {
        return folder.resolve(name + ".reference");
    }

    private void capture(RealGuest guest, String name, String parent) throws Exception {
        GuestLayout layout = GuestLayout.of(RealGuest.MEMORY_BYTES);
        try (LayerSource source = LayerSource.file(guest.memory())) {
            SnapshotRequest request =
                    SnapshotRequest.layer(
                            name,
                            parent.isEmpty() ? Optional.empty() : Optional.of(parent),
                            source,
                            layout,
                            state(guest, name));
            LayerReport report = store.save(request).layer().orElseThrow();
            long blockCount = RealGuest.MEMORY_BYTES / 4096;
            assertEquals(
                    blockCount,
                    report.dataBlocks() + report.zeroBlocks() + report.unchangedBlocks(),
                    report::toString);
            System.out.println(name + ": " + report.dataBlocks() + " blocks are new");
        }
        run(
                List.of(
                        "cp",
                        "--sparse=always",
                        guest.memory().toString(),
                        reference(name).toString()));
    }

    /// All of the machine but its memory, where it is needed.
    private StateSource state(RealGuest guest, String name) throws IOException {
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        if (name.equals(RUNNING)) {
            Path file = folder.resolve("state");
            guest.saveState(file);
            bytes = Files.readAllBytes(file);
        }
        return StateSource.opaque(MemorySegment.ofArray(bytes), Architecture.X86_64, 1);
    }

    private void checkAll() throws Exception {
        for (var summary : store.list()) {
            Path file = folder.resolve("restored");
            store.restore(summary.name(), file, OnExisting.REPLACE, Progress.NONE);
            run(List.of("cmp", file.toString(), reference(summary.name()).toString()));
        }
    }

    private void compact(CompactionPolicy policy) throws Exception {
        store.compact(store.planCompaction(policy), Progress.NONE);
    }

    /// The guest goes on from what came through all that.
    private void checkRuns() throws Exception {
        Path memory = folder.resolve("again");
        Path state = folder.resolve("state");
        store.restore(RUNNING, memory, OnExisting.REFUSE, Progress.NONE);
        try (Snapshot snapshot = store.open(RUNNING);
                Arena arena = Arena.ofConfined()) {
            Files.write(state, snapshot.stateBytes(arena).toArray(ValueLayout.JAVA_BYTE));
        }
        try (RealGuest guest = RealGuest.resume(folder, memory, state)) {
            assertEquals(said.get(RUNNING), guest.tell("say"));
        }
    }

    private static void run(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor() == 0, () -> command + ": " + output);
    }
}
