package io.coldframe.wrenn;

import static io.coldframe.wrenn.Headers.BASE;
import static io.coldframe.wrenn.Headers.BLOCK;
import static io.coldframe.wrenn.Headers.NEXT;
import static io.coldframe.wrenn.Headers.data;
import static io.coldframe.wrenn.Headers.zero;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.bindings.Errno;
import io.coldframe.crash.Call;
import io.coldframe.crash.ForwardingFileCalls;
import io.coldframe.os.FileCalls;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;

final class WrennChainTest {

    private static final int BYTES = 16 * (int) BLOCK;

    @TempDir private Path folder;

    /// The header of two generations, both files, and the memory that they are.
    private byte[] write(Path directory) throws IOException {
        Files.createDirectories(directory);
        byte[] header = Headers.bytes(BYTES, Headers.secondGeneration());
        Files.write(directory.resolve("memfile.header"), header);
        byte[] base = Memories.of("012345678");
        byte[] next = Memories.of("abcdef");
        Files.write(directory.resolve("memfile." + BASE), base);
        Files.write(directory.resolve("memfile." + NEXT), next);
        return Memories.of("012a....56bcde..");
    }

    private static byte[] read(WrennChain chain, long offset, int byteCount) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment target = arena.allocate(byteCount).fill((byte) 0xEE);
            chain.read(offset, target);
            return target.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    @Test
    void everyRangeIsWhatItsBlocksAre() throws IOException {
        byte[] memory = write(folder);
        try (WrennChain chain = WrennChain.open(folder.resolve("memfile.header"))) {
            assertEquals(BYTES, chain.byteCount());
            for (int from = 0; from < BYTES; from += 1000) {
                for (int end = from; end <= BYTES; end += 3777) {
                    assertArrayEquals(
                            Arrays.copyOfRange(memory, from, end), read(chain, from, end - from));
                }
            }
            assertThrows(IndexOutOfBoundsException.class, () -> read(chain, BYTES, 1));
            assertThrows(IndexOutOfBoundsException.class, () -> read(chain, -1, 1));
        }
    }

    @Test
    void filesAreFoundWhereE2bPutsThem() throws IOException {
        Path own = folder.resolve(NEXT.toString());
        byte[] memory = write(own);
        Path base = Files.createDirectory(folder.resolve(BASE.toString()));
        Files.move(own.resolve("memfile." + BASE), base.resolve("memfile"));
        Files.move(own.resolve("memfile." + NEXT), own.resolve("memfile"));
        try (WrennChain chain = WrennChain.open(own.resolve("memfile.header"))) {
            assertArrayEquals(memory, read(chain, 0, BYTES));
        }
    }

    @Test
    void moreFilesThanDescriptorsAreRefusedWithTheLimit() throws IOException {
        write(folder);
        int limit = 0;
        for (boolean isOpened = false; !isOpened; limit++) {
            LimitedCalls calls = new LimitedCalls(limit);
            WrennHeader header = WrennHeader.read(folder.resolve("memfile.header"));
            WrennFiles files = build -> folder.resolve(WrennFiles.compactName(build));
            try (var _ = FileCalls.use(calls)) {
                WrennChain.open(header, files).close();
                isOpened = true;
            } catch (SnapshotException refusal) {
                assertEquals(Kind.UNSUPPORTED, refusal.kind());
                assertTrue(refusal.toString().contains("2 builds"), refusal::toString);
                assertTrue(refusal.toString().contains("ulimit -n"), refusal::toString);
            }
            assertEquals(0, calls.openCount, "left open with " + limit);
        }
        assertEquals(3, limit);
    }

    @Test
    void filesAreClosedAlsoIfTheHeaderCannotBe() throws IOException {
        write(folder);
        LimitedCalls calls = new LimitedCalls(Integer.MAX_VALUE);
        try (var _ = FileCalls.use(calls)) {
            WrennChain chain = WrennChain.open(folder.resolve("memfile.header"));
            chain.header().close();
            assertThrows(IllegalStateException.class, chain::close);
        }
        assertEquals(0, calls.openCount);
    }

    /// A process that may have so many files open, and no more.
    private static final class LimitedCalls extends ForwardingFileCalls {
        private final int limit;
        private int openCount;

        LimitedCalls(int limit) {
            super(FileCalls.current());
            this.limit = limit;
        }

        @Override
        protected long around(Call call, LongSupplier make) {
            if (call.is("open") && openCount == limit) {
                return -Errno.EMFILE;
            }
            long result = make.getAsLong();
            openCount += call.is("open") && result >= 0 ? 1 : 0;
            openCount -= call.is("close") ? 1 : 0;
            return result;
        }
    }

    /// Wrenn would read it as any build's that it does not find.
    @Test
    void aFileWithoutAnIdIsNobodysButTheHeadersOwn() throws IOException {
        write(folder);
        Files.move(folder.resolve("memfile." + BASE), folder.resolve("memfile"));
        SnapshotException refusal =
                assertThrows(
                        SnapshotException.class,
                        () -> WrennChain.open(folder.resolve("memfile.header")));
        assertEquals(Kind.MISSING, refusal.kind());
        assertTrue(refusal.toString().contains("memfile." + BASE), refusal::toString);
    }

    @Test
    void aFileThatIsTooShortIsCorruptBeforeAnythingIsRead() throws IOException {
        write(folder);
        Path file = folder.resolve("memfile." + BASE);
        byte[] bytes = Files.readAllBytes(file);
        for (int length : new int[] {0, 1, 3 * (int) BLOCK, 7 * (int) BLOCK - 1}) {
            Files.write(file, Arrays.copyOf(bytes, length));
            SnapshotException refusal =
                    assertThrows(
                            SnapshotException.class,
                            () -> WrennChain.open(folder.resolve("memfile.header")));
            assertEquals(Kind.CORRUPT, refusal.kind());
            assertEquals(Reason.TOO_SHORT, refusal.reason());
            assertTrue(refusal.toString().contains(file.toString()), refusal::toString);
        }
        // The last block of its file that the header names.
        Files.write(file, Arrays.copyOf(bytes, 7 * (int) BLOCK));
        WrennChain.open(folder.resolve("memfile.header")).close();
    }

    @Test
    void aFileThatIsCutWhileItIsOpenIsCorrupt() throws IOException {
        write(folder);
        Path file = folder.resolve("memfile." + NEXT);
        try (WrennChain chain = WrennChain.open(folder.resolve("memfile.header"))) {
            Files.write(file, new byte[10]);
            SnapshotException refusal =
                    assertThrows(SnapshotException.class, () -> read(chain, 0, BYTES));
            assertEquals(Kind.CORRUPT, refusal.kind());
        }
    }

    @Test
    void paddingMayBeMissingBehindAShortEnd() throws IOException {
        int byteCount = 2 * (int) BLOCK - 96;
        byte[] header = Headers.bytes(byteCount, List.of(zero(0, 1), data(1, 1, NEXT, 0)));
        Files.write(folder.resolve("memfile.header"), header);
        byte[] compact = Arrays.copyOf(Memories.of("x"), (int) BLOCK - 96);
        Files.write(folder.resolve("memfile"), compact);
        try (WrennChain chain = WrennChain.open(folder.resolve("memfile.header"))) {
            byte[] memory = read(chain, 0, byteCount);
            assertArrayEquals(compact, Arrays.copyOfRange(memory, (int) BLOCK, byteCount));
        }
    }

    @Test
    void whatIsClosedIsNotRead() throws IOException {
        write(folder);
        WrennChain chain = WrennChain.open(folder.resolve("memfile.header"));
        chain.close();
        assertThrows(IllegalStateException.class, () -> read(chain, 0, 1));
    }
}
