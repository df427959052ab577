package io.coldframe.bench;

import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.Mark;
import io.coldframe.memory.PageGrid;
import io.coldframe.memory.PageSize;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/// **Question.** What does a mark cost above the one atomic OR that it can't do without, and what
/// does a mark cost that finds its page dirty?
///
/// **Floor.** `freshFloor`: bare atomic ORs of the same bits into the same words. Both clear the
/// words with one bulk fill before the 64 marks; `clearing` measures that alone. A mark of a dirty
/// page has no floor but zero: it is one read. `dirtyFloor` is the atomic OR that it saves.
///
/// `naiveBaseline` is the naive shape: an array of atomic words on the heap, a page found by
/// division, whatever is there OR-ed unread.
///
/// All figures are for one mark. `java -jar bench/target/bench.jar BitmapMark`
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(BitmapMarkBenchmark.MARKS)
@Warmup(iterations = 4, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 8, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class BitmapMarkBenchmark {

    static final int MARKS = 64;

    private static final VarHandle WORD =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();
    private static final long START_ADDRESS = 0x8000_0000L;
    private static final PageSize PAGE_SIZE = PageSize.KIB_16;

    /// The words that the 64 pages lie in: one each, or all in one.
    @Param({"64", "1"})
    public int words;

    private final long[] addresses = new long[MARKS];
    private final long[] pages = new long[MARKS];
    private final long[] offsets = new long[MARKS];
    private final long[] bits = new long[MARKS];

    private Arena arena;
    private DirtyBitmap fresh;
    private DirtyBitmap dirty;
    private MemorySegment freshWords;
    private MemorySegment dirtyWords;
    private AtomicLongArray naiveWords;

    @Setup
    public void setUp() {
        PageGrid grid =
                new PageGrid(START_ADDRESS, PAGE_SIZE.bytes((long) words * Long.SIZE), PAGE_SIZE);
        arena = Arena.ofShared();
        fresh = DirtyBitmap.create(grid, arena);
        dirty = DirtyBitmap.create(grid, arena);
        freshWords = fresh.words();
        dirtyWords = dirty.words();
        naiveWords = new AtomicLongArray(words);
        for (int i = 0; i < MARKS; i++) {
            // 37 and 11 are odd, so each word and each bit comes once, in no order that helps.
            long word = (long) i * 37 % words;
            long bit = i * 11L % Long.SIZE;
            pages[i] = word * Long.SIZE + bit;
            addresses[i] = START_ADDRESS + PAGE_SIZE.bytes(pages[i]) + i;
            offsets[i] = word * Long.BYTES;
            bits[i] = 1L << bit;
        }
        dirty.markPages(0, grid.pageCount());
        check();
    }

    private void check() {
        if (fresh() != MARKS
                || freshByPage() != MARKS
                || naiveBaseline() != MARKS
                || dirty() != MARKS) {
            throw new AssertionError("a mark is wrong, so its time means nothing");
        }
        freshFloor();
        if (fresh.dirtyCount() != MARKS) {
            throw new AssertionError("the floor sets other bits than the marks");
        }
    }

    @TearDown
    public void tearDown() {
        arena.close();
    }

    @Benchmark
    public int fresh() {
        freshWords.fill((byte) 0);
        int count = 0;
        for (long address : addresses) {
            count += fresh.mark(address) == Mark.FRESH ? 1 : 0;
        }
        return count;
    }

    @Benchmark
    public int freshByPage() {
        freshWords.fill((byte) 0);
        int count = 0;
        for (long page : pages) {
            count += fresh.markPage(page) == Mark.FRESH ? 1 : 0;
        }
        return count;
    }

    @Benchmark
    public int freshFloor() {
        freshWords.fill((byte) 0);
        int count = 0;
        for (int i = 0; i < MARKS; i++) {
            long old = (long) WORD.getAndBitwiseOr(freshWords, offsets[i], bits[i]);
            count += (old & bits[i]) == 0 ? 1 : 0;
        }
        return count;
    }

    @Benchmark
    public int naiveBaseline() {
        for (int word = 0; word < words; word++) {
            naiveWords.setPlain(word, 0);
        }
        int count = 0;
        for (long address : addresses) {
            long page = (address - START_ADDRESS) / PAGE_SIZE.bytes();
            long bit = 1L << page % Long.SIZE;
            long old =
                    naiveWords.getAndAccumulate(
                            (int) (page / Long.SIZE), bit, (was, or) -> was | or);
            count += (old & bit) == 0 ? 1 : 0;
        }
        return count;
    }

    @Benchmark
    public long clearing() {
        freshWords.fill((byte) 0);
        return (long) WORD.get(freshWords, 0L);
    }

    @Benchmark
    public int dirty() {
        int count = 0;
        for (long address : addresses) {
            count += dirty.mark(address) == Mark.ALREADY_DIRTY ? 1 : 0;
        }
        return count;
    }

    @Benchmark
    public long dirtyFloor() {
        long sum = 0;
        for (int i = 0; i < MARKS; i++) {
            sum += (long) WORD.getAndBitwiseOr(dirtyWords, offsets[i], bits[i]);
        }
        return sum;
    }
}
