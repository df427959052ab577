package io.coldframe.proof;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.UUID;
import java.util.function.LongPredicate;

/// A snapshot in plain arrays: every byte of the memory, and for each block who wrote it last.
///
/// **Threads.** Immutable; nobody writes to the arrays.
final class ModelSnapshot {
    private final String name;
    private final UUID id;
    private final int blockBytes;
    private final byte[] memory;
    private final UUID[] writers;
    private final boolean isImage;

    private ModelSnapshot(
            String name, UUID id, int blockBytes, byte[] memory, UUID[] writers, boolean isImage) {
        this.name = name;
        this.id = id;
        this.blockBytes = blockBytes;
        this.memory = memory;
        this.writers = writers;
        this.isImage = isImage;
    }

    /// What it is called.
    String name() {
        return name;
    }

    /// Which it is.
    UUID id() {
        return id;
    }

    /// What is data or zero or unchanged as one.
    int blockBytes() {
        return blockBytes;
    }

    /// Every byte.
    byte[] memory() {
        return memory;
    }

    int blockCount() {
        return writers.length;
    }

    /// The snapshot that wrote a block last; of what is an image's, the image.
    UUID writer(int block) {
        return writers[block];
    }

    /// Whether it is kept raw, and not in layers.
    boolean isImage() {
        return isImage;
    }

    /// What is to be found out of the blocks of a generation.
    ///
    /// @param data how many are stored
    /// @param zero how many have become zero
    /// @param unchanged how many are as they were, though they may have been written
    /// @param clean how many nobody has written
    record Counts(long data, long zero, long unchanged, long clean) {}

    /// An image, which wrote all that is in it.
    static ModelSnapshot image(String name, UUID id, byte[] memory) {
        return new ModelSnapshot(name, id, memory.length, memory, new UUID[] {id}, true);
    }

    /// This, or of an image the same as somebody sees it who lays blocks over it.
    ModelSnapshot inBlocksOf(int otherBytes) {
        if (!isImage) {
            return this;
        }
        UUID[] all = new UUID[blockCount(memory, otherBytes)];
        Arrays.fill(all, id);
        return new ModelSnapshot(name, id, otherBytes, memory, all, true);
    }

    /// The first generation of a chain.
    static ModelSnapshot first(String name, UUID id, int blockBytes, byte[] memory) {
        UUID[] writers = new UUID[blockCount(memory, blockBytes)];
        Arrays.fill(writers, id);
        return new ModelSnapshot(name, id, blockBytes, memory, writers, false);
    }

    /// The generation after this one.
    ModelSnapshot next(String nextName, UUID nextId, byte[] nextMemory) {
        UUID[] next = writers.clone();
        for (int block = 0; block < next.length; block++) {
            if (!Arrays.equals(block(nextMemory, block), block(memory, block))) {
                next[block] = nextId;
            }
        }
        return new ModelSnapshot(nextName, nextId, blockBytes, nextMemory, next, false);
    }

    /// The first generation's blocks, counted.
    static Counts countFirst(byte[] memory, int blockBytes) {
        ModelSnapshot nothing =
                first("nothing", new UUID(0, 0), blockBytes, new byte[memory.length]);
        Counts counts = nothing.countNext(memory, block -> true);
        return new Counts(counts.data, counts.zero + counts.unchanged, 0, 0);
    }

    /// The next generation's blocks, counted.
    Counts countNext(byte[] nextMemory, LongPredicate isDirty) {
        long data = 0;
        long zero = 0;
        long unchanged = 0;
        long clean = 0;
        for (int block = 0; block < writers.length; block++) {
            byte[] now = block(nextMemory, block);
            if (!isDirty.test(block)) {
                clean++;
            } else if (Arrays.equals(now, block(memory, block))) {
                unchanged++;
            } else if (Arrays.equals(now, new byte[now.length])) {
                zero++;
            } else {
                data++;
            }
        }
        return new Counts(data, zero, unchanged, clean);
    }

    /// What the first generation's layer holds.
    static byte[] storedFirst(byte[] memory, int blockBytes) {
        return first("nothing", new UUID(0, 0), blockBytes, new byte[memory.length])
                .storedNext(memory);
    }

    /// What the next generation's layer holds: whole blocks, one after another.
    byte[] storedNext(byte[] nextMemory) {
        ByteArrayOutputStream stored = new ByteArrayOutputStream();
        for (int block = 0; block < writers.length; block++) {
            byte[] now = block(nextMemory, block);
            boolean isZero = Arrays.equals(now, new byte[now.length]);
            if (!isZero && !Arrays.equals(now, block(memory, block))) {
                stored.writeBytes(Arrays.copyOf(now, blockBytes));
            }
        }
        return stored.toByteArray();
    }

    private byte[] block(byte[] bytes, int block) {
        int at = block * blockBytes;
        return Arrays.copyOfRange(bytes, at, Math.min(at + blockBytes, bytes.length));
    }

    private static int blockCount(byte[] memory, int blockBytes) {
        return (memory.length + blockBytes - 1) / blockBytes;
    }
}
