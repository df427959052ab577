package io.coldframe.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `--quiet`, of every command that takes long.
public final class ProgressOption {

    @Option(
            names = {"-q", "--quiet"},
            description = "Show no progress.")
    private boolean quiet;

    @SuppressWarnings("NullAway.Init") // picocli sets it.
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    /// For picocli.
    public ProgressOption() {}

    /// Begins something that takes long.
    ///
    /// @param what as in `saving`
    /// @param json whether the command prints JSON: then standard error is for failures alone
    public Activity begin(String what, JsonOption json) {
        ProgressBar.Style style =
                quiet || json.isAsked()
                        ? ProgressBar.Style.NONE
                        : Terminal.errorIsTerminal()
                                ? ProgressBar.Style.BAR
                                : ProgressBar.Style.LINES;
        return new Activity(
                new ProgressBar(what, style, spec.commandLine().getErr(), System::nanoTime),
                Interruption.open());
    }
}
