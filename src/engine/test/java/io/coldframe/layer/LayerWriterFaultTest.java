package io.coldframe.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.bindings.Errno;
import io.coldframe.crash.Call;
import io.coldframe.crash.FailingFileCalls;
import io.coldframe.crash.ForwardingFileCalls;
import io.coldframe.crash.ShortFileCalls;
import io.coldframe.image.AtomicDirectory;
import io.coldframe.image.OnExisting;
import io.coldframe.image.Output;
import io.coldframe.image.PageSource;
import io.coldframe.os.FileCalls;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/// Every call of a capture fails, in every way: there is no snapshot and the reason is told, or
/// there is one, whole.
final class LayerWriterFaultTest {
    private static final int BLOCK = 4096;
    private static final Set<Integer> FULL = Set.of(Errno.ENOSPC, Errno.EDQUOT, Errno.EFBIG);

    @TempDir Path folder;

    private final byte[] before = LayerWork.memory(new SplittableRandom(5), 70 * BLOCK + 9, BLOCK);
    private final byte[] memory = LayerWork.changed(new SplittableRandom(6), before, BLOCK);
    private final PlainLayer plain = new PlainLayer(memory, before, new BitSet(), BLOCK);

    private void capture(Path target, Output output) throws IOException {
        LayerParent parent = LayerParent.base(new UUID(5, 6), new LayerWork.ArrayPages(before));
        LayerOptions options = LayerOptions.DEFAULT.withOutput(output).withThreadCount(1);
        try (LayerSource source = LayerSource.file(folder.resolve("memory"))) {
            LayerWork.write(
                    LayerWriter.of(source, options).over(parent),
                    target,
                    (packed, stored) -> LayerWork.judge(plain, packed, stored));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"DIRECT", "BUFFERED"})
    void aFailureLeavesNothing(Output output) throws Exception {
        LayerWork.sparseFile(folder.resolve("memory"), memory, BLOCK);
        Path store = Files.createDirectory(folder.resolve("store"));
        int attemptCount =
                FailingFileCalls.everywhere(
                        calls -> {
                            Path target = store.resolve("snapshot");
                            attempt(target, output, calls);
                            if (Files.exists(target)) {
                                AtomicDirectory.remove(target, () -> {});
                            }
                            // What could not be cleaned up then is cleaned up now.
                            AtomicDirectory.removeAbandoned(store);
                        });
        assertTrue(attemptCount > 200, () -> "only " + attemptCount + " attempts");
    }

    private void attempt(Path target, Output output, FailingFileCalls calls) throws IOException {
        Optional<SnapshotException> refused = Optional.empty();
        try (var _ = FileCalls.use(calls)) {
            capture(target, output);
        } catch (SnapshotException failure) {
            refused = Optional.of(failure);
        }
        if (refused.isEmpty()) {
            assertArrayEquals(plain.stored, Files.readAllBytes(target.resolve("memory.layer")));
            return;
        }
        SnapshotException refusal = refused.get();
        assertTrue(refusal.toString().contains(folder.toString()), refusal::toString);
        Call failed = calls.failed().orElseThrow();
        if (!calls.isEverSince()) {
            assertTrue(Files.notExists(target), refusal::toString);
        }
        if (!calls.isEverSince() && (failed.is("pwrite") || failed.is("pread"))) {
            assertTrue(refusal.toString().contains("offset"), refusal::toString);
        }
        boolean isFull = FULL.contains(calls.errno());
        assertEquals(isFull, refusal.kind() == Kind.OUT_OF_SPACE, refusal::toString);
    }

    @ParameterizedTest
    @EnumSource
    void signalsAndShortReadsAndWritesAreNoFailures(Output output) throws Exception {
        LayerWork.sparseFile(folder.resolve("memory"), memory, BLOCK);
        try (var _ = FileCalls.use(new ShortFileCalls(1000))) {
            capture(folder.resolve("snapshot"), output);
        }
        assertArrayEquals(
                plain.stored,
                Files.readAllBytes(folder.resolve("snapshot").resolve("memory.layer")));
    }

    /// Cuts a file before it is read for the second time.
    private static final class CuttingFileCalls extends ForwardingFileCalls {
        private final Path file;
        private int readCount;

        CuttingFileCalls(Path file) {
            super(FileCalls.current());
            this.file = file;
        }

        @Override
        protected synchronized long around(Call call, LongSupplier make) {
            if (call.is("pread") && ++readCount == 2) {
                try (FileOutputStream open = new FileOutputStream(file.toFile(), true)) {
                    open.getChannel().truncate(5 * BLOCK);
                } catch (IOException failure) {
                    throw new UncheckedIOException(failure);
                }
            }
            return make.getAsLong();
        }
    }

    @Test
    void aFileThatIsCutMeanwhileIsCorrupt() throws Exception {
        Path file = folder.resolve("memory");
        // Of several pieces.
        Files.write(file, LayerWork.memory(new SplittableRandom(7), 2 << 20, BLOCK));
        SnapshotException refusal =
                assertThrows(
                        SnapshotException.class,
                        () -> {
                            try (var _ = FileCalls.use(new CuttingFileCalls(file));
                                    LayerSource source = LayerSource.file(file)) {
                                LayerWork.write(
                                        LayerWriter.of(source, LayerOptions.DEFAULT),
                                        folder.resolve("snapshot"),
                                        (packed, stored) -> {});
                            }
                        });
        assertEquals(Kind.CORRUPT, refusal.kind());
        assertTrue(refusal.toString().contains(file.toString()), refusal::toString);
        try (Stream<Path> names = Files.list(folder)) {
            assertEquals(List.of(file), names.toList());
        }
    }

    @Test
    void aFileThatGrowsMeanwhileIsCorrupt() throws Exception {
        Path file = folder.resolve("memory");
        Files.write(file, memory);
        try (LayerSource source = LayerSource.file(file)) {
            Files.write(file, new byte[memory.length + 1]);
            SnapshotException refusal =
                    assertThrows(
                            SnapshotException.class,
                            () ->
                                    LayerWork.write(
                                            LayerWriter.of(source, LayerOptions.DEFAULT),
                                            folder.resolve("snapshot"),
                                            (packed, stored) -> {}));
            assertEquals(Kind.CORRUPT, refusal.kind());
        }
    }

    @Test
    void whatTheParentThrowsIsThrown() throws Exception {
        Path file = Files.write(folder.resolve("memory"), memory);
        SnapshotException damage = new SnapshotException(Kind.CORRUPT, "damaged", "a parent");
        LayerParent parent =
                LayerParent.base(new UUID(5, 6), new DamagedPages(memory.length, damage));
        for (int threadCount = 1; threadCount <= 4; threadCount++) {
            LayerOptions options = LayerOptions.DEFAULT.withThreadCount(threadCount);
            try (LayerSource source = LayerSource.file(file);
                    AtomicDirectory directory =
                            AtomicDirectory.create(folder.resolve("snapshot"), OnExisting.REFUSE)) {
                LayerWriter writer = LayerWriter.of(source, options).over(parent);
                SnapshotException thrown =
                        assertThrows(
                                SnapshotException.class,
                                () ->
                                        writer.write(
                                                LayerWork.LAYER,
                                                LayerWork.ORIGIN,
                                                directory.newFile("memory.layer")));
                assertEquals(Kind.CORRUPT, thrown.kind());
            }
        }
    }

    private record DamagedPages(long byteCount, SnapshotException damage) implements PageSource {
        @Override
        public void read(long imageOffset, MemorySegment target) throws SnapshotException {
            throw damage;
        }
    }
}
