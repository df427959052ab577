package io.coldframe.bench;

import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.PageGrid;
import io.coldframe.memory.PageSize;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// **Question.** What does a drain of 64 dirty pages cost above the atomic swaps that take them
/// out?
///
/// **Floor.** `drainFloor`: one bare atomic swap for each word of the bitmap. Both first copy the
/// dirty words into place in bulk; `refilling` measures that alone. A drain into a second bitmap
/// changes two words where a swap changes one, so `drainTo` has `drainToFloor`: a swap and an OR.
///
/// `naiveBaseline` is the naive shape: every page by its index, the bit tested and cleared,
/// the index appended to a list.
///
/// `java -jar bench/target/bench.jar BitmapDrain`
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 8, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class BitmapDrainBenchmark {

    private static final int DIRTY_PAGES = 64;
    private static final VarHandle WORD =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

    /// In how many words of 64 pages the 64 dirty pages lie, evenly: 64 runs in 64 words, 64 runs
    /// in 8 words (1 GiB at 2 MiB has 8), or one run in one.
    @Param({"64", "8", "1"})
    public int words;

    private Arena arena;
    private DirtyBitmap bitmap;
    private DirtyBitmap target;
    private MemorySegment bits;
    private MemorySegment targetBits;
    private MemorySegment dirtyBits;
    private List<Long> list = new ArrayList<>();

    @Setup
    public void setUp() {
        long pageCount = (long) words * Long.SIZE;
        PageGrid grid = new PageGrid(0, PageSize.MIB_2.bytes(pageCount), PageSize.MIB_2);
        arena = Arena.ofShared();
        bitmap = DirtyBitmap.create(grid, arena);
        target = DirtyBitmap.create(grid, arena);
        bits = bitmap.words();
        targetBits = target.words();
        for (int i = 0; i < DIRTY_PAGES; i++) {
            bitmap.markPage(i * pageCount / DIRTY_PAGES);
        }
        dirtyBits = arena.allocate(bits.byteSize(), Long.BYTES).copyFrom(bits);
        check();
    }

    private void check() {
        long sum = drain();
        if (bitmap.dirtyCount() != 0 || sum != naiveBaseline() || bitmap.dirtyCount() != 0) {
            throw new AssertionError("a drain is wrong, so its time means nothing");
        }
        drainTo();
        if (bitmap.dirtyCount() != 0 || targetBits.mismatch(dirtyBits) != -1) {
            throw new AssertionError("drainTo is wrong, so its time means nothing");
        }
    }

    @TearDown
    public void tearDown() {
        arena.close();
    }

    @Benchmark
    public long drain() {
        MemorySegment.copy(dirtyBits, 0, bits, 0, bits.byteSize());
        Sum sum = new Sum();
        bitmap.drain(sum::add);
        return sum.pages;
    }

    @Benchmark
    public long drainFloor() {
        MemorySegment.copy(dirtyBits, 0, bits, 0, bits.byteSize());
        long sum = 0;
        for (long at = 0, end = bits.byteSize(); at < end; at += Long.BYTES) {
            sum += (long) WORD.getAndSet(bits, at, 0L);
        }
        return sum;
    }

    @Benchmark
    public long naiveBaseline() {
        MemorySegment.copy(dirtyBits, 0, bits, 0, bits.byteSize());
        list = new ArrayList<>();
        for (long page = 0, end = bitmap.pageCount(); page < end; page++) {
            long bit = 1L << page;
            long at = page / Long.SIZE * Long.BYTES;
            if (((long) WORD.getAndBitwiseAnd(bits, at, ~bit) & bit) != 0) {
                list.add(page);
            }
        }
        long sum = 0;
        for (long page : list) {
            sum += page + 1;
        }
        return sum;
    }

    @Benchmark
    public long drainTo() {
        MemorySegment.copy(dirtyBits, 0, bits, 0, bits.byteSize());
        targetBits.fill((byte) 0);
        bitmap.drainTo(target);
        return (long) WORD.get(targetBits, 0L);
    }

    @Benchmark
    public long drainToFloor() {
        MemorySegment.copy(dirtyBits, 0, bits, 0, bits.byteSize());
        targetBits.fill((byte) 0);
        long sum = 0;
        for (long at = 0, end = bits.byteSize(); at < end; at += Long.BYTES) {
            long taken = (long) WORD.getAndSet(bits, at, 0L);
            sum += (long) WORD.getAndBitwiseOr(targetBits, at, taken);
        }
        return sum;
    }

    @Benchmark
    public long refilling() {
        MemorySegment.copy(dirtyBits, 0, bits, 0, bits.byteSize());
        return (long) WORD.get(bits, 0L);
    }

    /// Adds up what it visits, so that a run that is missing or twice is seen.
    private static final class Sum {
        private long pages;

        void add(long firstPage, long pageCount) {
            // The sum of page + 1 over the run, so that page 0 counts.
            pages += pageCount * (2 * firstPage + pageCount + 1) / 2;
        }
    }
}
