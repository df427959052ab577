package io.coldframe.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.bindings.Errno;
import io.coldframe.crash.Call;
import io.coldframe.crash.CrashReplay;
import io.coldframe.crash.ForwardingFileCalls;
import io.coldframe.crash.MemoryFolder;
import io.coldframe.crash.RecordingFileCalls;
import io.coldframe.os.FileCalls;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Commits on a file system that can neither rename without replacing nor exchange.
final class CommitFallbackTest {
    @TempDir(factory = MemoryFolder.class)
    Path folder;

    @TempDir(factory = MemoryFolder.class)
    Path scratch;

    /// A file system that knows the plain rename alone.
    private static final class PlainRenames extends ForwardingFileCalls {
        PlainRenames(FileCalls behind) {
            super(behind);
        }

        @Override
        protected long around(Call call, LongSupplier make) {
            return call.is("rename") && call.flags() != 0 ? -Errno.EINVAL : make.getAsLong();
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "REPLACED_DIRECTORY")
    void aCrashLeavesTheOldOrTheNewThereToo(CommitWork work) throws IOException {
        work.prepare(folder);
        RecordingFileCalls calls = RecordingFileCalls.below(folder);
        try (var _ = FileCalls.use(new PlainRenames(calls))) {
            work.commit(folder);
            calls.mark("committed");
        }
        assertEquals(work.after(), work.read(folder));
        assertEquals(List.of(), CommitWork.leftBehind(folder).toList());
        CrashReplay.of(calls.recording())
                .forEachState(
                        scratch,
                        (left, state) -> {
                            String found = work.read(left);
                            if (state.isAfter("committed") || !found.equals(work.before())) {
                                assertEquals(work.after(), found);
                            }
                        });
    }

    @ParameterizedTest
    @EnumSource(names = "REPLACED_DIRECTORY")
    void aDirectoryIsNotReplacedInTwoSteps(CommitWork work) throws IOException {
        work.prepare(folder);
        try (var _ = FileCalls.use(new PlainRenames(FileCalls.current()))) {
            Refusals.refused(
                    Kind.UNSUPPORTED,
                    Reason.COMMIT,
                    folder.resolve("target"),
                    () -> work.commit(folder));
        }
        assertEquals(work.before(), work.read(folder));
        assertEquals(List.of(), CommitWork.leftBehind(folder).toList());
    }

    @ParameterizedTest
    @EnumSource
    void whatComesMeanwhileIsNotOverwrittenThereEither(CommitWork work) throws IOException {
        if (work.onExisting() == OnExisting.REPLACE) {
            return;
        }
        Path target = folder.resolve(work == CommitWork.NEW_PAIR ? "target.mem" : "target");
        Files.writeString(folder.resolve("bystander"), "of no concern");
        FileCalls plain = new PlainRenames(FileCalls.current());
        FileCalls intruding =
                new ForwardingFileCalls(plain) {
                    @Override
                    protected long around(Call call, LongSupplier make) {
                        if (call.is("link") && call.paths().get(1).equals(target)) {
                            intrude(target);
                        }
                        return make.getAsLong();
                    }
                };
        if (work == CommitWork.NEW_DIRECTORY) {
            // A plain rename of a directory replaces at most an empty one.
            return;
        }
        try (var _ = FileCalls.use(intruding)) {
            Refusals.refused(Kind.CONFLICT, Reason.EXISTS, target, () -> work.commit(folder));
        }
        assertEquals("somebody's", Files.readString(target));
    }

    /// Cannot remove the draft's name after it was linked, once; and then, if told so, cannot sync.
    private static final class LinkedTwice extends ForwardingFileCalls {
        private final boolean isSyncFailing;
        private Optional<Path> linked = Optional.empty();
        private int unlinkFailures;
        private int syncFailures;

        LinkedTwice(boolean isSyncFailing) {
            super(new PlainRenames(FileCalls.current()));
            this.isSyncFailing = isSyncFailing;
        }

        @Override
        protected long around(Call call, LongSupplier make) {
            if (call.is("link")) {
                linked = Optional.of(call.paths().getFirst());
            }
            if (call.is("unlink")
                    && unlinkFailures == 0
                    && linked.equals(Optional.of(call.paths().getFirst()))) {
                unlinkFailures++;
                return -Errno.EIO;
            }
            if (call.is("fsync") && isSyncFailing && unlinkFailures == 1 && syncFailures == 0) {
                syncFailures++;
                return -Errno.EIO;
            }
            return make.getAsLong();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NEW_FILE", "NEW_PAIR"})
    void aDraftThatKeepsItsNameIsStillUndone(CommitWork work) throws IOException {
        work.prepare(folder);
        LinkedTwice calls = new LinkedTwice(true);
        try (var _ = FileCalls.use(calls)) {
            assertThrows(SnapshotException.class, () -> work.commit(folder));
        }
        assertEquals(1, calls.syncFailures);
        assertEquals(work.before(), work.read(folder));
        assertEquals(List.of(), CommitWork.leftBehind(folder).toList());
        assertFalse(Files.exists(folder.resolve("target")));
        assertFalse(Files.exists(folder.resolve("target.mem")));
    }

    @ParameterizedTest
    @EnumSource(names = {"NEW_FILE", "NEW_PAIR"})
    void aDraftThatKeepsItsNameLosesItAfterTheCommit(CommitWork work) throws IOException {
        work.prepare(folder);
        LinkedTwice calls = new LinkedTwice(false);
        try (var _ = FileCalls.use(calls)) {
            work.commit(folder);
        }
        assertEquals(1, calls.unlinkFailures);
        assertEquals(work.after(), work.read(folder));
        assertEquals(List.of(), CommitWork.leftBehind(folder).toList());
    }

    private static void intrude(Path target) {
        try {
            Files.writeString(target, "somebody's");
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }
}
