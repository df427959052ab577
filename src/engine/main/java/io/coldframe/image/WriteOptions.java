package io.coldframe.image;

import io.coldframe.Progress;

/// How a [MemoryWriter] works. None of it changes what an image means.
///
/// ```java
/// WriteOptions.DEFAULT.withHoles(true).withProgress((done, total) -> !cancelled)
/// ```
///
/// @param output how the bytes get into the file
/// @param holes whether pages of zeros are left out of the file, which then reads zeros there
/// @param threadCount how many threads copy and write, at least one
/// @param progress hears how far it is, and may cancel
/// @param sumsMax the most sums that the image may have: larger blocks make fewer
public record WriteOptions(
        Output output, boolean holes, int threadCount, Progress progress, long sumsMax) {

    // One thread sums while another one's write is in flight, and more rarely helps: a device takes
    // one stream of large writes at its full speed.
    private static final int THREADS_DEFAULT = 2;

    // Sums of 64 MiB: images of up to 64 GiB have one for each page of 4 KiB.
    private static final long SUMS_DEFAULT = 1L << 24;

    /// Automatic, every byte written, up to two threads, heard by nobody.
    public static final WriteOptions DEFAULT =
            new WriteOptions(
                    Output.AUTO,
                    false,
                    Math.min(THREADS_DEFAULT, Runtime.getRuntime().availableProcessors()),
                    Progress.NONE,
                    SUMS_DEFAULT);

    /// Refuses counts that are not positive.
    public WriteOptions {
        if (threadCount <= 0) {
            throw new IllegalArgumentException("threadCount is not positive: " + threadCount);
        }
        if (sumsMax <= 0) {
            throw new IllegalArgumentException("sumsMax is not positive: " + sumsMax);
        }
    }

    /// {@return the same with another output}
    ///
    /// @param other how the bytes get into the file
    public WriteOptions withOutput(Output other) {
        return new WriteOptions(other, holes, threadCount, progress, sumsMax);
    }

    /// {@return the same with or without holes}
    ///
    /// @param other whether pages of zeros are left out
    public WriteOptions withHoles(boolean other) {
        return new WriteOptions(output, other, threadCount, progress, sumsMax);
    }

    /// {@return the same with another number of threads}
    ///
    /// @param other how many, at least one
    public WriteOptions withThreadCount(int other) {
        return new WriteOptions(output, holes, other, progress, sumsMax);
    }

    /// {@return the same with another listener}
    ///
    /// @param other hears how far it is, and may cancel
    public WriteOptions withProgress(Progress other) {
        return new WriteOptions(output, holes, threadCount, other, sumsMax);
    }

    /// {@return the same with another limit of sums}
    ///
    /// @param other the most sums that the image may have
    public WriteOptions withSumsMax(long other) {
        return new WriteOptions(output, holes, threadCount, progress, other);
    }
}
