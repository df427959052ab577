package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.memory.GuestMemory;
import io.coldframe.state.Architecture;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;

/// A machine state is of the machine that the manifest describes.
final class MachineOfManifestTest {

    @TempDir Path directory;

    @Test
    void aStateOfAnotherMachineThanTheManifestsIsRefused() throws Exception {
        SnapshotStore store = SnapshotStore.createOrOpen(directory.resolve("store"));
        try (GuestMemory memory = Machines.memory(1)) {
            store.save(
                    SnapshotRequest.full("base", memory, StateSource.machine(Machines.machine(1))));
        }
        Manifest written = store.manifest("base");
        try (Snapshot snapshot = store.open("base")) {
            assertEquals(2, snapshot.machineState().vcpus().size());
        }
        assertRefused(store, written, written.architecture(), 3);
        assertRefused(store, written, Architecture.X86_64, 2);
    }

    private static void assertRefused(
            SnapshotStore store, Manifest written, Architecture architecture, int vcpuCount)
            throws Exception {
        Manifest changed =
                new Manifest(
                        written.id(),
                        written.createdAt(),
                        architecture,
                        vcpuCount,
                        written.parent(),
                        written.generation(),
                        written.state(),
                        written.memory(),
                        written.host(),
                        written.labels(),
                        written.unknown());
        Path base = store.directory().resolve("base");
        Files.write(base.resolve("manifest.bin"), changed.encode());
        try (Snapshot snapshot = store.open("base")) {
            Refusals.assertRefused(
                    Kind.CORRUPT,
                    Reason.MISMATCH,
                    snapshot::machineState,
                    "2 vCPUs",
                    vcpuCount + " of " + architecture,
                    base.resolve("state.bin").toString());
        }
    }
}
