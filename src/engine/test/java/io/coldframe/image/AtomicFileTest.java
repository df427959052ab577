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
import io.coldframe.crash.FileSystems;
import io.coldframe.crash.Volume;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ArgumentsSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/// What an [AtomicFile] promises, on every file system.
@ParameterizedClass(name = "{0}")
@ArgumentsSource(FileSystems.class)
final class AtomicFileTest {
    private final Volume volume;
    private final Path folder;
    private final Path target;

    AtomicFileTest(Volume volume) {
        this.volume = volume;
        folder = volume.newFolder();
        target = folder.resolve("target");
    }

    private void commit(OnExisting onExisting, String text) throws SnapshotException {
        try (AtomicFile file = AtomicFile.create(target, onExisting)) {
            file.write(text.getBytes(UTF_8));
            file.commit();
        }
    }

    private List<String> names() throws IOException {
        return Drafts.list(folder).stream()
                .map(path -> path.getFileName().toString())
                .sorted()
                .toList();
    }

    @Test
    void whatIsCommittedIsThereForItsOwnerAlone() throws IOException {
        commit(OnExisting.REFUSE, "hello");
        assertEquals("hello", Files.readString(target));
        assertEquals(
                PosixFilePermissions.fromString("rw-------"),
                Files.getPosixFilePermissions(target));
        assertEquals(List.of("target"), names());
    }

    @Test
    void whatTheNextWriterWouldRemoveIsNoTarget() throws IOException {
        DraftName name = DraftName.of("target");
        Sha256 digest = Sha256.of(new byte[] {1});
        for (String passing : List.of(name.random(), name.kept(digest))) {
            Path wanted = folder.resolve(passing);
            assertThrows(
                    IllegalArgumentException.class,
                    () -> AtomicFile.create(wanted, OnExisting.REFUSE));
        }
        assertEquals(List.of(), names());
    }

    @Test
    void whatIsWrittenIsNotSeenBeforeTheCommit() throws IOException {
        try (AtomicFile file = AtomicFile.create(target, OnExisting.REFUSE)) {
            file.write("hello".getBytes(UTF_8));
            assertFalse(Files.exists(target));
            assertEquals(target, file.target());
            assertEquals(
                    PosixFilePermissions.fromString("rw-------"),
                    Files.getPosixFilePermissions(file.draft().path()));
        }
        assertEquals(List.of(), names());
    }

    @Test
    void writesFollowEachOtherFromBothMemories() throws IOException {
        byte[] many = new byte[200_000];
        for (int i = 0; i < many.length; i++) {
            many[i] = (byte) (i * 31);
        }
        try (AtomicFile file = AtomicFile.create(target, OnExisting.REFUSE);
                Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, many);
            file.write(bytes);
            file.write(many);
            file.write(new byte[0]);
            file.commit();
        }
        byte[] found = Files.readAllBytes(target);
        assertEquals(2 * many.length, found.length);
        for (int i = 0; i < found.length; i++) {
            assertEquals(many[i % many.length], found[i]);
        }
    }

    @Test
    void anExistingFileIsRefusedOrReplaced() throws IOException {
        commit(OnExisting.REFUSE, "old");
        refused(Kind.CONFLICT, Reason.EXISTS, target, () -> commit(OnExisting.REFUSE, "new"));
        assertEquals("old", Files.readString(target));
        commit(OnExisting.REPLACE, "new");
        assertEquals("new", Files.readString(target));
        assertEquals(List.of("target"), names());
    }

    @Test
    void aFileThatComesMeanwhileIsNotOverwritten() throws IOException {
        try (AtomicFile file = AtomicFile.create(target, OnExisting.REFUSE)) {
            Files.writeString(target, "somebody else's");
            refused(Kind.CONFLICT, Reason.EXISTS, target, file::commit);
        }
        assertEquals("somebody else's", Files.readString(target));
        assertEquals(List.of("target"), names());
    }

    @Test
    void aFileThatGoesMeanwhileIsNoMatter() throws IOException {
        commit(OnExisting.REFUSE, "old");
        try (AtomicFile file = AtomicFile.create(target, OnExisting.REPLACE)) {
            Files.delete(target);
            file.commit();
        }
        assertEquals("", Files.readString(target));
    }

    @Test
    void whatIsNoFileIsNeverReplaced() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "linked");
        Files.createSymbolicLink(target, file);
        refusedInTheWay("a symbolic link");
        Files.delete(target);

        Files.createDirectory(target);
        refusedInTheWay("a directory");
        Files.delete(target);

        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(target));
            refusedInTheWay("a socket");
        }
        Files.delete(target);

        Files.createSymbolicLink(target, folder.resolve("nowhere"));
        refusedInTheWay("a symbolic link");
        assertEquals("linked", Files.readString(file));
        assertEquals(List.of("file", "target"), names());
    }

    private void refusedInTheWay(String what) {
        for (OnExisting onExisting : OnExisting.values()) {
            SnapshotException refusal =
                    refused(Kind.CONFLICT, Reason.EXISTS, target, () -> commit(onExisting, "x"));
            assertTrue(refusal.toString().contains(what), refusal::toString);
        }
    }

    @Test
    void aSecondWriterIsToldWhoIsFirst() throws IOException {
        try (AtomicFile first = AtomicFile.create(target, OnExisting.REFUSE)) {
            first.write("first".getBytes(UTF_8));
            SnapshotException refusal =
                    refused(
                            Kind.CONFLICT,
                            Reason.BUSY,
                            target,
                            () -> AtomicFile.create(target, OnExisting.REPLACE));
            assertTrue(refusal.toString().contains("this process"), refusal::toString);
            String draft = first.draft().path().getFileName().toString();
            assertTrue(refusal.toString().contains(draft), refusal::toString);
            first.commit();
        }
        assertEquals("first", Files.readString(target));
    }

    @Test
    void aWriterToAnotherTargetIsInNobodysWay() throws IOException {
        try (AtomicFile first = AtomicFile.create(target, OnExisting.REFUSE);
                AtomicFile second =
                        AtomicFile.create(folder.resolve("target2"), OnExisting.REFUSE)) {
            second.commit();
            first.commit();
        }
        assertEquals(List.of("target", "target2"), names());
    }

    @Test
    void theDraftOfADeadWriterIsRemovedByTheNextOne() throws IOException {
        Path dead = folder.resolve(DraftName.of("target").random());
        Path deadOther = folder.resolve(DraftName.of("other").random());
        Path deadDirectory = folder.resolve(DraftName.of("directory").random());
        Files.writeString(dead, "half");
        Files.writeString(deadOther, "half");
        Files.createDirectory(deadDirectory);
        Files.writeString(deadDirectory.resolve("memory.bin"), "half");
        Path similar = Files.writeString(folder.resolve(".target.0123.draft"), "somebody's");
        commit(OnExisting.REFUSE, "whole");
        assertEquals(List.of(similar.getFileName().toString(), "target"), names());
    }

    @Test
    void linksThatLookLikeDraftsAreLeftAlone() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "linked");
        Path link = folder.resolve(DraftName.of("target").random());
        Files.createSymbolicLink(link, file);
        commit(OnExisting.REFUSE, "whole");
        assertTrue(Files.isSymbolicLink(link));
        assertEquals("linked", Files.readString(file));
    }

    @Test
    void aDirectoryThatIsGoneIsMissing() throws IOException {
        Path parent = Files.createDirectory(folder.resolve("parent"));
        AtomicFile file = AtomicFile.create(parent.resolve("target"), OnExisting.REFUSE);
        Files.delete(file.draft().path());
        Files.delete(parent);
        refused(Kind.MISSING, Reason.UNSPECIFIED, parent, file::commit);
        refused(
                Kind.MISSING,
                Reason.UNSPECIFIED,
                parent,
                () -> AtomicFile.create(parent.resolve("target"), OnExisting.REFUSE));
    }

    @Test
    void aDirectoryThatWasExchangedGetsNothing() throws IOException {
        Path parent = Files.createDirectory(folder.resolve("parent"));
        AtomicFile file = AtomicFile.create(parent.resolve("target"), OnExisting.REFUSE);
        Path moved = Files.move(parent, folder.resolve("moved"));
        Files.createDirectory(parent);
        refused(Kind.MISSING, Reason.UNSPECIFIED, parent, file::commit);
        assertEquals(List.of(), Drafts.list(parent));
        // What cannot be reached any more is left to the next one who writes there.
        assertEquals(1, AtomicDirectory.removeAbandoned(moved).size());
    }

    @Test
    void theLongestNameHasADraft() throws IOException {
        for (String name : List.of("x".repeat(255), "é".repeat(127), "雪".repeat(85))) {
            Path longest = folder.resolve(name);
            try (AtomicFile file = AtomicFile.create(longest, OnExisting.REFUSE)) {
                refused(
                        Kind.CONFLICT,
                        Reason.BUSY,
                        longest,
                        () -> AtomicFile.create(longest, OnExisting.REFUSE));
                file.commit();
            }
            assertTrue(Files.exists(longest));
        }
        Path tooLong = folder.resolve("x".repeat(256));
        SnapshotException refusal =
                refused(
                        Kind.SYSCALL,
                        Reason.UNSPECIFIED,
                        tooLong,
                        () -> AtomicFile.create(tooLong, OnExisting.REFUSE));
        assertTrue(refusal.toString().contains("ENAMETOOLONG"), refusal::toString);
        assertEquals(3, names().size());
    }

    @Test
    void aFullDiskLeavesTheOldFile() throws IOException {
        if (!volume.isSmall()) {
            // Others need the space.
            return;
        }
        commit(OnExisting.REFUSE, "old");
        AtomicFile file = AtomicFile.create(target, OnExisting.REPLACE);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(8 << 20).fill((byte) 1);
            SnapshotException refusal =
                    refused(
                            Kind.OUT_OF_SPACE,
                            Reason.UNSPECIFIED,
                            file.draft().path(),
                            () -> {
                                while (true) {
                                    file.write(bytes);
                                }
                            });
            assertTrue(refusal.toString().contains("at offset"), refusal::toString);
        }
        assertEquals("old", Files.readString(target));
        assertEquals(List.of("target"), names());
        commit(OnExisting.REPLACE, "new");
        assertEquals("new", Files.readString(target));
    }

    @Test
    void whatIsDoneStaysDone() throws IOException {
        AtomicFile file = AtomicFile.create(target, OnExisting.REFUSE);
        file.commit();
        assertThrows(IllegalStateException.class, file::commit);
        assertThrows(IllegalStateException.class, () -> file.write(new byte[1]));
        file.close();
        file.close();
        assertTrue(Files.exists(target));
    }

    @Test
    void aNameIsNeeded() {
        for (String none : List.of("/", "..", ".", "a/..")) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> AtomicFile.create(Path.of(none), OnExisting.REFUSE));
        }
    }
}
