package io.coldframe.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.Soak;
import io.coldframe.bindings.Errno;
import io.coldframe.crash.Call;
import io.coldframe.crash.FailingFileCalls;
import io.coldframe.crash.ShortFileCalls;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.PageSize;
import io.coldframe.os.FileCalls;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Every call of a capture fails, in every way: the target is what it was, the draft is gone and
/// the pages are dirty, all of them; or the image is there and they are clean.
final class MemoryWriterFaultTest {
    private static final long[] DIRTY = {2, 3, 40, 69};
    private static final Set<Integer> FULL = Set.of(Errno.ENOSPC, Errno.EDQUOT, Errno.EFBIG);
    private static final String OLD = "the old one";

    @TempDir Path folder;

    @ParameterizedTest
    @EnumSource
    void aFailureLosesNoPageAndLeavesNothing(Output output) throws Exception {
        Path target = folder.resolve("memory.bin");
        try (WriterFixture guest = new WriterFixture()) {
            // What is chosen automatically is one of the others.
            boolean isBrief = output == Output.AUTO && !Soak.isOn();
            for (boolean holes : Soak.isOn() ? List.of(false, true) : List.of(isBrief)) {
                WriteOptions options =
                        WriteOptions.DEFAULT.withOutput(output).withThreadCount(1).withHoles(holes);
                for (boolean diff : isBrief ? List.of(false) : List.of(false, true)) {
                    int attemptCount =
                            FailingFileCalls.everywhere(
                                    calls -> attempt(guest, target, options, diff, calls));
                    assertTrue(attemptCount > 100, () -> "only " + attemptCount + " attempts");
                }
            }
        }
    }

    private void attempt(
            WriterFixture guest,
            Path target,
            WriteOptions options,
            boolean diff,
            FailingFileCalls calls)
            throws IOException {
        Files.writeString(target, OLD);
        Optional<SnapshotException> refused = Optional.empty();
        try (DirtyBitmap dirty = WriterFixture.bitmap(PageSize.KIB_4, DIRTY)) {
            try (var _ = FileCalls.use(calls)) {
                write(guest, target, options, diff, dirty);
            } catch (SnapshotException failure) {
                refused = Optional.of(failure);
            }
            if (refused.isPresent()) {
                WriterFixture.assertDirty(dirty, DIRTY);
                checkRefusal(refused.get(), calls);
            } else {
                WriterFixture.assertDirty(dirty);
            }
        }
        byte[] found = Files.readAllBytes(target);
        byte[] written = diff ? guest.diff(PageSize.KIB_4, DIRTY) : guest.model;
        if (refused.isEmpty()) {
            assertArrayEquals(written, found);
        } else if (!calls.isEverSince() || found.length != written.length) {
            assertEquals(OLD, new String(found, UTF_8));
        } else {
            // A disk that is gone after the rename does not let it be undone: whole, at least.
            assertArrayEquals(written, found);
        }
        if (calls.failed().filter(MemoryWriterFaultTest::cleansUp).isEmpty()
                && !calls.isEverSince()) {
            assertEquals(List.of("memory.bin"), WriterFixture.names(folder));
        }
    }

    private static void write(
            WriterFixture guest, Path target, WriteOptions options, boolean diff, DirtyBitmap dirty)
            throws SnapshotException {
        try (MemoryWriter writer = WriterFixture.open(target, PageSize.KIB_4, options)) {
            if (diff) {
                writer.writeDiff(guest.memory, dirty);
            } else {
                writer.writeFull(guest.memory, dirty);
            }
            writer.commit();
        }
    }

    private void checkRefusal(SnapshotException refusal, FailingFileCalls calls) {
        assertTrue(refusal.toString().contains(folder.toString()), refusal::toString);
        Call failed = calls.failed().orElseThrow();
        if (!calls.isEverSince() && (failed.is("pwrite") || failed.is("fallocate"))) {
            assertTrue(refusal.toString().contains("offset"), refusal::toString);
        }
        boolean isFull = FULL.contains(calls.errno());
        assertEquals(isFull, refusal.kind() == Kind.OUT_OF_SPACE, refusal::toString);
    }

    private static boolean cleansUp(Call call) {
        return call.is("unlink") || call.is("rmdir") || call.is("lstat");
    }

    @ParameterizedTest
    @EnumSource
    void signalsAndShortWritesAreNoFailures(Output output) throws Exception {
        Path target = folder.resolve("memory.bin");
        WriteOptions options = WriteOptions.DEFAULT.withOutput(output);
        try (WriterFixture guest = new WriterFixture();
                DirtyBitmap dirty = WriterFixture.bitmap(PageSize.KIB_4, DIRTY)) {
            try (var _ = FileCalls.use(new ShortFileCalls(1000))) {
                write(guest, target, options, false, dirty);
                assertArrayEquals(guest.model, Files.readAllBytes(target));
                for (long each : DIRTY) {
                    dirty.markPage(each);
                }
                write(guest, target, options, true, dirty);
            }
            assertArrayEquals(guest.diff(PageSize.KIB_4, DIRTY), Files.readAllBytes(target));
        }
    }

    @Test
    void aVanishedFolderIsMissing() throws Exception {
        Path gone = folder.resolve("gone");
        SnapshotException refusal =
                assertThrows(
                        SnapshotException.class,
                        () ->
                                WriterFixture.open(
                                        gone.resolve("memory.bin"),
                                        PageSize.KIB_4,
                                        WriteOptions.DEFAULT));
        assertEquals(Kind.MISSING, refusal.kind());
        assertTrue(refusal.toString().contains(gone.toString()), refusal::toString);
    }
}
