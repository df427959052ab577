package io.coldframe.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.PageSize;
import io.coldframe.snapshot.OpenVmmDirectory;
import io.coldframe.snapshot.OpenVmmDirectory.MemoryTransfer;
import io.coldframe.snapshot.OpenVmmManifest;
import io.coldframe.snapshot.RestoredOpenVmm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/// Snapshots as OpenVMM has them.
enum OpenVmmWork implements Work {
    NEW_COPY(MemoryTransfer.COPY, false),
    REPLACED_COPY(MemoryTransfer.COPY, true),
    NEW_LINK(MemoryTransfer.LINK, false),
    REPLACED_LINK(MemoryTransfer.LINK, true);

    static final GuestLayout LAYOUT =
            GuestLayout.startingAt(0, 0x8000).then(0x10_0000, 0x5000).then(0x2_0000, 0x1000);
    static final long SEED = 31;
    private static final int FIRST_STEP = 3;
    private static final ScriptedMemory SCRIPT =
            new ScriptedMemory(Math.toIntExact(LAYOUT.byteCount()), SEED);

    private final MemoryTransfer transfer;
    private final boolean replaces;

    OpenVmmWork(MemoryTransfer transfer, boolean replaces) {
        this.transfer = transfer;
        this.replaces = replaces;
    }

    @Override
    public ScriptedGuest guest() throws IOException {
        return ScriptedGuest.after(FIRST_STEP, LAYOUT, PageSize.KIB_4, SEED);
    }

    @Override
    public void prepare(Path folder, ScriptedGuest guest) throws IOException {
        Files.createDirectory(folder.resolve("ram"));
        if (replaces) {
            backing(folder, guest.step());
            write(folder, guest.step(), transfer);
        }
        guest.advance();
        backing(folder, guest.step());
    }

    static Path backingPath(Path folder, int step) {
        return folder.resolve("ram").resolve("of-step-" + step);
    }

    static Path backing(Path folder, int step) throws IOException {
        Path file = backingPath(folder, step);
        return Files.exists(file) ? file : Files.write(file, SCRIPT.after(step));
    }

    @Override
    public void run(Path folder, ScriptedGuest guest) throws IOException {
        write(folder, guest.step(), transfer);
    }

    @Override
    public boolean takesDirtyPages() {
        return false;
    }

    static void write(Path folder, int step, MemoryTransfer transfer) throws IOException {
        OpenVmmDirectory.writeSnapshot(
                directory(folder),
                manifest(step),
                ScriptedMemory.stateOf(step),
                backing(folder, step),
                transfer);
    }

    private static Path directory(Path folder) {
        return folder.resolve("above").resolve("snapshot");
    }

    private static OpenVmmManifest manifest(int step) {
        return OpenVmmManifest.of(
                Instant.ofEpochSecond(step, step),
                "1." + step,
                SCRIPT.byteCount(),
                2,
                4096,
                "x86_64");
    }

    @Override
    public String read(Path folder) throws IOException {
        return readFrom(folder);
    }

    static String readFrom(Path folder) throws IOException {
        boolean wasThere = Files.exists(directory(folder));
        try (RestoredOpenVmm found = OpenVmmDirectory.restore(directory(folder), LAYOUT)) {
            int step = ScriptedMemory.stepOf(found.state());
            assertEquals(manifest(step), found.manifest());
            ScriptedGuest.checkMemory(SCRIPT, step, found.memory());
            return "step " + step;
        } catch (SnapshotException failure) {
            if (failure.kind() != Kind.MISSING) {
                throw failure;
            }
            assertFalse(wasThere, failure::toString);
            return NOTHING;
        }
    }

    @Override
    public void comeNext(Path folder) throws IOException {
        int step = FIRST_STEP + 9;
        write(folder, step, MemoryTransfer.COPY);
        assertEquals("step " + step, read(folder));
    }
}
