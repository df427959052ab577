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

/// **Question.** What does it cost to ask an idle guest of 1 GiB, tracked in blocks of 2 MiB, what
/// it wrote, when that is nothing?
///
/// **Floor.** `cleanDrainFloor` swaps each of the 8 words without a look. A drain looks first, so
/// it should be far below.
///
/// `naiveBaseline` is the naive shape: each of the 512 pages tested by its index.
///
/// `java -jar bench/target/bench.jar BitmapCleanDrain`
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 8, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class BitmapCleanDrainBenchmark {

    private static final long GUEST_BYTES = 1L << 30;
    private static final VarHandle WORD =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

    private Arena arena;
    private DirtyBitmap bitmap;
    private MemorySegment words;
    private long visits;

    @Setup
    public void setUp() {
        arena = Arena.ofShared();
        bitmap = DirtyBitmap.create(new PageGrid(0, GUEST_BYTES, PageSize.MIB_2), arena);
        words = bitmap.words();
        bitmap.markPage(bitmap.pageCount() - 1);
        long first = cleanDrain();
        long second = cleanDrain();
        if (first != 1 || second != 1 || bitmap.dirtyCount() != 0) {
            throw new AssertionError("the drain is wrong, so its time means nothing");
        }
    }

    @TearDown
    public void tearDown() {
        arena.close();
    }

    @Benchmark
    public long cleanDrain() {
        bitmap.drain((firstPage, pageCount) -> visits += pageCount);
        return visits;
    }

    @Benchmark
    public long cleanDrainFloor() {
        long bits = 0;
        for (long at = 0, end = words.byteSize(); at < end; at += Long.BYTES) {
            bits |= (long) WORD.getAndSet(words, at, 0L);
        }
        return bits;
    }

    @Benchmark
    public List<Long> naiveBaseline() {
        List<Long> pages = new ArrayList<>();
        for (long page = 0, end = bitmap.pageCount(); page < end; page++) {
            long bit = 1L << page;
            long at = page / Long.SIZE * Long.BYTES;
            if (((long) WORD.getAcquire(words, at) & bit) != 0) {
                long ignored = (long) WORD.getAndBitwiseAnd(words, at, ~bit);
                pages.add(page);
            }
        }
        return pages;
    }
}
