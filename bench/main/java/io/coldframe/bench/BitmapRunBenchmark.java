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
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// **Question.** How long does it take to find the dirty runs among 16 Mi pages (64 GiB in 4 KiB
/// pages, 2 MiB of words) when none, 1 %, half or all of them are dirty, at random?
///
/// **Floor.** `readFloor` reads every word once, with the four accumulators that C2 turns into wide
/// vectors: nothing that looks at all words is faster. `walkFloor` also takes every set bit out of
/// its word with [Long#numberOfTrailingZeros], without making runs of them.
///
/// `naiveBaseline` is the naive shape: every page by its index, the dirty ones appended to a
/// list.
///
/// `java -jar bench/target/bench.jar BitmapRun -p dirtyPercent=0,1`
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 8, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class BitmapRunBenchmark {

    private static final long PAGE_COUNT = 16L << 20;
    private static final ValueLayout.OfLong WORD =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long SEED = 20;

    /// How many pages in a hundred are dirty.
    @Param({"0", "1", "50", "100"})
    public int dirtyPercent;

    private Arena arena;
    private DirtyBitmap bitmap;
    private MemorySegment words;

    @Setup
    public void setUp() {
        PageGrid grid = new PageGrid(0, PageSize.KIB_4.bytes(PAGE_COUNT), PageSize.KIB_4);
        arena = Arena.ofShared();
        bitmap = DirtyBitmap.create(grid, arena);
        words = bitmap.words();
        SplittableRandom random = new SplittableRandom(SEED);
        for (long page = 0; page < PAGE_COUNT; page++) {
            if (random.nextInt(100) < dirtyPercent) {
                bitmap.markPage(page);
            }
        }
        check();
    }

    private void check() {
        long expected = walkFloor();
        if (runs() != expected || runsByCursor() != expected || naiveBaseline() != expected) {
            throw new AssertionError("a walk is wrong, so its time means nothing");
        }
        if (dirtyPercent == 0 && readFloor() != 0) {
            throw new AssertionError("a bitmap that should be clean is not");
        }
    }

    @TearDown
    public void tearDown() {
        arena.close();
    }

    @Benchmark
    public long runs() {
        Sum sum = new Sum();
        bitmap.forEachDirty(sum::add);
        return sum.pages;
    }

    @Benchmark
    public long runsByCursor() {
        Sum sum = new Sum();
        long end;
        for (long at = bitmap.nextDirty(0); at < PAGE_COUNT; at = bitmap.nextDirty(end)) {
            end = bitmap.nextClean(at);
            sum.add(at, end - at);
        }
        return sum.pages;
    }

    @Benchmark
    public long readFloor() {
        return read(words, words.byteSize());
    }

    private static long read(MemorySegment words, long byteCount) {
        long a = 0;
        long b = 0;
        long c = 0;
        long d = 0;
        for (long at = 0; at < byteCount; at += 4 * Long.BYTES) {
            a |= words.get(WORD, at);
            b |= words.get(WORD, at + 8);
            c |= words.get(WORD, at + 16);
            d |= words.get(WORD, at + 24);
        }
        return a | b | c | d;
    }

    @Benchmark
    public long walkFloor() {
        return walk(words, words.byteSize());
    }

    private static long walk(MemorySegment words, long byteCount) {
        long sum = 0;
        for (long at = 0; at < byteCount; at += Long.BYTES) {
            for (long bits = words.get(WORD, at); bits != 0; bits &= bits - 1) {
                sum += at * Byte.SIZE + Long.numberOfTrailingZeros(bits) + 1;
            }
        }
        return sum;
    }

    @Benchmark
    public long naiveBaseline() {
        List<Long> pages = new ArrayList<>();
        for (long page = 0; page < PAGE_COUNT; page++) {
            if (bitmap.isPageDirty(page)) {
                pages.add(page);
            }
        }
        long sum = 0;
        for (long page : pages) {
            sum += page + 1;
        }
        return sum;
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
