package io.coldframe.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.Soak;
import io.coldframe.crash.MemoryFolder;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/// Several writers and a reader at one target: whoever does not win is told so, and nobody ever
/// sees a mixture.
final class CommitRaceTest {
    private static final int WRITER_COUNT = 4;

    @TempDir(factory = MemoryFolder.class)
    Path folder;

    @ParameterizedTest
    @EnumSource
    void oneWriterWinsAndTheOthersAreRefused(CommitWork work) throws Exception {
        int roundCount = Soak.count(50, 1_000);
        try (ExecutorService threads = Executors.newFixedThreadPool(WRITER_COUNT)) {
            for (int round = 0; round < roundCount; round++) {
                Path target = Files.createDirectory(folder.resolve("r" + round));
                work.prepare(target);
                List<Future<Boolean>> wins = new ArrayList<>();
                for (int writer = 0; writer < WRITER_COUNT; writer++) {
                    String text = "text of writer " + writer;
                    wins.add(threads.submit(() -> wins(work, target, text)));
                }
                List<String> winners = new ArrayList<>();
                for (int writer = 0; writer < WRITER_COUNT; writer++) {
                    if (wins.get(writer).get()) {
                        winners.add("text of writer " + writer);
                    }
                }
                String found = work.read(target);
                assertTrue(winners.contains(found), () -> found + " is none of " + winners);
                if (work.onExisting() == OnExisting.REFUSE) {
                    assertEquals(1, winners.size(), winners::toString);
                }
                assertEquals(List.of(), CommitWork.leftBehind(target).toList());
            }
        }
    }

    /// Whether this writer commits. One that does not is refused, and for no other reason.
    private static boolean wins(CommitWork work, Path target, String text) throws IOException {
        try {
            work.write(target, text, work.onExisting());
            return true;
        } catch (SnapshotException refusal) {
            assertEquals(Kind.CONFLICT, refusal.kind(), refusal::toString);
            return false;
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"REPLACED_FILE", "REPLACED_DIRECTORY"})
    void aReaderSeesOneOrTheOtherAndNeverNothing(CommitWork work) throws Exception {
        int roundCount = Soak.count(200, 4_000);
        work.prepare(folder);
        AtomicBoolean done = new AtomicBoolean();
        try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
            Future<Integer> reads = threads.submit(() -> readUntil(done, work));
            for (int round = 0; round < roundCount; round++) {
                work.write(folder, "text of round " + round, OnExisting.REPLACE);
            }
            done.set(true);
            assertTrue(reads.get() > 0, "nothing was read");
        }
    }

    private int readUntil(AtomicBoolean done, CommitWork work) throws IOException {
        int readCount = 0;
        while (!done.get() || readCount == 0) {
            Optional<String> found = tryToRead(work);
            if (found.isPresent()) {
                String text = found.get();
                assertTrue(text.equals(work.before()) || text.startsWith("text of round "), text);
                readCount++;
            }
        }
        return readCount;
    }

    // Three files are read one after another; between them the directory may be replaced, and the
    // one that was begun be removed. A reader that must not fail looks again.
    private Optional<String> tryToRead(CommitWork work) throws IOException {
        try {
            String text = work.read(folder);
            return text.startsWith("a mixture") ? Optional.empty() : Optional.of(text);
        } catch (NoSuchFileException replaced) {
            return Optional.empty();
        }
    }
}
