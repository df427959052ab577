package io.coldframe.wrenn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.UUID;

/// The bytes that the format has had since it was first written here: those of a program in another
/// language, made from the description alone.
final class WrennGoldenTest {

    private static final UUID FIRST = UUID.fromString("0197a000-0000-7000-8000-000000000001");
    private static final UUID NEXT = UUID.fromString("0197a000-0000-7000-8000-000000000002");

    // The last block is short.
    private static final byte[] BEFORE = memory("ab..cd.e");
    private static final byte[] MEMORY = memory("aXZ..d.f");

    @TempDir private Path folder;

    private static byte[] memory(String blocks) {
        byte[] whole = Memories.of(blocks);
        return Arrays.copyOf(whole, whole.length - 1000);
    }

    private static byte[] golden(String name) throws IOException {
        try (InputStream stream = WrennGoldenTest.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(stream, name).readAllBytes();
        }
    }

    private Path put(String name, String target) throws IOException {
        return Files.write(folder.resolve(target), golden(name));
    }

    private static String compact(UUID build) {
        return WrennFiles.compactName(build);
    }

    @Test
    void aFirstGenerationIsWrittenByteForByte() throws IOException {
        Path raw = Memories.raw(folder.resolve("raw"), BEFORE);
        Path header = folder.resolve("header");
        Wrenn.processMemfile(raw, folder.resolve(compact(FIRST)), header, FIRST);
        assertArrayEquals(golden("first.header"), Files.readAllBytes(header));
        assertArrayEquals(
                golden(compact(FIRST)), Files.readAllBytes(folder.resolve(compact(FIRST))));
    }

    @Test
    void aNextGenerationIsWrittenByteForByte() throws IOException {
        Path parent = put("first.header", "parent");
        put(compact(FIRST), compact(FIRST));
        Path raw = Memories.raw(folder.resolve("raw"), MEMORY);
        Path header = folder.resolve("header");
        Wrenn.processMemfileWithParent(raw, folder.resolve(compact(NEXT)), header, parent, NEXT);
        assertArrayEquals(golden("next.header"), Files.readAllBytes(header));
        assertArrayEquals(golden(compact(NEXT)), Files.readAllBytes(folder.resolve(compact(NEXT))));
    }

    @Test
    void allThatIsWrittenIsRead() throws IOException {
        put(compact(FIRST), compact(FIRST));
        put(compact(NEXT), compact(NEXT));
        assertArrayEquals(BEFORE, read(put("first.header", "first")));
        assertArrayEquals(MEMORY, read(put("next.header", "next")));
        assertArrayEquals(MEMORY, read(put("theirs.header", "theirs")));
    }

    private static byte[] read(Path header) throws IOException {
        try (WrennChain chain = WrennChain.open(header);
                Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(chain.byteCount());
            chain.read(0, bytes);
            return bytes.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /// Of version 3, its records not joined, and its zeros numbered.
    @Test
    void theSameMapHasTheSameDigestWhoeverWroteIt() throws IOException {
        try (WrennHeader ours = WrennHeader.read(put("next.header", "next"));
                WrennHeader theirs = WrennHeader.read(put("theirs.header", "theirs"));
                WrennHeader other = WrennHeader.read(put("first.header", "first"))) {
            assertEquals(3, theirs.version());
            assertEquals(8, theirs.recordCount());
            assertEquals(ours.mapDigest(), theirs.mapDigest());
            assertNotEquals(other.mapDigest(), ours.mapDigest());
        }
    }
}
