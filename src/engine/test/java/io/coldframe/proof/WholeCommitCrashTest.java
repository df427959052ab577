package io.coldframe.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Soak;
import io.coldframe.crash.CrashReplay;
import io.coldframe.crash.CrashState;
import io.coldframe.crash.MemoryFolder;
import io.coldframe.crash.RecordingFileCalls;
import io.coldframe.os.FileCalls;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// A crash at every point of every save leaves the snapshot that was there before, or the new one,
/// every byte of it; and whoever comes next finds nothing in the way and leaves nothing behind.
final class WholeCommitCrashTest {
    private static final String DONE = "done";

    @TempDir private Path folder;

    @TempDir(factory = MemoryFolder.class)
    private Path scratch;

    private int nextIndex;

    static Stream<Work> works() {
        return Stream.<Work[]>of(
                        OpenVmmWork.values(),
                        PairWork.values(),
                        StoreWork.values(),
                        LayerWork.values(),
                        BridgeWork.values())
                .flatMap(Stream::of)
                .filter(work -> Soak.isOn() || !(work instanceof LayerWork) || isQuick(work));
    }

    /// Of the works on layers those that are least like the others.
    private static boolean isQuick(Work work) {
        return work == LayerWork.NEXT_DIRECT
                || work == LayerWork.MIDDLE_DELETED
                || work == LayerWork.COMPACTED;
    }

    /// Without most of the bridges, whose states are large and many, where there is no time.
    static Stream<Work> replayed() {
        return works().filter(
                        work -> Soak.isOn() || !(work instanceof BridgeWork) || isSmall(work));
    }

    private static boolean isSmall(Work work) {
        return work == BridgeWork.PAIR_EXPORTED;
    }

    @ParameterizedTest
    @MethodSource("replayed")
    void aCrashLeavesTheOldOrTheNew(Work work) throws IOException {
        try (ScriptedGuest guest = work.guest()) {
            work.prepare(folder, guest);
            String before = work.read(folder);
            RecordingFileCalls calls = RecordingFileCalls.below(folder);
            try (var _ = FileCalls.use(calls)) {
                work.run(folder, guest);
                calls.mark(DONE);
            }
            String after = work.read(folder);
            assertNotEquals(before, after);
            int stateCount =
                    CrashReplay.of(calls.recording())
                            .forEachState(
                                    scratch,
                                    (left, state) -> check(work, before, after, left, state));
            System.out.println(work + ": " + stateCount + " states");
            assertTrue(stateCount >= 3, () -> "only " + stateCount + " states");
        }
    }

    private void check(Work work, String before, String after, Path left, CrashState state)
            throws IOException {
        String found = work.read(left);
        if (state.isAfter(DONE)) {
            assertEquals(after, found);
        } else {
            assertTrue(List.of(before, after).contains(found), found);
        }
        // The longest part by far, and much the same from one state to the next.
        if (nextIndex++ % Soak.count(8, 1) == 0) {
            work.comeNext(left);
            Work.checkSwept(left);
        }
    }
}
