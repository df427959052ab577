package io.coldframe.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;
import java.util.UUID;

/// A capture over a chain reads as little of it as can tell, and trusts none of what it reads.
final class LayerOverChainTest {
    private static final int BLOCK = 4096;
    private static final int BLOCKS = 64;
    private static final UUID BASE = new UUID(7, 8);

    @TempDir Path folder;

    private final byte[] before = new byte[BLOCKS * BLOCK];

    @BeforeEach
    void storeTheParent() throws IOException {
        // Zeros, and then blocks that differ.
        for (int block = BLOCKS / 2; block < BLOCKS; block++) {
            Arrays.fill(before, block * BLOCK, (block + 1) * BLOCK, (byte) block);
        }
        try (LayerSource source = LayerSource.file(Files.write(folder.resolve("before"), before))) {
            LayerWork.writeParent(
                    LayerWriter.of(source, LayerOptions.DEFAULT),
                    folder.resolve("parent"),
                    (packed, stored) -> {});
        }
    }

    private void capture(byte[] memory, String name, LayerWork.Judge judge) throws IOException {
        Path file = Files.write(folder.resolve("memory"), memory);
        try (LayerSource source = LayerSource.file(file);
                LayerChain chain = LayerWork.chain(folder.resolve("parent"), Optional.empty())) {
            LayerParent parent = LayerParent.of(chain.index(), chain);
            LayerWork.write(
                    LayerWriter.of(source, LayerOptions.DEFAULT).over(parent),
                    folder.resolve(name),
                    (packed, stored) -> {
                        PlainLayer plain = new PlainLayer(memory, before, new BitSet(), BLOCK);
                        LayerWork.judge(plain, packed, stored);
                        LayerWork.judgeIndex(plain, packed.index(), Optional.of(chain.index()));
                        judge.judge(packed, stored);
                    });
        }
    }

    @Test
    void whatHasChangedIsNotReadOfTheParent() throws Exception {
        byte[] memory = before.clone();
        // Zeros over data, data over zeros, data over data.
        Arrays.fill(memory, 40 * BLOCK, 41 * BLOCK, (byte) 0);
        memory[3 * BLOCK + 5] = 1;
        memory[50 * BLOCK + 5]++;
        capture(
                memory,
                "snapshot",
                (packed, stored) -> {
                    assertEquals(2 * BLOCK, stored.length);
                    assertEquals(1, packed.report().zeroBlocks());
                    // Single blocks between others are read over.
                    assertEquals(BLOCKS / 2L * BLOCK, packed.report().parentBytesRead());
                });
        byte[] all = memory.clone();
        for (int block = 0; block < BLOCKS; block++) {
            all[block * BLOCK + 1]++;
        }
        capture(
                all,
                "another",
                (packed, stored) -> assertEquals(0, packed.report().parentBytesRead()));
    }

    private void damage(int storedBlock) throws IOException {
        Path layer = folder.resolve("parent").resolve("memory.layer");
        try (FileChannel open = FileChannel.open(layer, StandardOpenOption.WRITE)) {
            open.write(ByteBuffer.wrap(new byte[] {99}), (long) storedBlock * BLOCK + 17);
        }
    }

    @Test
    void aDamagedParentIsNotTakenForAChange() throws Exception {
        damage(3);
        SnapshotException refusal =
                assertThrows(
                        SnapshotException.class,
                        () -> capture(before, "snapshot", (packed, stored) -> {}));
        assertEquals(Kind.CORRUPT, refusal.kind());
        assertTrue(refusal.toString().contains("memory.layer"), refusal::toString);
        assertTrue(Files.notExists(folder.resolve("snapshot")));
    }

    @Test
    void memoryWithTheDamageOfItsParentIsAChange() throws Exception {
        damage(3);
        byte[] memory = before.clone();
        memory[(BLOCKS / 2 + 3) * BLOCK + 17] = 99;
        // The sum tells, and the parent's bytes, which are the same by now, are not asked.
        Path file = Files.write(folder.resolve("memory"), memory);
        try (LayerSource source = LayerSource.file(file);
                LayerChain chain = LayerWork.chain(folder.resolve("parent"), Optional.empty())) {
            LayerParent parent = LayerParent.of(chain.index(), chain);
            LayerWork.write(
                    LayerWriter.of(source, LayerOptions.DEFAULT).over(parent),
                    folder.resolve("snapshot"),
                    (packed, stored) -> assertEquals(BLOCK, stored.length));
        }
    }

    @Test
    void blocksOfABaseAreComparedByTheirBytes() throws Exception {
        byte[] image = new byte[BLOCKS * BLOCK - 9];
        Arrays.fill(image, (byte) 5);
        byte[] second = image.clone();
        second[8 * BLOCK]++;
        byte[] third = second.clone();
        third[9 * BLOCK]++;
        third[image.length - 1]++;
        LayerParent base = LayerParent.base(BASE, new LayerWork.ArrayPages(image));
        try (LayerSource source = LayerSource.file(Files.write(folder.resolve("2"), second))) {
            LayerWork.writeParent(
                    LayerWriter.of(source, LayerOptions.DEFAULT).over(base),
                    folder.resolve("second"),
                    (packed, stored) -> assertEquals(BLOCK, stored.length));
        }
        PlainLayer plain = new PlainLayer(third, second, new BitSet(), BLOCK);
        try (LayerSource source = LayerSource.file(Files.write(folder.resolve("3"), third));
                LayerChain chain =
                        LayerWork.chain(
                                folder.resolve("second"),
                                Optional.of(new LayerWork.ArrayPages(image)))) {
            LayerParent parent = LayerParent.of(chain.index(), chain);
            LayerWork.write(
                    LayerWriter.of(source, LayerOptions.DEFAULT).over(parent),
                    folder.resolve("third"),
                    (packed, stored) -> {
                        LayerWork.judge(plain, packed, stored);
                        LayerWork.judgeIndex(plain, packed.index(), Optional.of(chain.index()));
                        assertEquals(2 * BLOCK, stored.length);
                        assertEquals(Optional.of(BASE), packed.index().base());
                    });
        }
    }
}
