package io.coldframe.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.bindings.Errno;
import io.coldframe.crash.Call;
import io.coldframe.crash.CrashReplay;
import io.coldframe.crash.CrashState;
import io.coldframe.crash.ForwardingFileCalls;
import io.coldframe.crash.MemoryFolder;
import io.coldframe.crash.RecordingFileCalls;
import io.coldframe.os.FileCalls;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;

/// A crash at every point of every kind of commit leaves what was there before, or what was
/// committed, whole; and whoever writes next finds the place clean.
final class CommitCrashTest {
    private static final String COMMITTED = "committed";

    @TempDir(factory = MemoryFolder.class)
    Path folder;

    @TempDir(factory = MemoryFolder.class)
    Path scratch;

    @ParameterizedTest
    @EnumSource
    void aCrashLeavesTheOldOrTheNew(CommitWork work) throws IOException {
        work.prepare(folder);
        RecordingFileCalls calls = RecordingFileCalls.below(folder);
        try (var _ = FileCalls.use(calls)) {
            work.commit(folder);
            calls.mark(COMMITTED);
        }
        int stateCount =
                CrashReplay.of(calls.recording())
                        .forEachState(scratch, (left, state) -> check(work, left, state));
        assertTrue(stateCount >= 10, () -> "only " + stateCount + " states");
    }

    private static void check(CommitWork work, Path left, CrashState state) throws IOException {
        String found = work.read(left);
        if (state.isAfter(COMMITTED)) {
            assertEquals(work.after(), found);
        } else if (!found.equals(work.after())) {
            assertEquals(work.before(), found);
        }
        // The next writer is in nobody's way, and sweeps.
        work.write(left, "third", OnExisting.REPLACE);
        assertEquals("third", work.read(left));
        assertEquals(List.of(), CommitWork.leftBehind(left).toList());
        assertEquals("of no concern", Files.readString(left.resolve("bystander")));
    }

    @ParameterizedTest
    @EnumSource
    void aCrashInTheSaveAfterACrashLeavesOneOfThem(CommitWork work) throws IOException {
        work.prepare(folder);
        RecordingFileCalls calls = RecordingFileCalls.below(folder);
        try (var _ = FileCalls.use(calls)) {
            work.commit(folder);
        }
        Path second = Files.createDirectory(scratch.resolve("second"));
        CrashReplay.of(calls.recording())
                .forEachState(
                        scratch,
                        (left, state) -> {
                            if (state.isOrdered() && state.lost().isEmpty()) {
                                crashAgain(work, left, second);
                            }
                        });
    }

    private static void crashAgain(CommitWork work, Path left, Path scratch) throws IOException {
        String before = work.read(left);
        RecordingFileCalls calls = RecordingFileCalls.below(left);
        try (var _ = FileCalls.use(calls)) {
            work.write(left, "third", OnExisting.REPLACE);
            calls.mark(COMMITTED);
        }
        CrashReplay.of(calls.recording())
                .forEachState(
                        scratch,
                        (leftAgain, state) -> {
                            String found = work.read(leftAgain);
                            if (state.isAfter(COMMITTED) || !found.equals(before)) {
                                assertEquals("third", found);
                            }
                        });
    }

    /// A disk whose syncs all fail from some time on, while names go on changing in memory.
    private static final class SyncsNoMore extends ForwardingFileCalls {
        private int syncsLeft;
        private boolean hasFailed;

        SyncsNoMore(FileCalls behind, int syncsLeft) {
            super(behind);
            this.syncsLeft = syncsLeft;
        }

        @Override
        protected long around(Call call, LongSupplier make) {
            if (!call.is("fsync") || syncsLeft-- > 0) {
                return make.getAsLong();
            }
            hasFailed = true;
            return -Errno.EIO;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCrashOfADiskThatSyncsNoMoreLeavesTheOldOrTheNew(CommitWork work) throws IOException {
        boolean hasFailed = true;
        for (int syncCount = 0; hasFailed; syncCount++) {
            Path place = Files.createDirectory(folder.resolve("syncs" + syncCount));
            work.prepare(place);
            RecordingFileCalls recorder = RecordingFileCalls.below(place);
            SyncsNoMore calls = new SyncsNoMore(recorder, syncCount);
            try (var _ = FileCalls.use(calls)) {
                work.commit(place);
                assertFalse(calls.hasFailed);
            } catch (SnapshotException refused) {
                assertEquals(Kind.SYSCALL, refused.kind());
                assertEquals(work.before(), work.read(place));
            }
            CrashReplay.of(recorder.recording())
                    .forEachState(scratch, (left, state) -> checkWhole(work, left));
            hasFailed = calls.hasFailed;
        }
    }

    private static void checkWhole(CommitWork work, Path left) throws IOException {
        String found = work.read(left);
        if (!found.equals(work.after())) {
            assertEquals(work.before(), found);
        }
        work.write(left, "third", OnExisting.REPLACE);
        assertEquals("third", work.read(left));
    }

    @Test
    void aRemovedDirectoryIsThereWholeOrGone() throws IOException {
        CommitWork work = CommitWork.REPLACED_DIRECTORY;
        work.prepare(folder);
        RecordingFileCalls calls = RecordingFileCalls.below(folder);
        try (var _ = FileCalls.use(calls)) {
            AtomicDirectory.remove(folder.resolve("target"), CommitCheck.NONE);
            calls.mark(COMMITTED);
        }
        CrashReplay.of(calls.recording())
                .forEachState(
                        scratch,
                        (left, state) -> {
                            String found = work.read(left);
                            if (state.isAfter(COMMITTED) || !found.equals(work.before())) {
                                assertEquals(CommitWork.NOTHING, found);
                            }
                            AtomicDirectory.removeAbandoned(left);
                            assertEquals(List.of(), CommitWork.leftBehind(left).toList());
                        });
    }
}
