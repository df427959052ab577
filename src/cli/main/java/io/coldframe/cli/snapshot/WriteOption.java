package io.coldframe.cli.snapshot;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.cli.CommandFailure;
import io.coldframe.cli.UserInput;
import io.coldframe.image.Output;
import io.coldframe.image.WriteOptions;

import picocli.CommandLine.Option;

import java.util.Optional;

/// How memory is written.
final class WriteOption {

    @Option(
            names = "--strategy",
            paramLabel = "HOW",
            description =
                    "How memory gets to the disk: auto, mapped, direct or buffered. What the file "
                            + "system refuses is replaced. Default: auto.")
    private Output output = Output.AUTO;

    @Option(names = "--holes", description = "Leave out pages of zeros; they read as zeros.")
    private boolean holes;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "How many threads write. Default: up to 2.")
    private Optional<Integer> threadCount = Optional.empty();

    WriteOptions options(Progress progress) throws SnapshotException, CommandFailure {
        WriteOptions options =
                WriteOptions.DEFAULT.withOutput(output).withHoles(holes).withProgress(progress);
        return threadCount.isEmpty()
                ? options
                : UserInput.check(() -> options.withThreadCount(threadCount.get()));
    }
}
