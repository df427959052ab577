package io.coldframe.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.Soak;
import io.coldframe.bindings.Errno;
import io.coldframe.crash.Call;
import io.coldframe.crash.CrashReplay;
import io.coldframe.crash.CrashState;
import io.coldframe.crash.FailingFileCalls;
import io.coldframe.crash.MemoryFolder;
import io.coldframe.crash.RecordingFileCalls;
import io.coldframe.os.FileCalls;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/// Every call on files that a save makes fails once, and every one from there on: either the save
/// says so, with the kind that the errno means and a path, and nothing has changed, no dirty page
/// is forgotten, nothing lies about, and the same save succeeds when it is tried again; or it was
/// done all the same.
final class WholeCommitFaultTest {
    // What a disk that fails, and a disk that is full, say.
    private static final List<Integer> ERRORS = List.of(Errno.EIO, Errno.ENOSPC);

    // Every call in a soak; otherwise one in so many, and each time others.
    private static final int CALLS_BETWEEN = Soak.count(5, 1);

    private static final String REFUSED = "refused";

    @TempDir(factory = MemoryFolder.class)
    private Path scratch;

    private int nextIndex;
    private String before = "";
    private String after = "";

    static Stream<Work> works() {
        return WholeCommitCrashTest.works();
    }

    /// Without the bridges, which commit by the same doors and take the longest to read.
    static Stream<Work> saves() {
        return works().filter(work -> !(work instanceof BridgeWork));
    }

    @ParameterizedTest
    @MethodSource("works")
    void aFailureChangesNothingAndForgetsNothing(Work work) throws IOException {
        rehearse(work);
        long attemptCount = 0;
        for (boolean everSince : new boolean[] {false, true}) {
            boolean hasFailed = true;
            for (long index = first(); hasFailed; index += CALLS_BETWEEN, attemptCount++) {
                // Each kind of error for each call only where there is the time for it.
                List<Integer> errors =
                        Soak.isOn() ? ERRORS : List.of(ERRORS.get((int) index % ERRORS.size()));
                for (int errno : errors) {
                    hasFailed = attempt(work, index, errno, everSince);
                }
            }
        }
        System.out.println(work + ": " + attemptCount + " attempts");
        assertTrue(attemptCount >= 2, "only " + attemptCount + " attempts");
    }

    private static long first() {
        long first = new SplittableRandom().nextLong(CALLS_BETWEEN);
        System.out.println("first call to fail: " + first);
        return first;
    }

    private void rehearse(Work work) throws IOException {
        Path folder = Files.createTempDirectory(scratch, "rehearsal");
        try (ScriptedGuest guest = work.guest()) {
            work.prepare(folder, guest);
            before = work.read(folder);
            work.run(folder, guest);
            after = work.read(folder);
            guest.checkDirty();
        }
    }

    /// Whether there was a call of that number.
    private boolean attempt(Work work, long index, int errno, boolean everSince)
            throws IOException {
        Path folder = Files.createTempDirectory(scratch, "fault");
        try (ScriptedGuest guest = work.guest()) {
            work.prepare(folder, guest);
            FailingFileCalls calls =
                    everSince
                            ? FailingFileCalls.from(index, errno)
                            : FailingFileCalls.once(index, errno);
            Optional<SnapshotException> refused = Optional.empty();
            try (var _ = FileCalls.use(calls)) {
                work.run(folder, guest);
            } catch (SnapshotException failure) {
                refused = Optional.of(failure);
            }
            try {
                judge(work, folder, guest, calls, errno, refused);
            } catch (AssertionError | SnapshotException wrong) {
                refused.ifPresent(wrong::addSuppressed);
                throw new AssertionError(
                        "%s at call %d%s, %s"
                                .formatted(
                                        Errno.name(errno),
                                        index,
                                        everSince ? " and ever since" : "",
                                        calls.failed()),
                        wrong);
            }
            return calls.failed().isPresent();
        } finally {
            Trees.delete(folder);
        }
    }

    private void judge(
            Work work,
            Path folder,
            ScriptedGuest guest,
            FailingFileCalls calls,
            int errno,
            Optional<SnapshotException> refused)
            throws IOException {
        String found = work.read(folder);
        if (refused.isEmpty()) {
            assertEquals(after, found);
            guest.checkDirty();
        } else {
            checkNamesPath(refused.get(), folder);
            checkKind(refused.get(), errno);
            // A rename that a dead disk does not let anybody undo has happened.
            boolean mayBeDone = calls.isEverSince() || work.isDoneThoughRefused();
            if (!(mayBeDone && found.equals(after))) {
                assertEquals(before, found);
            }
            guest.checkDirty();
            if (!calls.isEverSince()
                    && calls.failed().filter(WholeCommitFaultTest::isOfSweeping).isEmpty()) {
                Work.checkSwept(folder);
            }
            // What a dead disk has kept from being undone may be in the way of a save that is to
            // replace nothing.
            if (found.equals(before) && !calls.isEverSince()) {
                work.run(folder, guest);
                guest.checkDirty();
                assertEquals(after, work.read(folder));
            }
        }
        work.comeNext(folder);
        Work.checkSwept(folder);
    }

    /// And then the machine dies: an undoing that never came to the disk is no excuse.
    @ParameterizedTest
    @MethodSource("saves")
    void aCrashAfterAFailureLeavesTheOldOrTheNew(Work work) throws IOException {
        rehearse(work);
        int stateCount = 0;
        boolean hasFailed = true;
        for (long index = first(); hasFailed; index += CALLS_BETWEEN) {
            Path folder = Files.createTempDirectory(scratch, "failed");
            try (ScriptedGuest guest = work.guest()) {
                work.prepare(folder, guest);
                RecordingFileCalls recorder = RecordingFileCalls.below(folder);
                Optional<Call> failed = failing(work, folder, guest, recorder, index);
                hasFailed = failed.isPresent();
                if (failed.filter(WholeCommitFaultTest::isOfCommit).isPresent()) {
                    stateCount +=
                            CrashReplay.of(recorder.recording())
                                    .forEachState(
                                            scratch, (left, state) -> checkLeft(work, left, state));
                }
            }
            Trees.delete(folder);
        }
        System.out.println(work + ": " + stateCount + " states");
    }

    private static Optional<Call> failing(
            Work work, Path folder, ScriptedGuest guest, RecordingFileCalls recorder, long index)
            throws IOException {
        try (var _ = FileCalls.use(recorder)) {
            FailingFileCalls calls = FailingFileCalls.once(index, Errno.EIO);
            try (var _ = FileCalls.use(calls)) {
                work.run(folder, guest);
            } catch (SnapshotException expected) {
                recorder.mark(REFUSED);
            }
            return calls.failed();
        }
    }

    private static boolean isOfCommit(Call call) {
        boolean isUndone = call.is("fsync") || call.is("rename");
        return isUndone || (Soak.isOn() && (call.is("link") || call.is("unlink")));
    }

    private void checkLeft(Work work, Path left, CrashState state) throws IOException {
        if (state.isAfter(REFUSED)) {
            String found = work.read(left);
            assertTrue(List.of(before, after).contains(found), found);
            if (nextIndex++ % Soak.count(16, 4) == 0) {
                work.comeNext(left);
                Work.checkSwept(left);
            }
        }
    }

    private static void checkNamesPath(SnapshotException refusal, Path folder) {
        assertTrue(refusal.toString().contains(folder.toString()), refusal::toString);
    }

    private static void checkKind(SnapshotException refusal, int errno) {
        Kind expected = errno == Errno.ENOSPC ? Kind.OUT_OF_SPACE : Kind.SYSCALL;
        assertEquals(expected, refusal.kind(), refusal::toString);
    }

    /// What sweeping can't remove stays for the next one who comes.
    private static boolean isOfSweeping(Call call) {
        return call.is("unlink") || call.is("rmdir") || call.is("lstat");
    }
}
