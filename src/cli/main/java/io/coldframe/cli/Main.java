package io.coldframe.cli;

import io.coldframe.SnapshotException;
import io.coldframe.cli.bench.BenchCommand;
import io.coldframe.cli.chain.BlameCommand;
import io.coldframe.cli.chain.CompactCommand;
import io.coldframe.cli.chain.DiffCommand;
import io.coldframe.cli.chain.HistoryCommand;
import io.coldframe.cli.chain.MapCommand;
import io.coldframe.cli.chain.PruneCommand;
import io.coldframe.cli.chain.StatsCommand;
import io.coldframe.cli.doctor.DoctorCommand;
import io.coldframe.cli.snapshot.CaptureCommand;
import io.coldframe.cli.snapshot.CheckHostCommand;
import io.coldframe.cli.snapshot.DescribeCommand;
import io.coldframe.cli.snapshot.ExportCommand;
import io.coldframe.cli.snapshot.FsckCommand;
import io.coldframe.cli.snapshot.ImportCommand;
import io.coldframe.cli.snapshot.ListCommand;
import io.coldframe.cli.snapshot.RemoveCommand;
import io.coldframe.cli.snapshot.RestoreCommand;
import io.coldframe.cli.snapshot.SaveCommand;
import io.coldframe.cli.snapshot.TagCommand;
import io.coldframe.cli.snapshot.VerifyCommand;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.util.concurrent.CancellationException;

/// `coldframe`, the command line.
@Command(
        name = "coldframe",
        description = "Snapshots of a virtual machine's memory.",
        scope = ScopeType.INHERIT,
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            ExitCode.OK_LINE,
            ExitCode.OVER_BUDGET_LINE,
            ExitCode.DAMAGED_LINE,
            ExitCode.USAGE_LINE,
            ExitCode.NO_INPUT_LINE,
            ExitCode.UNAVAILABLE_LINE,
            ExitCode.DEFECT_LINE,
            ExitCode.NO_SPACE_LINE,
            ExitCode.IO_LINE,
            ExitCode.CONFLICT_LINE,
            ExitCode.INTERRUPTED_LINE,
        },
        commandListHeading = "%nCommands:%n",
        subcommands = {
            SaveCommand.class,
            CaptureCommand.class,
            ListCommand.class,
            DescribeCommand.class,
            VerifyCommand.class,
            RestoreCommand.class,
            TagCommand.class,
            RemoveCommand.class,
            PruneCommand.class,
            CompactCommand.class,
            DiffCommand.class,
            BlameCommand.class,
            HistoryCommand.class,
            StatsCommand.class,
            MapCommand.class,
            ImportCommand.class,
            ExportCommand.class,
            FsckCommand.class,
            CheckHostCommand.class,
            BenchCommand.class,
            DoctorCommand.class,
            HelpCommand.class,
        })
public final class Main {

    private Main() {}

    /// Runs one command and exits with its code.
    public static void main(String[] args) {
        // One write for all that a command prints: its reader may be gone after the first line.
        PrintWriter out =
                new PrintWriter(
                        new BufferedWriter(
                                new OutputStreamWriter(System.out, System.out.charset())));
        int exitCode = execute(commandLine().setOut(out), args);
        out.flush();
        // A PrintStream keeps its failures to itself until it is asked.
        if (System.out.checkError() && exitCode == ExitCode.OK) {
            System.err.println("coldframe: standard output can't be written");
            exitCode = ExitCode.IO;
        }
        System.exit(exitCode);
    }

    /// The whole command line, with errors as [ExitCode] has them.
    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setColorScheme(
                        CommandLine.Help.defaultColorScheme(
                                Terminal.ofProcess().colours() ? Ansi.ON : Ansi.OFF))
                .setParameterExceptionHandler(Main::explainUsage)
                .setExecutionExceptionHandler(Main::explainFailure);
    }

    /// Runs one command. What picocli lets through, an [Error], is a defect like any other.
    static int execute(CommandLine commandLine, String... args) {
        try {
            return commandLine.execute(args);
        } catch (Error failure) {
            return explainDefect(failure, commandLine.getErr());
        }
    }

    private static int explainUsage(ParameterException misuse, String[] args) {
        CommandLine command = misuse.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("coldframe: " + misuse.getMessage());
        CommandLine.UnmatchedArgumentException.printSuggestions(misuse, err);
        command.usage(err, command.getColorScheme());
        return ExitCode.USAGE;
    }

    private static int explainFailure(Exception failure, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        if (failure instanceof CommandFailure expected) {
            err.println("coldframe: " + expected.getMessage());
            return expected.exitCode();
        }
        if (failure instanceof CancellationException) {
            // Interruption says so, when all is undone.
            return ExitCode.INTERRUPTED;
        }
        if (failure instanceof SnapshotException refused) {
            err.println("coldframe: " + ErrorText.of(refused));
            return ExitCode.of(refused);
        }
        if (failure instanceof IOException outside) {
            err.println("coldframe: " + ErrorText.of(outside));
            return ExitCode.of(outside);
        }
        return explainDefect(failure, err);
    }

    private static int explainDefect(Throwable failure, PrintWriter err) {
        err.println("coldframe: this is a defect of Coldframe " + Version.coldframe());
        failure.printStackTrace(err);
        err.flush();
        return ExitCode.DEFECT;
    }
}
