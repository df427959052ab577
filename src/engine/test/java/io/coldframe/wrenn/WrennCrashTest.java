package io.coldframe.wrenn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.bindings.Errno;
import io.coldframe.crash.CrashReplay;
import io.coldframe.crash.FailingFileCalls;
import io.coldframe.crash.MemoryFolder;
import io.coldframe.crash.RecordingFileCalls;
import io.coldframe.image.OnExisting;
import io.coldframe.layer.LayerOptions;
import io.coldframe.os.FileCalls;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/// A crash, or a call that fails, at every point of a generation's making leaves the header that
/// was there, or the new one; and whichever is there has all of its bytes.
final class WrennCrashTest {

    private static final String MADE = "made";
    private static final String NOTHING = "nothing";
    private static final UUID FIRST = new UUID(0x4001, Long.MIN_VALUE);
    private static final UUID NEXT = new UUID(0x4002, Long.MIN_VALUE);
    private static final UUID LATER = new UUID(0x4003, Long.MIN_VALUE);

    @TempDir(factory = MemoryFolder.class)
    Path folder;

    @TempDir(factory = MemoryFolder.class)
    Path scratch;

    private static Path header(Path folder) {
        return folder.resolve(WrennFiles.HEADER);
    }

    private static Path compact(Path folder, UUID build) {
        return folder.resolve(WrennFiles.compactName(build));
    }

    private void first(Path folder, String blocks) throws IOException {
        Path raw = Files.write(folder.resolve("raw"), Memories.of(blocks));
        Wrenn.processMemfile(raw, compact(folder, FIRST), header(folder), FIRST);
    }

    /// The next generation, whose header takes the place of its parent's.
    private static void next(Path folder, String blocks, UUID build) throws IOException {
        Path raw = Files.write(folder.resolve("raw." + build), Memories.of(blocks));
        try (WrennChain parent = WrennChain.open(header(folder))) {
            Wrenn.processMemfileWithParent(
                    raw,
                    compact(folder, build),
                    header(folder),
                    parent,
                    build,
                    OnExisting.REPLACE,
                    LayerOptions.DEFAULT.withThreadCount(1));
        }
    }

    /// The first bytes of all blocks of what is there.
    private static String read(Path folder) throws IOException {
        try (WrennChain chain = WrennChain.open(header(folder));
                Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(chain.byteCount());
            chain.read(0, bytes);
            StringBuilder blocks = new StringBuilder();
            for (long at = 0; at < bytes.byteSize(); at += Memories.BLOCK) {
                byte value = bytes.get(ValueLayout.JAVA_BYTE, at);
                blocks.append(value == 0 ? '.' : (char) value);
            }
            byte[] expected = Memories.of(blocks.toString());
            assertArrayEquals(expected, bytes.toArray(ValueLayout.JAVA_BYTE));
            return blocks.toString();
        } catch (SnapshotException missing) {
            assertEquals(Kind.MISSING, missing.kind(), missing::toString);
            assertEquals(false, Files.exists(header(folder)), "a header without its bytes");
            return NOTHING;
        }
    }

    @Test
    void aCrashOfAFirstGenerationLeavesNothingOrAllOfIt() throws IOException {
        RecordingFileCalls calls = RecordingFileCalls.below(folder);
        Files.write(folder.resolve("raw"), Memories.of("ab.c"));
        try (var _ = FileCalls.use(calls)) {
            Wrenn.processMemfile(
                    folder.resolve("raw"), compact(folder, FIRST), header(folder), FIRST);
            calls.mark(MADE);
        }
        int stateCount =
                CrashReplay.of(calls.recording())
                        .forEachState(
                                scratch,
                                (left, state) -> {
                                    String found = read(left);
                                    assertTrue(
                                            found.equals("ab.c")
                                                    || (found.equals(NOTHING)
                                                            && !state.isAfter(MADE)),
                                            found);
                                });
        assertTrue(stateCount >= 10, () -> "only " + stateCount + " states");
    }

    @Test
    void aCrashOfANextGenerationLeavesTheOldOneOrTheNewOne() throws IOException {
        first(folder, "ab.c");
        RecordingFileCalls calls = RecordingFileCalls.below(folder);
        try (var _ = FileCalls.use(calls)) {
            next(folder, "a..X", NEXT);
            calls.mark(MADE);
        }
        int stateCount =
                CrashReplay.of(calls.recording())
                        .forEachState(
                                scratch,
                                (left, state) -> {
                                    String found = read(left);
                                    if (state.isAfter(MADE) || !found.equals("ab.c")) {
                                        assertEquals("a..X", found);
                                    }
                                    // Whoever comes next finds its way clear, and sweeps.
                                    next(left, "zzzz", LATER);
                                    assertEquals("zzzz", read(left));
                                    assertEquals(List.of(), drafts(left));
                                });
        assertTrue(stateCount >= 10, () -> "only " + stateCount + " states");
    }

    private static List<String> drafts(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("."))
                    .toList();
        }
    }

    @Test
    void aCallThatFailsLeavesTheOldOne() throws IOException {
        int attemptCount = 0;
        for (int errno : new int[] {Errno.EIO, Errno.ENOSPC}) {
            for (long index = 0; attempt(FailingFileCalls.once(index, errno)); index++) {
                attemptCount++;
            }
        }
        int attempts = attemptCount;
        assertTrue(attempts > 20, () -> "only " + attempts + " attempts");
    }

    /// Whether there was such a call to fail.
    private boolean attempt(FailingFileCalls calls) throws IOException {
        Path place = Files.createTempDirectory(scratch, "fault");
        first(place, "ab.c");
        boolean isRefused = false;
        try (var _ = FileCalls.use(calls)) {
            next(place, "a..X", NEXT);
        } catch (SnapshotException failure) {
            isRefused = true;
        }
        String found = read(place);
        assertEquals(isRefused ? "ab.c" : "a..X", found);
        return calls.failed().isPresent();
    }
}
