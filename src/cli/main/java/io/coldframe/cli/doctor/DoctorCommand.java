package io.coldframe.cli.doctor;

import io.coldframe.cli.CommandFailure;
import io.coldframe.cli.ExitCode;
import io.coldframe.cli.Terminal;
import io.coldframe.cli.WorkFolder;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;

/// `coldframe doctor`: what this host offers and, where it does not, why and what would change it.
@Command(
        name = "doctor",
        description = {
            "Tries what Coldframe can use of this host, and says what works, what does not, why, "
                    + "and what would change it.",
            "",
            "Each facility is used, not inferred from a version. Nothing is left behind.",
            ""
        })
public final class DoctorCommand implements Callable<Integer> {

    @Option(names = "--json", description = "Print JSON (schema 1) instead of text.")
    private boolean json;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "Where snapshots would lie. Default: the working directory.")
    private Optional<Path> directory = Optional.empty();

    @SuppressWarnings("NullAway.Init") // picocli sets it.
    @Spec
    private CommandSpec spec;

    /// For picocli.
    public DoctorCommand() {}

    @Override
    public Integer call() throws CommandFailure {
        Diagnosis diagnosis = Diagnosis.of(directoryToTry());
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JsonReport.of(diagnosis));
        } else {
            out.print(TextReport.of(diagnosis, Terminal.ofProcess()));
        }
        return diagnosis.hasFloor() ? ExitCode.OK : ExitCode.UNAVAILABLE;
    }

    /// A directory that was asked for must be usable; the default one may be what it is.
    private Path directoryToTry() throws CommandFailure {
        Path asked = directory.orElse(Path.of("")).toAbsolutePath();
        if (directory.isPresent()) {
            if (!Files.isDirectory(asked)) {
                throw new CommandFailure(ExitCode.NO_INPUT, "--dir is not a directory: " + asked);
            }
            // Permissions don't tell: a file system may be read-only, or not for files at all.
            try (WorkFolder _ = WorkFolder.in(asked, "doctor")) {
                return asked;
            } catch (IOException refused) {
                throw new CommandFailure(ExitCode.NO_INPUT, "--dir can't be written: " + asked);
            }
        }
        return asked;
    }
}
