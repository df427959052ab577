package io.coldframe.judge;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/// Reads a Wrenn header of version 1 and the compact files that it names, and knows what a header
/// must be for memory that is known. It is slow and simple: one block at a time, in arrays.
///
/// ```
///  offset  bytes  field
///       0      8  version          1
///       8      8  block size       4096
///      16      8  size             of the memory
///      24      8  generation       0, 1, 2 …
///      32     16  build id         in the order in which it is written
///      48     16  base build id    that of generation 0
///      64         records of 40 bytes, to the end of the file:
///       0      8  offset           in the memory
///       8      8  length           in whole blocks, also the last
///      16     16  build id         all zero: zeros
///      32      8  storage offset   in the file of that build
/// ```
/// What it finds wrong is an [AssertionError] that says where.
///
/// **Threads.** Immutable.
///
/// @param blockSize bytes in a block
/// @param byteCount bytes of memory
/// @param generation how many came before it
/// @param build its own id
/// @param base the id of the first generation
/// @param records what lies where, in order, without a gap
public record WrennJudge(
        long blockSize,
        long byteCount,
        long generation,
        UUID build,
        UUID base,
        List<WrennJudge.Run> records) {

    /// What all of Wrenn's own files have.
    public static final int BLOCK_BYTES = 4096;

    private static final UUID NIL = new UUID(0, 0);
    private static final int HEADER_BYTES = 64;
    private static final int RECORD_BYTES = 40;

    /// A run of blocks that lie in one place.
    ///
    /// @param offset in the memory
    /// @param length in bytes
    /// @param build whose file they are in; all zero for zeros
    /// @param stored where in that file
    public record Run(long offset, long length, UUID build, long stored) {
        boolean isZero() {
            return build.equals(NIL);
        }

        long end() {
            return offset + length;
        }

        /// Whether `next` is what comes after it, in the memory and where it is stored.
        boolean isGoneOnBy(Run next) {
            return end() == next.offset
                    && build.equals(next.build)
                    && (isZero() || stored + length == next.stored);
        }
    }

    /// Reads a header, and fails unless it says exactly once where each block is.
    public static WrennJudge read(Path header) throws IOException {
        return decode(Files.readAllBytes(header), header.toString());
    }

    private static WrennJudge decode(byte[] bytes, String what) {
        require(bytes.length >= HEADER_BYTES, what, "shorter than a header");
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        require(in.getLong() == 1, what, "not version 1");
        long blockSize = in.getLong();
        long byteCount = in.getLong();
        long generation = in.getLong();
        UUID build = uuid(in);
        UUID base = uuid(in);
        require(in.remaining() % RECORD_BYTES == 0, what, "cut within a record");
        List<Run> records = new ArrayList<>();
        while (in.hasRemaining()) {
            long offset = in.getLong();
            long length = in.getLong();
            UUID from = uuid(in);
            records.add(new Run(offset, length, from, in.getLong()));
        }
        WrennJudge read =
                new WrennJudge(blockSize, byteCount, generation, build, base, List.copyOf(records));
        read.check(what);
        return read;
    }

    private static UUID uuid(ByteBuffer in) {
        byte[] bytes = new byte[16];
        in.get(bytes);
        ByteBuffer asWritten = ByteBuffer.wrap(bytes);
        return new UUID(asWritten.getLong(), asWritten.getLong());
    }

    private void check(String what) {
        require(blockSize == BLOCK_BYTES, what, "blocks of " + blockSize);
        require(byteCount > 0, what, "no memory");
        require(!build.equals(NIL), what, "its build has no id");
        require((generation == 0) == build.equals(base), what, "base " + base);
        long end = 0;
        for (Run each : records) {
            require(each.offset == end, what, each + " does not begin at " + end);
            require(each.length > 0 && each.length % blockSize == 0, what, "length of " + each);
            require(each.stored >= 0 && each.stored % blockSize == 0, what, "place of " + each);
            require(!each.isZero() || each.stored == 0, what, "zeros are stored in " + each);
            end = each.end();
        }
        require(end == blockCount() * blockSize, what, "it ends at " + end);
        for (int i = 1; i < records.size(); i++) {
            boolean isOne = records.get(i - 1).isGoneOnBy(records.get(i));
            require(!isOne, what, "two records that are one: " + records.get(i));
        }
    }

    private long blockCount() {
        return (byteCount + blockSize - 1) / blockSize;
    }

    /// All of the memory, from the files of the builds. What is behind the end of a short last
    /// block must be zero.
    public byte[] memory(Function<UUID, Path> fileOf) throws IOException {
        byte[] padded = new byte[Math.toIntExact(blockCount() * blockSize)];
        for (Run each : records) {
            if (!each.isZero()) {
                Path file = fileOf.apply(each.build);
                try (FileChannel channel = FileChannel.open(file)) {
                    ByteBuffer into = ByteBuffer.wrap(padded, (int) each.offset, (int) each.length);
                    while (into.hasRemaining()) {
                        long at = each.stored + into.position() - each.offset;
                        require(channel.read(into, at) > 0, file.toString(), "cut at " + at);
                    }
                }
            }
        }
        for (int at = (int) byteCount; at < padded.length; at++) {
            require(padded[at] == 0, build.toString(), "padded with something at " + at);
        }
        return Arrays.copyOf(padded, (int) byteCount);
    }

    /// The header that a first generation of some memory must have.
    public static WrennJudge first(byte[] memory, UUID build) {
        List<Run> blocks = new ArrayList<>();
        long stored = 0;
        for (long at = 0; at < memory.length; at += BLOCK_BYTES) {
            if (isZero(block(memory, at))) {
                blocks.add(new Run(at, BLOCK_BYTES, NIL, 0));
            } else {
                blocks.add(new Run(at, BLOCK_BYTES, build, stored));
                stored += BLOCK_BYTES;
            }
        }
        return new WrennJudge(BLOCK_BYTES, memory.length, 0, build, build, joined(blocks));
    }

    /// The header that the next generation must have, if only blocks are stored whose content is
    /// not what it was.
    ///
    /// @param before the memory of this generation
    public WrennJudge next(byte[] before, byte[] memory, UUID nextBuild) {
        List<Run> blocks = new ArrayList<>();
        long stored = 0;
        for (long at = 0; at < memory.length; at += BLOCK_BYTES) {
            if (Arrays.equals(block(memory, at), block(before, at))) {
                blocks.add(at(at));
            } else if (isZero(block(memory, at))) {
                blocks.add(new Run(at, BLOCK_BYTES, NIL, 0));
            } else {
                blocks.add(new Run(at, BLOCK_BYTES, nextBuild, stored));
                stored += BLOCK_BYTES;
            }
        }
        return new WrennJudge(
                blockSize, memory.length, generation + 1, nextBuild, base, joined(blocks));
    }

    /// The compact file that belongs to this header, of this memory.
    public byte[] compact(byte[] memory) {
        long end = 0;
        for (Run each : records) {
            end = each.build.equals(build) ? Math.max(end, each.stored + each.length) : end;
        }
        byte[] compact = new byte[(int) end];
        for (Run each : records) {
            for (long done = 0; each.build.equals(build) && done < each.length; done += blockSize) {
                byte[] block = block(memory, each.offset + done);
                System.arraycopy(block, 0, compact, (int) (each.stored + done), block.length);
            }
        }
        return compact;
    }

    /// Where a block is, as a record of its own.
    private Run at(long offset) {
        for (Run each : records) {
            if (each.offset <= offset && offset < each.end()) {
                long within = each.isZero() ? 0 : offset - each.offset;
                return new Run(offset, blockSize, each.build, each.stored + within);
            }
        }
        throw new AssertionError("no record holds " + offset);
    }

    private static List<Run> joined(List<Run> blocks) {
        List<Run> runs = new ArrayList<>();
        for (Run block : blocks) {
            if (!runs.isEmpty() && runs.getLast().isGoneOnBy(block)) {
                Run run = runs.removeLast();
                block = new Run(run.offset, run.length + block.length, run.build, run.stored);
            }
            runs.add(block);
        }
        return List.copyOf(runs);
    }

    private static byte[] block(byte[] memory, long at) {
        int end = (int) Math.min(at + BLOCK_BYTES, memory.length);
        return Arrays.copyOf(Arrays.copyOfRange(memory, (int) at, end), BLOCK_BYTES);
    }

    private static boolean isZero(byte[] block) {
        return Arrays.equals(block, new byte[block.length]);
    }

    /// The bytes of this header.
    public byte[] encoded() {
        ByteBuffer out =
                ByteBuffer.allocate(HEADER_BYTES + RECORD_BYTES * records.size())
                        .order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(1).putLong(blockSize).putLong(byteCount).putLong(generation);
        put(out, build);
        put(out, base);
        for (Run each : records) {
            out.putLong(each.offset).putLong(each.length);
            put(out, each.build);
            out.putLong(each.stored);
        }
        return out.array();
    }

    private static void put(ByteBuffer out, UUID id) {
        out.put(
                ByteBuffer.allocate(16)
                        .putLong(id.getMostSignificantBits())
                        .putLong(id.getLeastSignificantBits())
                        .flip());
    }

    private static void require(boolean isTrue, String what, String otherwise) {
        if (!isTrue) {
            throw new AssertionError(what + ": " + otherwise);
        }
    }
}
