package io.coldframe.snapshot;

import static io.coldframe.snapshot.Refusals.assertRefused;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.crash.Call;
import io.coldframe.crash.ForwardingFileCalls;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageSize;
import io.coldframe.os.FileCalls;
import io.coldframe.state.Architecture;
import io.coldframe.wrenn.Memories;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/// Memory files of Firecracker's become layers, or are refused for what can't be told of them.
final class FirecrackerTest {

    private static final StateSource STATE = StateSource.none(Architecture.X86_64, 1);
    private static final StandardCopyOption REPLACE = StandardCopyOption.REPLACE_EXISTING;
    private static final String BASE = "abcdefgh";

    @TempDir private Path folder;
    private SnapshotStore store;

    @BeforeEach
    void open() throws IOException {
        store = SnapshotStore.createOrOpen(folder.resolve("store"));
    }

    private SnapshotReport importFull(String name, Path file) throws SnapshotException {
        GuestLayout layout = GuestLayout.of((long) BASE.length() * Memories.BLOCK);
        return Bridges.importFirecracker(
                store, FirecrackerMemory.full(name, file, layout, STATE), Progress.NONE);
    }

    private SnapshotReport importBase() throws IOException {
        return importFull("base", Memories.raw(folder.resolve("base.mem"), Memories.of(BASE)));
    }

    private SnapshotReport importDiff(Path file) throws SnapshotException {
        return Bridges.importFirecracker(
                store, FirecrackerMemory.diff("next", "base", file, STATE), Progress.NONE);
    }

    private byte[] memory(String reference) throws Exception {
        try (GuestMemory memory = Guests.ofPages(BASE.length())) {
            store.load(reference, memory, Progress.NONE);
            return Guests.bytes(memory);
        }
    }

    /// A file with holes for `-`; zeros that were written for `.`.
    private Path diffFile(String blocks) throws IOException {
        Path file = folder.resolve("diff.mem");
        try (RandomAccessFile made = new RandomAccessFile(file.toFile(), "rw")) {
            made.setLength((long) blocks.length() * Memories.BLOCK);
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            byte[] bytes = Memories.of(blocks);
            for (int block = 0; block < blocks.length(); block++) {
                if (blocks.charAt(block) != '-') {
                    int at = block * Memories.BLOCK;
                    channel.write(ByteBuffer.wrap(bytes, at, Memories.BLOCK), at);
                }
            }
        }
        return file;
    }

    @Test
    void aFullFileIsAllOfTheMemory() throws Exception {
        SnapshotReport report = importBase();
        assertEquals(8, report.pagesWritten());
        assertArrayEquals(Memories.of(BASE), memory("base"));
    }

    @Test
    void holesOfAFullFileAreZeros() throws Exception {
        byte[] expected = Memories.of("a..d...h");
        importFull("base", Memories.sparse(folder.resolve("sparse.mem"), expected));
        assertArrayEquals(expected, memory("base"));
    }

    @Test
    void aDiffKeepsWhatIsAHoleAndTakesZerosThatWereWritten() throws Exception {
        importBase();
        SnapshotReport report = importDiff(diffFile("-X-.--g-"));
        assertArrayEquals(Memories.of("aXc.efgh"), memory("next"));
        // One zero, and one that was written with what it had.
        assertEquals(1, report.pagesWritten());
        assertEquals(1, report.layer().orElseThrow().unchangedBlocks());
        assertEquals(5, report.layer().orElseThrow().cleanBlocks());
    }

    @Test
    void aDiffWithoutAWrittenPageIsTheParent() throws Exception {
        importBase();
        assertEquals(0, importDiff(diffFile("--------")).pagesWritten());
        assertArrayEquals(Memories.of(BASE), memory("next"));
    }

    @Test
    void aDiffThatBeginsOrEndsWithDataIsTaken() throws Exception {
        importBase();
        importDiff(diffFile("X------Y"));
        assertArrayEquals(Memories.of("XbcdefgY"), memory("next"));
    }

    /// The holes of one file say nothing of the bytes of another.
    @Test
    void aFileThatIsReplacedMeanwhileIsTakenAsItWasOrAsItIs() throws Exception {
        importBase();
        boolean hasSwapped = true;
        for (int open = 1; hasSwapped; open++) {
            Files.deleteIfExists(folder.resolve("diff.mem"));
            Path other = Files.move(diffFile("--Y---Z-"), folder.resolve("other.mem"), REPLACE);
            SwappingCalls calls = new SwappingCalls(open, diffFile("-X-.--g-"), other);
            try (var _ = FileCalls.use(calls)) {
                importDiff(folder.resolve("diff.mem"));
            }
            hasSwapped = calls.openCount >= open;
            String taken = new String(memory("next"), ISO_8859_1);
            assertTrue(
                    Stream.of("aXc.efgh", "abYdefZh")
                            .map(blocks -> new String(Memories.of(blocks), ISO_8859_1))
                            .anyMatch(taken::equals),
                    "replaced before opening number " + open);
            store.delete("next");
        }
    }

    /// Somebody who renames another file over one just before it is opened.
    private static final class SwappingCalls extends ForwardingFileCalls {
        private final int swapAt;
        private final Path file;
        private final Path other;
        private int openCount;

        SwappingCalls(int swapAt, Path file, Path other) {
            super(FileCalls.current());
            this.swapAt = swapAt;
            this.file = file;
            this.other = other;
        }

        @Override
        protected long around(Call call, LongSupplier make) {
            if (call.is("open") && call.paths().contains(file) && ++openCount == swapAt) {
                try {
                    Files.move(other, file, REPLACE);
                } catch (IOException failure) {
                    throw new UncheckedIOException(failure);
                }
            }
            return make.getAsLong();
        }
    }

    @Test
    void aDiffWithoutAHoleIsRefusedUnlessItIsSaidToBeFull() throws Exception {
        importBase();
        Path file = Memories.raw(folder.resolve("lost.mem"), Memories.of("aXc.efgh"));
        assertRefused(
                Kind.UNSUPPORTED,
                Reason.INCOMPATIBLE,
                () -> importDiff(file),
                "no hole",
                "say that it is full",
                file.toString());
        assertEquals(1, store.list().size());
        SnapshotReport report =
                Bridges.importFirecracker(
                        store,
                        FirecrackerMemory.diff("next", "base", file, STATE).withoutHoles(),
                        Progress.NONE);
        assertArrayEquals(Memories.of("aXc.efgh"), memory("next"));
        assertEquals(1, report.pagesWritten());
    }

    @Test
    void holesOfAFileThatIsSaidToBeFullAreZeros() throws Exception {
        importBase();
        FirecrackerMemory full =
                FirecrackerMemory.diff("next", "base", diffFile("-X-.--g-"), STATE).withoutHoles();
        Bridges.importFirecracker(store, full, Progress.NONE);
        assertArrayEquals(Memories.of(".X....g."), memory("next"));
    }

    @Test
    void aFileOfAnotherLengthIsRefused() throws Exception {
        importBase();
        for (String blocks : new String[] {"-X-.--g", "-X-.--g--", ""}) {
            Files.deleteIfExists(folder.resolve("diff.mem"));
            Path file = diffFile(blocks);
            assertRefused(
                    Kind.UNSUPPORTED,
                    Reason.MISMATCH,
                    () -> importDiff(file),
                    Files.size(file) + " bytes",
                    file.toString());
            assertRefused(
                    Kind.UNSUPPORTED, Reason.MISMATCH, () -> importFull("other", file), "bytes");
        }
        assertEquals(1, store.list().size());
    }

    @Test
    void aDiffMayLieOnAnImage() throws Exception {
        try (GuestMemory memory = Guests.ofPages(BASE.length())) {
            Guests.put(memory, 0, Memories.of(BASE));
            store.save(SnapshotRequest.full("base", memory, STATE));
        }
        importDiff(diffFile("-X-.----"));
        assertArrayEquals(Memories.of("aXc.efgh"), memory("next"));
    }

    /// What is a hole beside a written page is the parent's, also in a block of both.
    @Test
    void aDiffMayLieOnLargerBlocks() throws Exception {
        try (GuestMemory memory = Guests.ofPages(BASE.length())) {
            Guests.put(memory, 0, Memories.of(BASE));
            store.save(SnapshotRequest.layer("base", memory, STATE).withBlockSize(PageSize.KIB_16));
        }
        importDiff(diffFile("-X-.----"));
        assertArrayEquals(Memories.of("aXc.efgh"), memory("next"));
    }

    /// On a tmpfs of huge pages one written byte makes 2 MiB of data.
    @Test
    void holesThatAreNoFinerThanLargeBlocksAreRefused() throws Exception {
        long huge = 2 << 20;
        for (long edges : new long[] {huge, 3 * huge}) {
            assertRefused(
                    Kind.UNSUPPORTED,
                    Reason.INCOMPATIBLE,
                    () -> FirecrackerBridge.requireFine(edges, huge, "a diff"),
                    "2097152 bytes",
                    "a diff");
        }
        FirecrackerBridge.requireFine(0, huge, "no data at all");
        FirecrackerBridge.requireFine(4096, huge, "data that ends inside a block");
        FirecrackerBridge.requireFine(huge, 4096, "blocks as small as pages");
    }

    @Test
    void labelsAreKept() throws Exception {
        Path file = Memories.raw(folder.resolve("base.mem"), Memories.of(BASE));
        GuestLayout layout = GuestLayout.of((long) BASE.length() * Memories.BLOCK);
        FirecrackerMemory memory =
                FirecrackerMemory.full("base", file, layout, STATE).withLabel("a", "b");
        SnapshotReport report = Bridges.importFirecracker(store, memory, Progress.NONE);
        assertEquals("b", report.manifest().labels().get("a"));
    }
}
