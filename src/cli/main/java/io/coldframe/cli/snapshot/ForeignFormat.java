package io.coldframe.cli.snapshot;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.util.Optional;

/// Which format of another VMM, and where: exactly one is given.
final class ForeignFormat {

    @Option(
            names = "--pair",
            paramLabel = "FILE",
            description = "A pair: the state file, NAME.snap; the memory is NAME.mem beside it.")
    private Optional<Path> pair = Optional.empty();

    @Option(
            names = "--openvmm",
            paramLabel = "DIR",
            description = "A snapshot directory of OpenVMM.")
    private Optional<Path> openvmm = Optional.empty();

    @SuppressWarnings("NullAway.Init") // picocli sets it.
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    /// Refuses none, and two.
    void requireOne() {
        if (pair.isPresent() == openvmm.isPresent()) {
            throw new ParameterException(
                    spec.commandLine(), "name one of --pair FILE and --openvmm DIR");
        }
    }

    /// The state file, if it is a pair.
    Optional<Path> pair() {
        return pair;
    }

    /// Where it is.
    Path path() {
        return pair.or(() -> openvmm).orElseThrow();
    }

    /// What it is, in a word.
    String word() {
        return pair.isPresent() ? "pair" : "openvmm";
    }
}
