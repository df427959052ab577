package io.coldframe.snapshot;

import static io.coldframe.snapshot.Refusals.assertRefused;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Progress;
import io.coldframe.Sha256;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.OnExisting;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageSize;
import io.coldframe.snapshot.OpenVmmDirectory.MemoryTransfer;
import io.coldframe.state.Architecture;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CancellationException;

/// A snapshot that crosses between a store and the forms of others is the same snapshot.
final class BridgesTest {

    private static final byte[] STATE = "of another monitor".getBytes(StandardCharsets.UTF_8);

    @TempDir private Path folder;
    private SnapshotStore store;
    private PairPaths base;
    private PairPaths diff;

    @BeforeEach
    void open() throws SnapshotException {
        store = SnapshotStore.createOrOpen(folder.resolve("store"));
        base = PairPaths.of(folder.resolve("base.snap"));
        diff = PairPaths.of(folder.resolve("diff.snap"));
    }

    /// Saves a full pair and a diff on it. @return what the memory is then
    private byte[] savePairs() throws SnapshotException {
        try (GuestMemory memory = Machines.patterned(1);
                DirtyBitmap dirty = Machines.bitmap(PageSize.KIB_4)) {
            Sha256 digest =
                    SnapshotPair.save(SaveRequest.full(base, Machines.machine(1), memory))
                            .memoryDigest();
            memory.slice(0x3000, 0x2000).fill((byte) 0);
            dirty.markPages(3, 2);
            SnapshotPair.save(
                    SaveRequest.diff(diff, Machines.machine(2), memory).dirty(dirty).base(digest));
            return memory.segment(0).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private byte[] memoryOf(String name) throws SnapshotException {
        try (GuestMemory memory = GuestMemory.anonymous(GuestLayout.of(Machines.MIB))) {
            store.load(name, memory, Progress.NONE);
            return memory.segment(0).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    @Test
    void pairsComeIntoAStoreAndGoOutAsOne() throws IOException {
        byte[] expected = savePairs();
        Bridges.importPair(store, "base", base, Progress.NONE);
        SnapshotReport imported = Bridges.importPair(store, "diff", "base", diff, Progress.NONE);
        assertEquals(2, imported.pagesWritten());
        assertArrayEquals(expected, memoryOf("diff"));
        try (Snapshot snapshot = store.open("diff")) {
            assertEquals(Machines.machine(2), snapshot.machineState());
            snapshot.verify(Progress.NONE);
        }
        PairPaths out = PairPaths.of(folder.resolve("out.snap"));
        SaveReport exported =
                Bridges.exportPair(store, "diff", out, OnExisting.REFUSE, Progress.NONE);
        assertEquals(
                exported.memoryDigest(),
                SnapshotPair.verifyPair(out, Progress.NONE).memoryDigest());
        try (LoadedPair pair = SnapshotPair.load(out)) {
            assertEquals(Machines.machine(2), pair.envelope().state());
            assertArrayEquals(expected, pair.memory().segment(0).toArray(ValueLayout.JAVA_BYTE));
        }
    }

    @Test
    void aFullPairComesOutAsItWent() throws IOException {
        savePairs();
        Bridges.importPair(store, "base", base, Progress.NONE);
        PairPaths out = PairPaths.of(folder.resolve("out.snap"));
        Bridges.exportPair(store, "base", out, OnExisting.REFUSE, Progress.NONE);
        assertEquals(-1, Files.mismatch(base.state(), out.state()));
        assertEquals(-1, Files.mismatch(base.memory(), out.memory()));
    }

    @Test
    void aDiffComesOnlyOntoWhatItLiesOn() throws IOException {
        savePairs();
        PairPaths other = PairPaths.of(folder.resolve("other.snap"));
        try (GuestMemory memory = Machines.patterned(9)) {
            SnapshotPair.save(SaveRequest.full(other, Machines.machine(1), memory));
        }
        Bridges.importPair(store, "base", base, Progress.NONE);
        Bridges.importPair(store, "other", other, Progress.NONE);
        assertRefused(
                Kind.UNSUPPORTED,
                Reason.MISMATCH,
                () -> Bridges.importPair(store, "diff", "other", diff, Progress.NONE),
                "lies on");
        assertRefused(
                Kind.UNSUPPORTED,
                Reason.INCOMPATIBLE,
                () -> Bridges.importPair(store, "diff", diff, Progress.NONE));
        assertRefused(
                Kind.UNSUPPORTED,
                Reason.INCOMPATIBLE,
                () -> Bridges.importPair(store, "again", "base", base, Progress.NONE));
        assertEquals(2, store.list().size());
    }

    @Test
    void aDamagedPairStaysOutside() throws IOException {
        savePairs();
        byte[] bytes = Files.readAllBytes(base.memory());
        bytes[5000]++;
        Files.write(base.memory(), bytes);
        assertRefused(
                Kind.CORRUPT,
                Reason.MISMATCH,
                () -> Bridges.importPair(store, "base", base, Progress.NONE),
                "guest page 1");
        assertTrue(store.list().isEmpty());
    }

    @Test
    void openVmmsDirectoryComesInAndGoesOutTheSame() throws IOException {
        Path ram = Files.write(folder.resolve("ram"), new byte[Machines.MIB]);
        try (GuestMemory memory = Machines.patterned(4)) {
            Files.write(ram, memory.segment(0).toArray(ValueLayout.JAVA_BYTE));
        }
        Path in = folder.resolve("in");
        OpenVmmManifest manifest = OpenVmmManifestTest.manifest(Machines.MIB);
        OpenVmmDirectory.writeSnapshot(in, manifest, STATE, ram, MemoryTransfer.LINK);
        Bridges.importOpenVmm(store, "vmm", in, Progress.NONE);
        // It is a link: what becomes of the RAM is of no concern to the store.
        byte[] expected = Files.readAllBytes(ram);
        Files.write(ram, new byte[Machines.MIB]);
        assertArrayEquals(expected, memoryOf("vmm"));
        assertEquals(2, store.manifest("vmm").vcpuCount());

        Path out = folder.resolve("above").resolve("out");
        Bridges.exportOpenVmm(store, "vmm", out, OnExisting.REFUSE, Progress.NONE);
        assertArrayEquals(manifest.encode(), Files.readAllBytes(out.resolve("manifest.bin")));
        assertArrayEquals(STATE, Files.readAllBytes(out.resolve("state.bin")));
        assertArrayEquals(expected, Files.readAllBytes(out.resolve("memory.bin")));
        assertRefused(
                Kind.CONFLICT,
                Reason.EXISTS,
                () -> Bridges.exportOpenVmm(store, "vmm", out, OnExisting.REFUSE, Progress.NONE));
        assertRefused(
                Kind.UNSUPPORTED,
                Reason.INCOMPATIBLE,
                () -> Bridges.exportPair(store, "vmm", base, OnExisting.REFUSE, Progress.NONE));
    }

    @Test
    void bringingADirectoryInCanBeStoppedAlsoWhileItIsSummed() throws IOException {
        Path ram = Files.write(folder.resolve("ram"), new byte[Machines.MIB]);
        Path in = folder.resolve("in");
        OpenVmmManifest manifest = OpenVmmManifestTest.manifest(Machines.MIB);
        OpenVmmDirectory.writeSnapshot(in, manifest, STATE, ram, MemoryTransfer.LINK);
        // Copied is half of it.
        assertThrows(
                CancellationException.class,
                () -> Bridges.importOpenVmm(store, "vmm", in, (done, total) -> 2 * done <= total));
        assertTrue(store.list().isEmpty());
        Bridges.importOpenVmm(store, "vmm", in, (done, total) -> done <= total);
    }

    @Test
    void aChainGoesOutAsOneDirectory() throws IOException {
        byte[] expected = savePairs();
        Bridges.importPair(store, "base", base, Progress.NONE);
        Bridges.importPair(store, "diff", "base", diff, Progress.NONE);
        Path out = folder.resolve("out");
        Bridges.exportOpenVmm(store, "diff", out, OnExisting.REFUSE, Progress.NONE);
        try (RestoredOpenVmm vm = OpenVmmDirectory.restore(out, GuestLayout.of(Machines.MIB))) {
            assertArrayEquals(expected, vm.memory().segment(0).toArray(ValueLayout.JAVA_BYTE));
            OpenVmmDirectory.validateManifest(
                    vm.manifest(), Architecture.AARCH64.text(), Machines.MIB, 2, 4096);
        }
    }

    @Test
    void aFullSnapshotOfAStoreIsOneOfOpenVmmAndADiffIsNot() throws IOException {
        byte[] expected = savePairs();
        Bridges.importPair(store, "base", base, Progress.NONE);
        Bridges.importPair(store, "diff", "base", diff, Progress.NONE);
        GuestLayout layout = GuestLayout.of(Machines.MIB);
        OpenVmmDirectory.restore(store.directory().resolve("base"), layout).close();
        assertEquals(Machines.MIB, expected.length);
        for (String what : List.of("restore", "import")) {
            Path directory = store.directory().resolve("diff");
            assertRefused(
                    Kind.UNSUPPORTED,
                    Reason.VERSION,
                    () -> {
                        if (what.equals("restore")) {
                            OpenVmmDirectory.restore(directory, layout).close();
                        } else {
                            Bridges.importOpenVmm(store, "again", directory, Progress.NONE);
                        }
                    });
        }
    }

    @Test
    void aMachineOfAnArchitectureThatNobodyKnowsStaysOutside() throws IOException {
        Path ram = Files.write(folder.resolve("ram"), new byte[Machines.MIB]);
        Path in = folder.resolve("in");
        OpenVmmManifest manifest =
                OpenVmmManifest.of(Instant.EPOCH, "v", Machines.MIB, 1, 4096, "riscv64");
        OpenVmmDirectory.writeSnapshot(in, manifest, STATE, ram, MemoryTransfer.COPY);
        assertRefused(
                Kind.UNSUPPORTED,
                Reason.INCOMPATIBLE,
                () -> Bridges.importOpenVmm(store, "vmm", in, Progress.NONE),
                "riscv64");
    }

    @Test
    void aStateThatOnlyItsMakerCanReadGoesToOpenVmmAsItIs() throws IOException {
        try (GuestMemory memory = Machines.patterned(1)) {
            StateSource opaque =
                    StateSource.opaque(MemorySegment.ofArray(STATE), Architecture.X86_64, 3);
            store.save(SnapshotRequest.full("opaque", memory, opaque));
        }
        Path out = folder.resolve("out");
        Bridges.exportOpenVmm(store, "opaque", out, OnExisting.REFUSE, Progress.NONE);
        OpenVmmSnapshot read = OpenVmmDirectory.readSnapshot(out);
        assertArrayEquals(STATE, read.state());
        assertEquals(3, read.manifest().vpCount());
    }
}
