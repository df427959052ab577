package io.coldframe.cli;

/// The exit codes of every command, and the one table of them that `--help` prints.
///
/// The numbers from 64 up are those of `sysexits.h`. 69 and 70 are also the launcher's: no Java to
/// run on, and a build that fails.
public final class ExitCode {

    /// The command did what was asked.
    public static final int OK = 0;

    /// The command line is wrong.
    public static final int USAGE = 64;

    /// A file or a directory that the command line names can't be used.
    public static final int NO_INPUT = 66;

    /// This host lacks what the command needs.
    public static final int UNAVAILABLE = 69;

    /// A defect of Coldframe.
    public static final int DEFECT = 70;

    /// Reading or writing failed.
    public static final int IO = 74;

    static final String OK_LINE = OK + ":done";
    static final String USAGE_LINE = USAGE + ":the command line is wrong";
    static final String NO_INPUT_LINE = NO_INPUT + ":a named file or directory can't be used";
    static final String UNAVAILABLE_LINE =
            UNAVAILABLE
                    + ":this host lacks what is needed (a JDK 22 or later; `doctor`: the floor)";
    static final String DEFECT_LINE = DEFECT + ":a defect of Coldframe, or its build failed";
    static final String IO_LINE = IO + ":reading or writing failed";

    private ExitCode() {}
}
