package io.coldframe.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.coldframe.bindings.Abi;
import io.coldframe.bindings.NativeMemory;
import io.coldframe.os.FileCalls;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;

/// The kit finds the mistakes that it is there to find, and its model of what was done is what the
/// kernel did.
final class CrashReplayTest {
    private static final int NEW = Abi.O_RDWR | Abi.O_CREAT | Abi.O_EXCL | Abi.O_CLOEXEC;
    private static final String ABSENT = "absent";

    @TempDir(factory = MemoryFolder.class)
    Path folder;

    @TempDir(factory = MemoryFolder.class)
    Path scratch;

    private final Arena arena = Arena.ofAuto();

    /// What a crash may leave of `target`, once the commit has been called done.
    private Set<String> leftAfterCommit(boolean syncsFile, boolean syncsFolder) throws IOException {
        Files.writeString(folder.resolve("target"), "old");
        RecordingFileCalls calls = RecordingFileCalls.below(folder);
        Path draft = folder.resolve("draft");
        int fd = calls.open(draft, NEW, 0600);
        write(calls, fd, "new!", 0);
        if (syncsFile) {
            assertEquals(0, calls.fsync(fd));
        }
        assertEquals(0, calls.rename(draft, folder.resolve("target"), 0));
        if (syncsFolder) {
            int directory = calls.open(folder, Abi.O_RDONLY, 0);
            assertEquals(0, calls.fsync(directory));
            calls.close(directory);
        }
        calls.mark("done");
        calls.close(fd);
        TreeSet<String> found = new TreeSet<>();
        CrashReplay.of(calls.recording())
                .forEachState(
                        scratch,
                        (left, state) -> {
                            if (state.isAfter("done")) {
                                Path target = left.resolve("target");
                                found.add(Files.exists(target) ? Files.readString(target) : ABSENT);
                            }
                        });
        return found;
    }

    private void write(FileCalls calls, int fd, String text, long offset) {
        MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, text.getBytes(UTF_8));
        assertEquals(bytes.byteSize(), calls.pwrite(fd, bytes, offset));
    }

    @Test
    void aWholeCommitLeavesTheNew() throws IOException {
        assertEquals("[new!]", leftAfterCommit(true, true).toString());
    }

    @Test
    void aFolderThatIsNotSyncedMayStillHaveTheOld() throws IOException {
        assertEquals("[new!, old]", leftAfterCommit(true, false).toString());
    }

    @Test
    void aFileThatIsNotSyncedMayBeEmptyTornOrZero() throws IOException {
        assertEquals("[, \0\0\0\0, ne, new!]", leftAfterCommit(false, true).toString());
    }

    @Test
    void namesMayBeLostInAnyOrderThatMakesSense() throws IOException {
        RecordingFileCalls calls = RecordingFileCalls.below(folder);
        calls.close(calls.open(folder.resolve("a"), NEW, 0600));
        calls.close(calls.open(folder.resolve("b"), NEW, 0600));
        assertEquals(0, calls.rename(folder.resolve("b"), folder.resolve("c"), 0));
        TreeSet<String> found = new TreeSet<>();
        TreeSet<String> ordered = new TreeSet<>();
        CrashReplay.of(calls.recording())
                .forEachState(
                        scratch,
                        (left, state) -> {
                            String names = String.join("", Disk.of(left).paths().keySet());
                            found.add(names);
                            if (state.isOrdered()) {
                                ordered.add(names);
                            }
                        });
        assertEquals("[, a, ab, ac, b, c]", found.toString());
        assertEquals("[, a, ab, ac]", ordered.toString());
    }

    @Test
    void aFailedCheckSaysWhichCrashItWas() throws IOException {
        RecordingFileCalls calls = RecordingFileCalls.below(folder);
        calls.close(calls.open(folder.resolve("a"), NEW, 0600));
        try {
            CrashReplay.of(calls.recording())
                    .forEachState(scratch, (left, state) -> assertEquals(0, state.stepCount()));
        } catch (AssertionError expected) {
            assertTrue(expected.toString().contains("open[a]"), expected::toString);
            return;
        }
        throw new AssertionError("no check failed");
    }

    @Test
    void storesToMappedMemoryAreRecordedWhenTheyAreSynced() throws IOException {
        RecordingFileCalls calls = RecordingFileCalls.below(folder);
        int fd = calls.open(folder.resolve("mapped"), NEW, 0600);
        long byteCount = NativeMemory.pageByteCount();
        assertEquals(0, calls.ftruncate(fd, byteCount));
        long address = calls.map(fd, 0, byteCount, Abi.PROT_READ | Abi.PROT_WRITE);
        MemorySegment memory = NativeMemory.borrowed(address, byteCount);
        memory.set(ValueLayout.JAVA_BYTE, 7, (byte) 1);
        assertEquals(0, calls.fsync(fd));
        memory.set(ValueLayout.JAVA_BYTE, 8, (byte) 2);
        assertEquals(0, calls.msync(memory, Abi.MS_SYNC));
        memory.set(ValueLayout.JAVA_BYTE, 9, (byte) 3);
        assertEquals(0, calls.unmap(address, byteCount));
        calls.close(fd);
        assertEquals(contents(Disk.of(folder)), contents(calls.recording().after()));
    }

    @Test
    void whatIsRecordedIsWhatIsThere() throws IOException {
        long seed = new SplittableRandom().nextLong();
        System.out.println("CrashReplayTest seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 20; round++) {
            Path place = Files.createDirectory(folder.resolve("round" + round));
            Files.writeString(place.resolve("0"), "was there");
            RecordingFileCalls calls = RecordingFileCalls.below(place);
            for (int step = 0; step < 100; step++) {
                step(calls, place, random);
            }
            assertEquals(
                    contents(Disk.of(place)), contents(calls.recording().after()), "seed " + seed);
        }
    }

    private void step(FileCalls calls, Path place, SplittableRandom random) {
        Path one = place.resolve("" + random.nextInt(6));
        Path other = place.resolve("" + random.nextInt(6));
        switch (random.nextInt(10)) {
            case 0 -> calls.rename(one, other, 0);
            case 1 -> calls.rename(one, other, Abi.RENAME_NOREPLACE);
            case 2 -> calls.rename(one, other, Abi.RENAME_EXCHANGE);
            case 3 -> calls.link(one, other);
            case 4 -> calls.unlink(one);
            case 5 -> calls.mkdir(one, 0700);
            case 6 -> calls.rmdir(one);
            default -> change(calls, one, random);
        }
    }

    private void change(FileCalls calls, Path file, SplittableRandom random) {
        int fd = calls.open(file, Abi.O_RDWR | Abi.O_CREAT | Abi.O_NOFOLLOW, 0600);
        if (fd < 0) {
            return;
        }
        long offset = random.nextInt(20_000);
        long byteCount = 1L + random.nextInt(20_000);
        int zero = Abi.FALLOC_FL_PUNCH_HOLE | Abi.FALLOC_FL_KEEP_SIZE;
        switch (random.nextInt(6)) {
            case 0 -> calls.ftruncate(fd, offset);
            case 1 -> calls.fallocate(fd, 0, offset, byteCount);
            case 2 -> calls.fallocate(fd, zero, offset, byteCount);
            case 3 -> calls.fsync(fd);
            default -> write(calls, fd, "x".repeat((int) byteCount), offset);
        }
        calls.close(fd);
    }

    private static String contents(Disk disk) {
        StringBuilder text = new StringBuilder();
        disk.paths()
                .forEach(
                        (path, node) ->
                                text.append(path)
                                        .append(' ')
                                        .append(
                                                disk.isDirectory(node)
                                                        ? "directory"
                                                        : sum(disk.contents(node)))
                                        .append('\n'));
        return text.toString();
    }

    private static String sum(byte[] bytes) {
        return bytes.length + " bytes, " + Arrays.hashCode(bytes);
    }
}
