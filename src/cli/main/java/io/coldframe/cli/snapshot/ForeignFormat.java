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

    @Option(
            names = "--wrenn",
            paramLabel = "DIR",
            description =
                    "Generations of Wrenn or e2b: a directory with memfile.header and the "
                            + "memfile.<build id> that it names, or one with such directories.")
    private Optional<Path> wrenn = Optional.empty();

    @SuppressWarnings("NullAway.Init") // picocli sets it.
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    /// Refuses none, and two.
    void requireOne() {
        if (count() != 1) {
            throw new ParameterException(
                    spec.commandLine(), "name one of --pair FILE, --openvmm DIR and --wrenn DIR");
        }
    }

    int count() {
        return (int) (pair.stream().count() + openvmm.stream().count() + wrenn.stream().count());
    }

    /// The state file, if it is a pair.
    Optional<Path> pair() {
        return pair;
    }

    /// Where the generations are, if they are Wrenn's.
    Optional<Path> wrenn() {
        return wrenn;
    }

    /// Where it is.
    Path path() {
        return pair.or(() -> openvmm).or(() -> wrenn).orElseThrow();
    }

    /// What it is, in a word.
    String word() {
        return pair.isPresent() ? "pair" : openvmm.isPresent() ? "openvmm" : "wrenn";
    }
}
