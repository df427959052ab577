package io.coldframe.wrenn;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.SplittableRandom;

/// Memories in arrays, and raw files of them.
public final class Memories {

    /// What a block has.
    public static final int BLOCK = 4096;

    private Memories() {}

    /// Some blocks of one kind each: `.` is zero, and everything else is filled with its own code.
    public static byte[] of(String blocks) {
        byte[] memory = new byte[blocks.length() * BLOCK];
        for (int block = 0; block < blocks.length(); block++) {
            byte filling = blocks.charAt(block) == '.' ? 0 : (byte) blocks.charAt(block);
            Arrays.fill(memory, block * BLOCK, (block + 1) * BLOCK, filling);
        }
        return memory;
    }

    /// A memory of which about a half is zero.
    public static byte[] random(int byteCount, SplittableRandom random) {
        byte[] memory = new byte[byteCount];
        change(memory, random, 2);
        return memory;
    }

    /// The same with one in `rarity` blocks changed: filled, zeroed, or written with what it had.
    public static void change(byte[] memory, SplittableRandom random, int rarity) {
        for (int at = 0; at < memory.length; at += BLOCK) {
            int end = Math.min(at + BLOCK, memory.length);
            if (random.nextInt(rarity) == 0) {
                switch (random.nextInt(4)) {
                    case 0 -> Arrays.fill(memory, at, end, (byte) 0);
                    case 1 -> memory[random.nextInt(at, end)] = (byte) random.nextInt();
                    case 2 -> memory[end - 1]++;
                    default -> Arrays.fill(memory, at, end, (byte) random.nextInt());
                }
            }
        }
    }

    /// A raw file with a hole wherever a block is zero.
    public static Path sparse(Path file, byte[] memory) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int at = 0; at < memory.length; at += BLOCK) {
                int byteCount = Math.min(BLOCK, memory.length - at);
                if (!isZero(memory, at, byteCount) || at + byteCount == memory.length) {
                    channel.write(ByteBuffer.wrap(memory, at, byteCount), at);
                }
            }
        }
        return file;
    }

    private static boolean isZero(byte[] memory, int at, int byteCount) {
        return Arrays.equals(memory, at, at + byteCount, new byte[byteCount], 0, byteCount);
    }

    /// A raw file without a hole.
    public static Path raw(Path file, byte[] memory) throws IOException {
        return Files.write(file, memory);
    }
}
