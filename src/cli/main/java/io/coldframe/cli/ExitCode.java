package io.coldframe.cli;

import io.coldframe.SnapshotException;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/// The exit codes of every command, and the one table of them that `--help` prints.
///
/// The numbers from 64 up are those of `sysexits.h`. 69 and 70 are also the launcher's: no Java to
/// run on, and a build that fails.
public final class ExitCode {

    /// The command did what was asked.
    public static final int OK = 0;

    /// `bench`: a row is over its budget.
    public static final int OVER_BUDGET = 1;

    /// What was read is damaged: a sum is wrong, or bytes are missing or make no sense.
    public static final int DAMAGED = 2;

    /// The command line is wrong.
    public static final int USAGE = 64;

    /// What the command line names is not there, or can't be used.
    public static final int NO_INPUT = 66;

    /// This host lacks what the command needs.
    public static final int UNAVAILABLE = 69;

    /// A defect of Coldframe.
    public static final int DEFECT = 70;

    /// No space for what was to be written.
    public static final int NO_SPACE = 73;

    /// Reading or writing failed.
    public static final int IO = 74;

    /// Someone else has made the target, holds it or needs it.
    public static final int CONFLICT = 75;

    /// Stopped by Ctrl-C, as a shell has it: 128 and the number of the signal.
    public static final int INTERRUPTED = 130;

    static final String OK_LINE = OK + ":done";
    static final String OVER_BUDGET_LINE = OVER_BUDGET + ":`bench`: a row is over its budget";
    static final String DAMAGED_LINE =
            DAMAGED + ":damaged: a sum is wrong, or bytes are missing or make no sense";
    static final String USAGE_LINE = USAGE + ":the command line is wrong";
    static final String NO_INPUT_LINE = NO_INPUT + ":what was named is not there or can't be used";
    static final String UNAVAILABLE_LINE =
            UNAVAILABLE
                    + ":this host lacks what is needed (a JDK 22 or later; `doctor`: the floor;"
                    + " `check-host`: what the snapshot needs)";
    static final String DEFECT_LINE = DEFECT + ":a defect of Coldframe, or its build failed";
    static final String NO_SPACE_LINE = NO_SPACE + ":no space; nothing was written";
    static final String IO_LINE = IO + ":reading or writing failed";
    static final String CONFLICT_LINE =
            CONFLICT + ":someone else has made the target, holds it or needs it";
    static final String INTERRUPTED_LINE = INTERRUPTED + ":stopped by Ctrl-C; nothing was left";

    private ExitCode() {}

    /// What the engine's failure means for a script.
    static int of(SnapshotException failure) {
        return switch (failure.kind()) {
            case CORRUPT -> DAMAGED;
            case OUT_OF_SPACE -> NO_SPACE;
            case UNSUPPORTED -> UNAVAILABLE;
            case CONFLICT -> CONFLICT;
            case MISSING -> NO_INPUT;
            case SYSCALL -> IO;
        };
    }

    /// What a failure of the JDK's file calls means: a file that was named, or a disk.
    static int of(IOException failure) {
        return switch (failure) {
            case NoSuchFileException _, NotDirectoryException _, AccessDeniedException _ ->
                    NO_INPUT;
            default -> IO;
        };
    }
}
