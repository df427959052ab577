package io.coldframe.cli.bench;

import io.coldframe.cli.ByteCounts;
import io.coldframe.cli.CommandFailure;
import io.coldframe.cli.ExitCode;
import io.coldframe.cli.WorkFolder;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.SplittableRandom;

/// What every row works with: random memory, all of it touched, and a folder that goes away.
///
/// **Lifetime.** Owns both.
final class Workbench implements AutoCloseable {

    // The same bytes in every run, so that two runs can be compared.
    private static final long SEED = 0xC01DF4A3L;

    // An image, the base of a diff, and what 1,000 generations and one layer hold of half of it:
    // 1, 1, 1 and a half.
    private static final long SPACE_FACTOR = 4;

    // Diffs, sums, and what a file system keeps for itself.
    private static final long SPARE_BYTES = 64L << 20;

    private final WorkFolder folder;
    private final GuestMemory memory;

    private final Arena arena = Arena.ofShared();

    private Workbench(WorkFolder folder, GuestMemory memory) {
        this.folder = folder;
        this.memory = memory;
    }

    /// Fills memory, if the host and the file system have room.
    static Workbench in(Path directory, long byteCount) throws CommandFailure, IOException {
        requireMemory(byteCount);
        WorkFolder folder;
        try {
            folder = WorkFolder.in(directory, "bench");
        } catch (IOException refused) {
            throw new CommandFailure(
                    ExitCode.NO_INPUT, "--dir can't be written: " + directory.toAbsolutePath());
        }
        try {
            requireSpace(directory, byteCount);
            Workbench bench =
                    new Workbench(folder, GuestMemory.anonymous(GuestLayout.of(byteCount)));
            bench.randomise();
            return bench;
        } catch (Throwable failure) {
            folder.close();
            throw failure;
        }
    }

    /// Twice the memory: under pressure it would be the pressure that is measured.
    private static void requireMemory(long byteCount) throws CommandFailure {
        OptionalLong available = HostMemory.availableByteCount();
        if (available.isPresent() && available.getAsLong() / 2 < byteCount) {
            throw new CommandFailure(
                    ExitCode.UNAVAILABLE,
                    "a run with %s needs %s of memory, for the guest and for its image in the page"
                                    .formatted(
                                            ByteCounts.text(byteCount),
                                            ByteCounts.text(2 * byteCount))
                            + " cache; %s are available. Take a smaller --size"
                                    .formatted(ByteCounts.text(available.getAsLong())));
        }
    }

    private static void requireSpace(Path directory, long byteCount)
            throws IOException, CommandFailure {
        long needed = SPACE_FACTOR * byteCount + SPARE_BYTES;
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
