package io.coldframe.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.Soak;
import io.coldframe.crash.FileSystems;
import io.coldframe.crash.Volume;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/// Every save on every file system, of which the kernel itself says that it is full, or takes no
/// more writes: refused by that name, with what was there before still there, whole, and no dirty
/// page forgotten; and when there is room again the same save succeeds.
final class WholeCommitDiskTest {
    private static final List<Work> WORKS =
            List.of(
                    PairWork.REPLACED_MAPPED,
                    PairWork.REPLACED_BUFFERED,
                    PairWork.NEW_DIRECT,
                    PairWork.REPLACED_DIFF_DIRECT,
                    StoreWork.NEW_FULL_MAPPED,
                    StoreWork.NEW_DIFF_DIRECT,
                    StoreWork.REPLACED_FULL,
                    LayerWork.FIRST_BUFFERED,
                    LayerWork.NEXT_DIRECT,
                    LayerWork.COMPACTED,
                    OpenVmmWork.REPLACED_COPY);

    @ParameterizedTest
    @ArgumentsSource(FileSystems.class)
    void aFullDiskIsSaidAndChangesNothing(Volume volume) throws IOException {
        Path any = volume.newFolder();
        // The file system of everybody's temporary files is not to be filled.
        if (!volume.isSmall()) {
            return;
        }
        for (Work work : works()) {
            Path folder = volume.newFolder();
            try (ScriptedGuest guest = work.guest()) {
                work.prepare(folder, guest);
                String before = work.read(folder);
                Path filler = fill(any);
                SnapshotException refusal =
                        assertThrows(
                                SnapshotException.class,
                                () -> work.run(folder, guest),
                                () -> work + " on " + volume);
                assertEquals(Kind.OUT_OF_SPACE, refusal.kind(), refusal::toString);
                checkNothingChanged(work, folder, guest, before, refusal);
                Files.delete(filler);
                checkRetry(work, folder, guest, before);
            }
            Trees.delete(folder);
        }
    }

    @ParameterizedTest
    @ArgumentsSource(FileSystems.class)
    void aDiskThatIsReadOnlyIsSaidAndChangesNothing(Volume volume) throws Exception {
        Path root = Objects.requireNonNull(volume.newFolder().getParent());
        if (!volume.isSmall()) {
            return;
        }
        for (Work work : works()) {
            Path folder = volume.newFolder();
            try (ScriptedGuest guest = work.guest()) {
                work.prepare(folder, guest);
                String before = work.read(folder);
                remount(root, "ro");
                try {
                    SnapshotException refusal =
                            assertThrows(SnapshotException.class, () -> work.run(folder, guest));
                    assertEquals(Kind.SYSCALL, refusal.kind(), refusal::toString);
                    assertTrue(refusal.toString().contains("EROFS"), refusal::toString);
                    checkNothingChanged(work, folder, guest, before, refusal);
                } finally {
                    remount(root, "rw");
                }
                checkRetry(work, folder, guest, before);
            }
            Trees.delete(folder);
        }
    }

    /// All of them in a soak; otherwise three, each time others.
    private static List<Work> works() {
        List<Work> works = new ArrayList<>(WORKS);
        Collections.shuffle(works);
        return works.subList(0, Soak.count(3, works.size()));
    }

    private static void checkNothingChanged(
            Work work, Path folder, ScriptedGuest guest, String before, SnapshotException refusal)
            throws IOException {
        assertTrue(refusal.toString().contains(folder.toString()), refusal::toString);
        assertEquals(before, work.read(folder));
        Work.checkSwept(folder);
        guest.checkDirty();
    }

    private static void checkRetry(Work work, Path folder, ScriptedGuest guest, String before)
            throws IOException {
        work.run(folder, guest);
        guest.checkDirty();
        assertTrue(!before.equals(work.read(folder)), () -> work + " has changed nothing");
    }

    /// Leaves no room at all: whatever is left after large pieces goes by small ones.
    private static Path fill(Path folder) throws IOException {
        Path filler = folder.resolve("filler");
        try (FileChannel channel =
                FileChannel.open(filler, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int byteCount = 1 << 20; byteCount >= 512; byteCount /= 2) {
                fill(channel, byteCount);
            }
        }
        return filler;
    }

    private static void fill(FileChannel channel, int byteCount) {
        try {
            while (true) {
                // Not zeros, which some file systems keep for nothing.
                byte[] bytes = new byte[byteCount];
                bytes[0] = 1;
                bytes[byteCount - 1] = 1;
                ByteBuffer piece = ByteBuffer.wrap(bytes);
                while (piece.hasRemaining()) {
                    channel.write(piece);
                }
                channel.force(true);
            }
        } catch (IOException full) {
            // As was wanted.
            assertTrue(String.valueOf(full.getMessage()).contains("space"), full::toString);
        }
    }

    private static void remount(Path root, String how) throws Exception {
        Process mount =
                new ProcessBuilder("mount", "-o", "remount," + how, root.toString())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(mount.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Assumptions.assumeTrue(mount.waitFor() == 0, () -> "needs root to remount: " + said);
    }
}
