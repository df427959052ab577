package io.coldframe.image;

import static io.coldframe.image.Refusals.refused;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.crash.FileSystems;
import io.coldframe.crash.Volume;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ArgumentsSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/// What an [AtomicDirectory] promises, on every file system.
@ParameterizedClass(name = "{0}")
@ArgumentsSource(FileSystems.class)
final class AtomicDirectoryTest {
    private final Path folder;
    private final Path target;

    AtomicDirectoryTest(Volume volume) {
        folder = volume.newFolder();
        target = folder.resolve("target");
    }

    private AtomicDirectory directory(OnExisting onExisting, String text) throws IOException {
        AtomicDirectory directory = AtomicDirectory.create(target, onExisting);
        directory.write("one", text.getBytes(UTF_8));
        return directory;
    }

    private void commit(OnExisting onExisting, String text) throws IOException {
        try (AtomicDirectory directory = directory(onExisting, text)) {
            directory.commit();
        }
    }

    private static List<String> names(Path directory) throws IOException {
        return Drafts.list(directory).stream()
                .map(path -> path.getFileName().toString())
                .sorted()
                .toList();
    }

    @Test
    void whatIsCommittedIsThereForItsOwnerAlone() throws IOException {
        commit(OnExisting.REFUSE, "hello");
        assertEquals("hello", Files.readString(target.resolve("one")));
        assertEquals(
                PosixFilePermissions.fromString("rwx------"),
                Files.getPosixFilePermissions(target));
        assertEquals(
                PosixFilePermissions.fromString("rw-------"),
                Files.getPosixFilePermissions(target.resolve("one")));
        assertEquals(List.of("target"), names(folder));
    }

    @Test
    void aReplacedDirectoryIsGoneWithItsFiles() throws IOException {
        commit(OnExisting.REFUSE, "old");
        refused(Kind.CONFLICT, Reason.EXISTS, target, () -> commit(OnExisting.REFUSE, "new"));
        try (AtomicDirectory directory = directory(OnExisting.REPLACE, "new")) {
            directory.write("two", "more".getBytes(UTF_8));
            directory.commit();
        }
        assertEquals(List.of("one", "two"), names(target));
        assertEquals("new", Files.readString(target.resolve("one")));
        assertEquals(List.of("target"), names(folder));
    }

    @Test
    void closingWithoutCommitLeavesNothing() throws IOException {
        directory(OnExisting.REFUSE, "never").close();
        assertEquals(List.of(), names(folder));
    }

    @Test
    void aDirectoryThatHoldsADirectoryIsNotReplacedOrRemoved() throws IOException {
        Files.createDirectories(target.resolve("precious"));
        SnapshotException refusal =
                refused(
                        Kind.CONFLICT,
                        Reason.EXISTS,
                        target,
                        () -> AtomicDirectory.create(target, OnExisting.REPLACE));
        assertTrue(refusal.toString().contains("precious"), refusal::toString);
        refused(
                Kind.CONFLICT,
                Reason.EXISTS,
                target,
                () -> AtomicDirectory.remove(target, CommitCheck.NONE));
        assertTrue(Files.exists(target.resolve("precious")));
        assertEquals(List.of("target"), names(folder));
    }

    @Test
    void aDirectoryThatBecomesPreciousMeanwhileIsNotReplaced() throws IOException {
        commit(OnExisting.REFUSE, "old");
        AtomicDirectory directory = directory(OnExisting.REPLACE, "new");
        Files.createDirectory(target.resolve("precious"));
        refused(Kind.CONFLICT, Reason.EXISTS, target, directory::commit);
        assertEquals("old", Files.readString(target.resolve("one")));
        assertEquals(List.of("target"), names(folder));
    }

    @Test
    void whatIsNoDirectoryIsNeverReplaced() throws IOException {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Files.createSymbolicLink(target, elsewhere);
        for (OnExisting onExisting : OnExisting.values()) {
            refused(Kind.CONFLICT, Reason.EXISTS, target, () -> commit(onExisting, "x"));
        }
        Files.delete(target);
        Files.writeString(target, "a file");
        for (OnExisting onExisting : OnExisting.values()) {
            refused(Kind.CONFLICT, Reason.EXISTS, target, () -> commit(onExisting, "x"));
        }
        assertEquals("a file", Files.readString(target));
        assertEquals(List.of(), names(elsewhere));
    }

    @Test
    void anEmptyDirectoryThatComesMeanwhileIsNotReplaced() throws IOException {
        AtomicDirectory directory = directory(OnExisting.REFUSE, "x");
        Files.createDirectory(target);
        refused(Kind.CONFLICT, Reason.EXISTS, target, directory::commit);
        assertEquals(List.of(), names(target));
        assertEquals(List.of("target"), names(folder));
    }

    @Test
    void aSecondWriterIsToldWhoIsFirst() throws IOException {
        try (AtomicDirectory first = directory(OnExisting.REFUSE, "first")) {
            SnapshotException refusal =
                    refused(
                            Kind.CONFLICT,
                            Reason.BUSY,
                            target,
                            () -> AtomicDirectory.create(target, OnExisting.REPLACE));
            assertTrue(refusal.toString().contains("this process"), refusal::toString);
            first.commit();
        }
        assertEquals("first", Files.readString(target.resolve("one")));
    }

    @Test
    void aCheckThatFailsStopsTheCommit() throws IOException {
        AtomicDirectory directory = directory(OnExisting.REFUSE, "x");
        SnapshotException thrown = new SnapshotException(Kind.MISSING, "the parent", target);
        SnapshotException seen =
                assertThrows(
                        SnapshotException.class,
                        () ->
                                directory.commit(
                                        () -> {
                                            throw thrown;
                                        }));
        assertEquals(thrown, seen);
        assertEquals(List.of(), names(folder));
    }

    @Test
    void aCheckRunsWhenNobodyElseCanCommit() throws IOException {
        try (AtomicDirectory directory = directory(OnExisting.REFUSE, "x")) {
            directory.commit(
                    () -> {
                        assertFalse(Files.exists(target));
                        assertTrue(Files.exists(directory.draft().resolve("one")));
                    });
        }
        assertTrue(Files.exists(target));
    }

    @Test
    void aLinkedFileIsTheSameFile() throws IOException {
        Path existing = Files.writeString(folder.resolve("memory"), "the guest's");
        try (AtomicDirectory directory = directory(OnExisting.REFUSE, "x")) {
            directory.link("memory.bin", existing);
            directory.commit();
        }
        assertTrue(Files.isSameFile(existing, target.resolve("memory.bin")));
    }

    @Test
    void aFileElsewhereIsNotLinkedAndBothAreNamed() throws IOException {
        Path elsewhere = Path.of("/proc/version");
        AtomicDirectory directory = directory(OnExisting.REFUSE, "x");
        SnapshotException refusal =
                refused(
                        Kind.UNSUPPORTED,
                        Reason.OTHER_FILE_SYSTEM,
                        elsewhere,
                        () -> directory.link("memory.bin", elsewhere));
        assertTrue(refusal.toString().contains(target.toString()), refusal::toString);
        assertEquals(List.of(), names(folder));
    }

    @Test
    void whatIsNoFileIsNotLinked() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        for (Path wrong : List.of(link, folder)) {
            AtomicDirectory directory = directory(OnExisting.REFUSE, "x");
            assertThrows(SnapshotException.class, () -> directory.link("memory.bin", wrong));
        }
        assertEquals(List.of("file", "link"), names(folder));
    }

    @Test
    void aNameStaysInTheDirectory() throws IOException {
        for (String wrong : List.of("", ".", "..", "a/b", "/etc")) {
            try (AtomicDirectory directory = directory(OnExisting.REFUSE, "x")) {
                assertThrows(
                        IllegalArgumentException.class, () -> directory.write(wrong, new byte[0]));
            }
        }
        try (AtomicDirectory directory = directory(OnExisting.REFUSE, "x")) {
            assertThrows(SnapshotException.class, () -> directory.write("one", new byte[0]));
        }
        assertEquals(List.of(), names(folder));
    }

    @Test
    void removingIsOneStep() throws IOException {
        commit(OnExisting.REFUSE, "x");
        AtomicDirectory.remove(target, () -> assertTrue(Files.exists(target.resolve("one"))));
        assertEquals(List.of(), names(folder));
        refused(
                Kind.MISSING,
                Reason.UNSPECIFIED,
                target,
                () -> AtomicDirectory.remove(target, CommitCheck.NONE));
    }

    @Test
    void onlyDraftsOfDeadWritersAreAbandoned() throws IOException {
        Path deep = Files.createDirectory(folder.resolve(DraftName.of("deep").random()));
        Files.createDirectory(deep.resolve("not ours"));
        try (AtomicDirectory alive = directory(OnExisting.REFUSE, "x")) {
            Path dead = Files.createDirectory(folder.resolve(DraftName.of("dead").random()));
            Files.writeString(dead.resolve("memory.bin"), "half");
            assertEquals(List.of(dead), AtomicDirectory.removeAbandoned(folder));
            alive.commit();
        }
        assertTrue(Files.exists(deep.resolve("not ours")));
        assertTrue(Files.exists(target));
    }

    @Test
    void whatIsAttachedLearnsWhatBecameOfIt() throws IOException {
        List<String> heard = new ArrayList<>();
        try (AtomicDirectory directory = directory(OnExisting.REFUSE, "x")) {
            directory.attach(new Listener(heard));
            directory.commit();
        }
        assertEquals(List.of("seal", "committed"), heard);
        heard.clear();
        try (AtomicDirectory directory = directory(OnExisting.REPLACE, "x")) {
            directory.attach(new Listener(heard));
        }
        assertEquals(List.of("abandoned"), heard);
    }

    private record Listener(List<String> heard) implements Attachment {
        @Override
        public void seal() {
            heard.add("seal");
        }

        @Override
        public void committed() {
            heard.add("committed");
        }

        @Override
        public void abandoned() {
            heard.add("abandoned");
        }
    }
}
