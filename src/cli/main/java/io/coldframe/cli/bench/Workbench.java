package io.coldframe.cli.bench;

import io.coldframe.cli.ByteCounts;
import io.coldframe.cli.CommandFailure;
import io.coldframe.cli.ExitCode;
import io.coldframe.cli.WorkFolder;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;

/// What every row works with: random memory, all of it touched, and a folder that goes away.
///
/// **Lifetime.** Owns both.
final class Workbench implements AutoCloseable {

    // The same bytes in every run, so that two runs can be compared.
    private static final long SEED = 0xC01DF4A3L;

    // The guest and an image of it; beside them a memory file of twice as much, its parent's layer
    // and its own.
    private static final int MEMORY_FACTOR = 2;
    private static final int CAPTURE_MEMORY_FACTOR = 6;

    // An image, the base of a diff, and what 1,000 generations and one layer hold of half of it:
    // 1, 1, 1 and a half. Beside them a memory file of 2, its parent's layer and its own.
    private static final int SPACE_FACTOR = 4;
    private static final int CAPTURE_SPACE_FACTOR = 8;

    // Diffs, sums, and what a file system keeps for itself.
    private static final long SPARE_BYTES = 64L << 20;

    private final WorkFolder folder;
    private final GuestMemory memory;

    private final Arena arena = Arena.ofShared();

    private @Nullable CaptureFiles captureFiles;

    private Workbench(WorkFolder folder, GuestMemory memory) {
        this.folder = folder;
        this.memory = memory;
    }

    /// Fills memory, if the host and the file system have room.
    ///
    /// @param rows what it is for
    static Workbench in(Path directory, long byteCount, List<BenchRow> rows)
            throws CommandFailure, IOException {
        boolean capturesFiles = rows.stream().anyMatch(BenchRow::capturesFiles);
        requireMemory(byteCount, capturesFiles ? CAPTURE_MEMORY_FACTOR : MEMORY_FACTOR);
        WorkFolder folder;
        try {
            folder = WorkFolder.in(directory, "bench");
        } catch (IOException refused) {
            throw new CommandFailure(
                    ExitCode.NO_INPUT, "--dir can't be written: " + directory.toAbsolutePath());
        }
        try {
            requireSpace(directory, byteCount, capturesFiles ? CAPTURE_SPACE_FACTOR : SPACE_FACTOR);
            Workbench bench =
                    new Workbench(folder, GuestMemory.anonymous(GuestLayout.of(byteCount)));
            bench.randomise();
            return bench;
        } catch (Throwable failure) {
            folder.close();
            throw failure;
        }
    }

    /// Several times the memory: under pressure it would be the pressure that is measured.
    private static void requireMemory(long byteCount, int factor) throws CommandFailure {
        OptionalLong available = HostMemory.availableByteCount();
        if (available.isPresent() && available.getAsLong() / factor < byteCount) {
            throw new CommandFailure(
                    ExitCode.UNAVAILABLE,
                    "a run with %s needs %s of memory, for the guest and for its files in the page"
                                    .formatted(
                                            ByteCounts.text(byteCount),
                                            ByteCounts.text(factor * byteCount))
                            + " cache; %s are available. Take a smaller --size"
                                    .formatted(ByteCounts.text(available.getAsLong())));
        }
    }

    private static void requireSpace(Path directory, long byteCount, int factor)
            throws IOException, CommandFailure {
        long needed = factor * byteCount + SPARE_BYTES;
        long free = Files.getFileStore(directory).getUsableSpace();
        if (free < needed) {
            throw new CommandFailure(
                    ExitCode.NO_SPACE,
                    "a run with %s needs %s in %s; %s are free. Take a smaller --size, or another"
                                    .formatted(
                                            ByteCounts.text(byteCount),
                                            ByteCounts.text(needed),
                                            directory.toAbsolutePath(),
                                            ByteCounts.text(free))
                            + " --dir");
        }
    }

    private void randomise() {
        SplittableRandom random = new SplittableRandom(SEED);
        MemorySegment bytes = bytes();
        for (long at = 0; at < bytes.byteSize(); at += Long.BYTES) {
            bytes.set(ValueLayout.JAVA_LONG, at, random.nextLong());
        }
    }

    GuestMemory memory() {
        return memory;
    }

    /// The same memory, bare.
    MemorySegment bytes() {
        return memory.segment(0);
    }

    /// Lives as long as the bench.
    Arena arena() {
        return arena;
    }

    /// The memory file of those rows that make layers, made when it is asked for first.
    CaptureFiles captureFiles() throws IOException {
        CaptureFiles made = captureFiles;
        if (made == null) {
            made = CaptureFiles.make(this);
            captureFiles = made;
        }
        return made;
    }

    WorkFolder folder() {
        return folder;
    }

    @Override
    public void close() {
        arena.close();
        memory.close();
        folder.close();
    }
}
