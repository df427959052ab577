package io.coldframe.memory;

import io.coldframe.SnapshotException;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A process of its own, because a mistake in it ends the process: everything that the engine does
/// with memory that may fault, done to a file that is cut after the code is warm.
///
/// Prints one line for each: its name, and the kind of the exception or what came instead.
final class CutFileProbe {
    private static final int BYTE_COUNT = 1 << 16;
    private static final int CUT_BYTE_COUNT = 1 << 13;
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final VarHandle ATOMIC = ValueLayout.JAVA_LONG.varHandle();

    private final MemorySegment other;
    private final FileChannel sink;

    private CutFileProbe(MemorySegment other, FileChannel sink) {
        this.other = other;
        this.sink = sink;
    }

    /// One way to touch memory.
    private enum Touch {
        GET_LOOP,
        SET_LOOP,
        ATOMIC_LOOP,
        COPY_OUT,
        COPY_IN,
        FILL,
        TO_ARRAY,
        CHANNEL_WRITE,
        IS_ZERO,
        EQUAL,
        CRC32C,
        CLASSIFY,
        CLASSIFY_WITH_SUMS
    }

    public static void main(String[] arguments) throws IOException {
        int warmUps = Integer.parseInt(arguments[0]);
        Path folder = Path.of(arguments[1]);
        Path sinkFile = folder.resolve("sink");
        try (Arena arena = Arena.ofShared();
                FileChannel sink =
                        FileChannel.open(
                                sinkFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            CutFileProbe probe = new CutFileProbe(arena.allocate(BYTE_COUNT, 4096), sink);
            for (Touch touch : Touch.values()) {
                System.out.println(touch + " " + probe.cutUnder(touch, folder, warmUps));
            }
        }
    }

    private String cutUnder(Touch touch, Path folder, int warmUps) throws IOException {
        Path file = Files.write(folder.resolve(touch.name()), new byte[BYTE_COUNT]);
        try (GuestMemory memory = GuestMemory.mapped(file, FileMapping.SHARED);
                FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            MemorySegment segment = memory.segment(0);
            for (int warmUp = 0; warmUp < warmUps; warmUp++) {
                memory.guarded("warming up", () -> touch(touch, segment));
            }
            channel.truncate(CUT_BYTE_COUNT);
            long answer = memory.guarded("touching", () -> touch(touch, segment));
            return "answered " + answer;
        } catch (SnapshotException failure) {
            return failure.kind().name();
        }
    }

    private long touch(Touch touch, MemorySegment memory) throws IOException {
        return switch (touch) {
            case GET_LOOP -> getLoop(memory);
            case SET_LOOP -> setLoop(memory);
            case ATOMIC_LOOP -> atomicLoop(memory);
            case COPY_OUT -> other.copyFrom(memory).byteSize();
            case COPY_IN -> memory.copyFrom(other).byteSize();
            case FILL -> memory.fill((byte) 0).byteSize();
            case TO_ARRAY -> memory.toArray(ValueLayout.JAVA_BYTE).length;
            case CHANNEL_WRITE -> write(memory);
            case IS_ZERO -> PageScan.isZero(memory, 0, BYTE_COUNT) ? 1 : 0;
            case EQUAL -> PageScan.equal(memory, 0, other, 0, BYTE_COUNT) ? 1 : 0;
            case CRC32C -> PageScan.crc32c(memory, 0, BYTE_COUNT);
            case CLASSIFY -> classify(BlockScan.of(memory, PageSize.KIB_4).against(other));
            case CLASSIFY_WITH_SUMS -> classifyWithSums(memory);
        };
    }

    private static long getLoop(MemorySegment memory) {
        long all = 0;
        for (long at = 0; at < BYTE_COUNT; at += Long.BYTES) {
            all |= memory.get(WORD, at);
        }
        return all;
    }

    private static long setLoop(MemorySegment memory) {
        for (long at = 0; at < BYTE_COUNT; at += Long.BYTES) {
            memory.set(WORD, at, 0);
        }
        return 0;
    }

    private static long atomicLoop(MemorySegment memory) {
        long all = 0;
        for (long at = 0; at < BYTE_COUNT; at += Long.BYTES) {
            all |= (long) ATOMIC.getAndBitwiseOr(memory, at, 0L);
        }
        return all;
    }

    /// The kernel writes what is there and says how much: no exception of its own.
    private long write(MemorySegment memory) throws IOException {
        return sink.write(memory.asByteBuffer(), 0);
    }

    private static long classify(BlockScan scan) {
        long[] blocks = {0};
        scan.forEachRun((state, firstBlock, blockCount) -> blocks[0] += blockCount);
        return blocks[0];
    }

    private static long classifyWithSums(MemorySegment memory) {
        try (Arena arena = Arena.ofConfined()) {
            BlockSums sums = BlockSums.allocate(BYTE_COUNT / 4096, arena);
            return classify(BlockScan.of(memory, PageSize.KIB_4).summing(sums));
        }
    }
}
