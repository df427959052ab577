package io.coldframe.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.SnapshotException;
import io.coldframe.crash.Call;
import io.coldframe.crash.FailingFileCalls;
import io.coldframe.crash.MemoryFolder;
import io.coldframe.crash.ShortFileCalls;
import io.coldframe.os.FileCalls;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Every call of every kind of commit fails, in every way: the target is what it was and the draft
/// is gone, or the commit has happened.
final class CommitFaultTest {
    @TempDir(factory = MemoryFolder.class)
    Path scratch;

    @ParameterizedTest
    @EnumSource
    void aFailureLeavesNothingOfTheNewAndAllOfTheOld(CommitWork work) throws Exception {
        int attemptCount =
                FailingFileCalls.everywhere(
                        calls -> {
                            Path folder = Files.createTempDirectory(scratch, "fault");
                            work.prepare(folder);
                            attempt(work, folder, calls);
                        });
        assertTrue(attemptCount > 100, () -> "only " + attemptCount + " attempts");
    }

    private static void attempt(CommitWork work, Path folder, FailingFileCalls calls)
            throws IOException {
        Optional<SnapshotException> refused = Optional.empty();
        try (var _ = FileCalls.use(calls)) {
            work.commit(folder);
        } catch (SnapshotException failure) {
            refused = Optional.of(failure);
        }
        String found = work.read(folder);
        // A disk that is gone after the rename does not let it be undone: whole, at least.
        if (refused.isEmpty() || !(calls.isEverSince() && found.equals(work.after()))) {
            assertEquals(refused.isPresent() ? work.before() : work.after(), found);
        }
        if (refused.isPresent()) {
            assertTrue(
                    refused.get().toString().contains(folder.toString()), refused.get()::toString);
        }
        if (calls.failed().filter(CommitFaultTest::cleansUp).isEmpty() && !calls.isEverSince()) {
            assertEquals(List.of(), CommitWork.leftBehind(folder).toList());
        }
        // Whatever had to be left is nobody's, and goes with the next one.
        work.write(folder, "third", OnExisting.REPLACE);
        assertEquals("third", work.read(folder));
        assertEquals(List.of(), CommitWork.leftBehind(folder).toList());
        assertEquals("of no concern", Files.readString(folder.resolve("bystander")));
    }

    private static boolean cleansUp(Call call) {
        return call.is("unlink") || call.is("rmdir") || call.is("lstat");
    }

    @ParameterizedTest
    @EnumSource
    void signalsAndShortWritesAreNoFailures(CommitWork work) throws IOException {
        work.prepare(scratch);
        try (var _ = FileCalls.use(new ShortFileCalls(5))) {
            work.commit(scratch);
        }
        assertEquals(work.after(), work.read(scratch));
        assertEquals(List.of(), CommitWork.leftBehind(scratch).toList());
    }
}
