package io.coldframe.image;

import static io.coldframe.image.Refusals.refused;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.coldframe.Sha256;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.bindings.Errno;
import io.coldframe.crash.FailingFileCalls;
import io.coldframe.crash.FileSystems;
import io.coldframe.crash.Volume;
import io.coldframe.os.FileCalls;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ArgumentsSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// What an [AtomicPair] promises, on every file system.
@ParameterizedClass(name = "{0}")
@ArgumentsSource(FileSystems.class)
final class AtomicPairTest {
    private final Path folder;
    private final Path state;
    private final Path memory;

    AtomicPairTest(Volume volume) {
        folder = volume.newFolder();
        state = folder.resolve("vm.snap");
        memory = folder.resolve("vm.mem");
    }

    private AtomicPair pair(OnExisting onExisting, String text) throws IOException {
        AtomicPair pair = AtomicPair.create(state, memory, onExisting);
        try {
            pair.memory().append(text.getBytes(UTF_8));
        } catch (SnapshotException failure) {
            pair.close();
            throw failure;
        }
        return pair;
    }

    private static byte[] stateOf(String memory) {
        return digest(memory).bytes();
    }

    private static Sha256 digest(String memory) {
        return Sha256.of(memory.getBytes(UTF_8));
    }

    private void commit(OnExisting onExisting, String text, Optional<String> replaced)
            throws IOException {
        try (AtomicPair pair = pair(onExisting, text)) {
            pair.commit(stateOf(text), replaced.map(AtomicPairTest::digest));
        }
    }

    @Test
    void bothFilesComeTogether() throws IOException {
        commit(OnExisting.REFUSE, "first", Optional.empty());
        assertEquals("first", Files.readString(memory));
        assertEquals(digest("first"), Sha256.stored(Files.readAllBytes(state)));
        commit(OnExisting.REPLACE, "second", Optional.of("first"));
        assertEquals("second", Files.readString(memory));
        assertEquals(digest("second"), Sha256.stored(Files.readAllBytes(state)));
        assertEquals(2, Drafts.list(folder).size());
    }

    @Test
    void eitherFileIsInTheWay() throws IOException {
        for (Path file : new Path[] {state, memory}) {
            Files.writeString(file, "somebody's");
            refused(
                    Kind.CONFLICT,
                    Reason.EXISTS,
                    file,
                    () -> AtomicPair.create(state, memory, OnExisting.REFUSE));
            assertEquals(1, Drafts.list(folder).size());
            Files.delete(file);
        }
    }

    @Test
    void aSecondWriterIsRefusedAndTheFirstOneWins() throws IOException {
        try (AtomicPair first = pair(OnExisting.REFUSE, "first")) {
            refused(
                    Kind.CONFLICT,
                    Reason.BUSY,
                    state,
                    () -> AtomicPair.create(state, memory, OnExisting.REPLACE));
            first.commit(stateOf("first"), Optional.empty());
        }
        assertEquals("first", Files.readString(memory));
    }

    @Test
    void aStateThatComesMeanwhileIsNotGivenOtherMemory() throws IOException {
        AtomicPair pair = pair(OnExisting.REFUSE, "mine");
        Files.writeString(state, "somebody's");
        refused(
                Kind.CONFLICT,
                Reason.EXISTS,
                state,
                () -> pair.commit(stateOf("mine"), Optional.empty()));
        assertFalse(Files.exists(memory));
        assertEquals(1, Drafts.list(folder).size());
    }

    @Test
    void closingWithoutCommitLeavesThePairAsItWas() throws IOException {
        commit(OnExisting.REFUSE, "first", Optional.empty());
        pair(OnExisting.REPLACE, "never").close();
        assertEquals("first", Files.readString(memory));
        assertEquals(2, Drafts.list(folder).size());
    }

    @Test
    void twoNamesInOneDirectoryAreNeeded() {
        Path other = folder.resolve("folder").resolve("vm.mem");
        assertThrows(
                IllegalArgumentException.class,
                () -> AtomicPair.create(state, other, OnExisting.REFUSE));
        assertThrows(
                IllegalArgumentException.class,
                () -> AtomicPair.create(state, state, OnExisting.REFUSE));
    }

    @Test
    void memoryIsKeptBesideUnderItsDigest() {
        Path kept = AtomicPair.kept(memory, digest("x"));
        assertEquals(
                ".vm.mem." + digest("x").hex().substring(0, 16) + ".kept",
                kept.getFileName().toString());
        assertEquals(folder, kept.getParent());
    }

    @Test
    void memoryThatACrashLeftKeptIsNotReplacedByWhatLiesInItsPlace() throws IOException {
        // As a crash between the two renames leaves it: the state names what is kept.
        commit(OnExisting.REFUSE, "first", Optional.empty());
        Path kept = AtomicPair.kept(memory, digest("first"));
        Files.createLink(kept, memory);
        Files.delete(memory);
        Files.writeString(memory, "second");
        // The next save fails at its state. What is kept is still the first.
        try (AtomicPair pair = pair(OnExisting.REPLACE, "third")) {
            Files.delete(state);
            Files.createDirectory(state);
            refused(
                    Kind.CONFLICT,
                    Reason.EXISTS,
                    state,
                    () -> pair.commit(stateOf("third"), Optional.of(digest("first"))));
        }
        assertEquals("first", Files.readString(kept));
        assertEquals("second", Files.readString(memory));
        Files.delete(state);
        commit(OnExisting.REPLACE, "fourth", Optional.of("first"));
        assertEquals("fourth", Files.readString(memory));
        assertFalse(Files.exists(kept));
    }

    @Test
    void aStateThatCannotBePlacedGivesTheMemoryBack() throws Exception {
        commit(OnExisting.REFUSE, "first", Optional.empty());
        // Let every call fail in turn; one of them is the rename of the state.
        long index = 0;
        boolean failed = true;
        boolean seen = false;
        while (failed) {
            FailingFileCalls calls = FailingFileCalls.once(index++, Errno.EACCES);
            try (var _ = FileCalls.use(calls)) {
                commit(OnExisting.REPLACE, "second", Optional.of("first"));
            } catch (SnapshotException refused) {
                assertEquals("first", Files.readString(memory));
                assertEquals(digest("first"), Sha256.stored(Files.readAllBytes(state)));
            }
            failed = calls.failed().isPresent();
            seen |=
                    calls.failed()
                            .filter(call -> call.is("rename") && call.paths().contains(state))
                            .isPresent();
            // From the start again.
            if (Files.readString(memory).equals("second")) {
                commit(OnExisting.REPLACE, "first", Optional.of("second"));
            }
        }
        assertTrue(seen, "no rename of the state failed");
    }
}
