package io.coldframe.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.bindings.Abi;
import io.coldframe.bindings.Errno;
import io.coldframe.bindings.Libc;
import io.coldframe.crash.Call;
import io.coldframe.crash.FailingFileCalls;
import io.coldframe.crash.FileSystems;
import io.coldframe.crash.ForwardingFileCalls;
import io.coldframe.crash.Volume;
import io.coldframe.image.OnExisting;
import io.coldframe.image.RestoreReport;
import io.coldframe.memory.PageSize;
import io.coldframe.os.FileCalls;
import io.coldframe.os.ReadFile;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.function.LongSupplier;

/// An image of one generation becomes one of another in place, with its holes, and however often it
/// is interrupted.
final class ApplyOverTest {
    private static final int BLOCK_COUNT = 96;
    private static final int BYTE_COUNT = BLOCK_COUNT * 4096;

    @TempDir private Path folder;
    private LayerPile pile;
    private byte[] older;
    private byte[] newer;

    @BeforeEach
    void setUp() throws IOException {
        pile = new LayerPile(folder, PageSize.KIB_4);
        byte[] content = new byte[64 * 4096];
        new Random(5).nextBytes(content);
        pile.add(content);
        // Data, zeros, data; then a part of the first data is zero, and a part of the zeros data.
        older = new byte[BYTE_COUNT];
        System.arraycopy(content, 0, older, 0, 32 * 4096);
        System.arraycopy(content, 32 * 4096, older, 64 * 4096, 32 * 4096);
        newer = older.clone();
        Arrays.fill(newer, 8 * 4096, 24 * 4096, (byte) 0);
        System.arraycopy(content, 0, newer, 40 * 4096, 4 * 4096);
    }

    @AfterEach
    void tearDown() {
        pile.close();
    }

    private LayerChain open(boolean isNewer) throws SnapshotException {
        try (ExtentMap.Builder builder = new ExtentMap.Builder(BLOCK_COUNT);
                Arena arena = Arena.ofConfined()) {
            if (isNewer) {
                builder.data(0, 8, 0, 0, 0);
                builder.zero(8, 16, 0);
                builder.data(24, 8, 0, 24, 0);
                builder.zero(32, 8, 0);
                builder.data(40, 4, 0, 0, 0);
                builder.zero(44, 20, 0);
            } else {
                builder.data(0, 32, 0, 0, 0);
                builder.zero(32, 32, 0);
            }
            builder.data(64, 32, 0, 32, 0);
            LayerTable table =
                    new LayerTable(
                            pile.block,
                            BYTE_COUNT,
                            Optional.empty(),
                            pile.refs(),
                            List.of(IndexSamples.origin(0)));
            return LayerChain.open(
                    LayerIndex.of(table, builder.build(arena), Optional.empty()),
                    pile::find,
                    Optional.empty());
        }
    }

    @Test
    void onlyWhatDiffersIsWritten() throws Exception {
        Path image = folder.resolve("image");
        // Bytes that neither generation has: whoever writes them over has written too much.
        byte[] marked = older.clone();
        marked[0] ^= 1;
        marked[50 * 4096] ^= 1;
        Files.write(image, marked);
        try (LayerChain before = open(false);
                LayerChain chain = open(true)) {
            RestoreReport report = chain.applyOver(before, image, Progress.NONE);
            assertEquals(4 * 4096, report.bytesRead());
            assertEquals((16 + 4) * 4096, report.bytesWritten());
        }
        byte[] expected = newer.clone();
        expected[0] ^= 1;
        expected[50 * 4096] ^= 1;
        assertArrayEquals(expected, Files.readAllBytes(image));
    }

    @ParameterizedTest(name = "{0}")
    @ArgumentsSource(FileSystems.class)
    void zerosAreHoles(Volume volume) throws Exception {
        Path place = volume.newFolder();
        Path image = place.resolve("image");
        Path whole = place.resolve("whole");
        Files.write(image, older);
        try (LayerChain before = open(false);
                LayerChain chain = open(true)) {
            chain.applyOver(before, image, Progress.NONE);
            chain.materialise(whole, OnExisting.REFUSE, Progress.NONE);
        }
        assertArrayEquals(newer, Files.readAllBytes(image));
        assertArrayEquals(newer, Files.readAllBytes(whole));
        assertHole(image, 8, 24);
        assertHole(whole, 8, 24);
        assertHole(whole, 32, 40);
        assertHole(whole, 44, 64);
    }

    private static void assertHole(Path file, int firstBlock, int endBlock) throws Exception {
        try (ReadFile opened = ReadFile.open(FileCalls.current(), file)) {
            assertEquals(firstBlock * 4096L, opened.nextHole(firstBlock * 4096L), file::toString);
            assertEquals(endBlock * 4096L, opened.nextData(firstBlock * 4096L), file::toString);
        }
    }

    @Test
    void whereNoHoleCanBeMadeZerosAreWritten() throws Exception {
        for (int errno : new int[] {Errno.EOPNOTSUPP, Errno.ENOSYS}) {
            Path image = folder.resolve("image");
            Files.write(image, older);
            FileCalls calls =
                    new ForwardingFileCalls(FileCalls.current()) {
                        @Override
                        protected long around(Call call, LongSupplier make) {
                            return call.is("fallocate") ? -errno : make.getAsLong();
                        }
                    };
            try (LayerChain before = open(false);
                    LayerChain chain = open(true);
                    var _ = FileCalls.use(calls)) {
                chain.applyOver(before, image, Progress.NONE);
            }
            assertArrayEquals(newer, Files.readAllBytes(image));
        }
    }

    @Test
    void interruptedAnywhereItCanBeRunAgain() throws Exception {
        Path image = folder.resolve("image");
        try (LayerChain before = open(false);
                LayerChain chain = open(true)) {
            FailingFileCalls.everywhere(
                    calls -> {
                        Files.write(image, older);
                        try (var _ = FileCalls.use(calls)) {
                            chain.applyOver(before, image, Progress.NONE);
                            assertArrayEquals(newer, Files.readAllBytes(image));
                        } catch (SnapshotException failure) {
                            assertTrue(
                                    failure.toString().contains(image.toString()),
                                    failure::toString);
                        }
                        assertMixed(Files.readAllBytes(image));
                        chain.applyOver(before, image, Progress.NONE);
                        assertArrayEquals(newer, Files.readAllBytes(image));
                    });
        }
    }

    /// Every byte is that of one of the two.
    private void assertMixed(byte[] found) {
        assertEquals(BYTE_COUNT, found.length);
        for (int at = 0; at < BYTE_COUNT; at++) {
            if (found[at] != older[at] && found[at] != newer[at]) {
                throw new AssertionError("byte " + at + " is of neither");
            }
        }
    }

    @Test
    void aCancelledOneCanBeRunAgain() throws Exception {
        Path image = folder.resolve("image");
        Files.write(image, older);
        try (LayerChain before = open(false);
                LayerChain chain = open(true)) {
            assertThrows(
                    CancellationException.class,
                    () -> chain.applyOver(before, image, (done, total) -> false));
            assertMixed(Files.readAllBytes(image));
            chain.applyOver(before, image, Progress.NONE);
            assertArrayEquals(newer, Files.readAllBytes(image));
        }
    }

    @Test
    void aFileOfSomebodyElseIsLeftAlone() throws Exception {
        Path image = folder.resolve("image");
        Path other = folder.resolve("other");
        Files.write(image, older);
        try (LayerChain before = open(false);
                LayerChain chain = open(true)) {
            Executable apply = () -> chain.applyOver(before, image, Progress.NONE);
            // As a snapshot is that shares its files with an export.
            Files.createLink(other, image);
            SnapshotException shared = assertThrows(SnapshotException.class, apply);
            assertEquals(Kind.CONFLICT, shared.kind());
            assertTrue(String.valueOf(shared.getMessage()).contains("2 names"), shared::getMessage);
            Files.delete(other);
            int fd = Libc.open(image, Abi.O_RDONLY | Abi.O_CLOEXEC, 0);
            try {
                assertEquals(0, Libc.flock(fd, Abi.LOCK_SH));
                SnapshotException busy = assertThrows(SnapshotException.class, apply);
                assertEquals(Reason.BUSY, busy.reason());
            } finally {
                assertEquals(0, Libc.close(fd));
            }
            assertArrayEquals(older, Files.readAllBytes(image));
        }
    }

    @Test
    void aFileThatIsNoImageIsLeftAlone() throws Exception {
        try (LayerChain before = open(false);
                LayerChain chain = open(true)) {
            Path image = folder.resolve("image");
            for (int length : new int[] {0, BYTE_COUNT - 1, BYTE_COUNT + 1}) {
                Files.write(image, Arrays.copyOf(older, length));
                SnapshotException failure =
                        assertThrows(
                                SnapshotException.class,
                                () -> chain.applyOver(before, image, Progress.NONE));
                assertEquals(Kind.CORRUPT, failure.kind());
                assertEquals(
                        length < BYTE_COUNT ? Reason.TOO_SHORT : Reason.TOO_LARGE,
                        failure.reason());
                assertArrayEquals(Arrays.copyOf(older, length), Files.readAllBytes(image));
            }
            Path link = Files.createSymbolicLink(folder.resolve("link"), image);
            assertThrows(
                    SnapshotException.class, () -> chain.applyOver(before, link, Progress.NONE));
            assertThrows(
                    SnapshotException.class, () -> chain.applyOver(before, folder, Progress.NONE));
        }
    }
}
