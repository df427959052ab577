package io.coldframe.layer;

import io.coldframe.Progress;
import io.coldframe.image.ImageSums;
import io.coldframe.image.Output;
import io.coldframe.memory.PageSize;

/// How a [LayerWriter] works. Only the block's size changes what it writes.
///
/// ```java
/// LayerOptions.DEFAULT.withProgress((done, total) -> !cancelled)
/// ```
///
/// @param blockSize what is stored, zero or unchanged as one
/// @param output how the bytes get into the file; a layer is never mapped, because nobody knows how
///     long it will be
/// @param threadCount how many threads read, look and write, at least one
/// @param progress hears how much of the memory is done, and may cancel
public record LayerOptions(PageSize blockSize, Output output, int threadCount, Progress progress) {

    /// The largest block, which is that of an image, too.
    public static final PageSize BLOCK_MAX = ImageSums.BLOCK_MAX;

    // One looks at its bytes while another one's write is in flight.
    private static final int THREADS_DEFAULT = 2;

    /// Blocks of 4 KiB, automatic output, up to two threads, heard by nobody.
    public static final LayerOptions DEFAULT =
            new LayerOptions(
                    PageSize.KIB_4,
                    Output.AUTO,
                    Math.min(THREADS_DEFAULT, Runtime.getRuntime().availableProcessors()),
                    Progress.NONE);

    /// Refuses a count that is not positive, and blocks above [#BLOCK_MAX].
    public LayerOptions {
        if (threadCount <= 0) {
            throw new IllegalArgumentException("threadCount is not positive: " + threadCount);
        }
        if (!BLOCK_MAX.isMultipleOf(blockSize)) {
            throw new IllegalArgumentException(
                    "a block has at most %s, not %s".formatted(BLOCK_MAX, blockSize));
        }
    }

    /// {@return the same with other blocks}
    ///
    /// @param other what is stored, zero or unchanged as one
    public LayerOptions withBlockSize(PageSize other) {
        return new LayerOptions(other, output, threadCount, progress);
    }

    /// {@return the same with another output}
    ///
    /// @param other how the bytes get into the file
    public LayerOptions withOutput(Output other) {
        return new LayerOptions(blockSize, other, threadCount, progress);
    }

    /// {@return the same with another number of threads}
    ///
    /// @param other how many, at least one
    public LayerOptions withThreadCount(int other) {
        return new LayerOptions(blockSize, output, other, progress);
    }

    /// {@return the same with another listener}
    ///
    /// @param other hears how much of the memory is done, and may cancel
    public LayerOptions withProgress(Progress other) {
        return new LayerOptions(blockSize, output, threadCount, other);
    }
}
