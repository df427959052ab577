package io.coldframe.cli.snapshot;

import io.coldframe.cli.CommandFailure;
import io.coldframe.cli.UserInput;
import io.coldframe.snapshot.FirecrackerMemory;
import io.coldframe.snapshot.StateSource;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// `--firecracker` and what goes with it: a raw memory file, of all memory or of what was written.
final class FirecrackerFile {

    @Option(
            names = "--firecracker",
            paramLabel = "FILE",
            description =
                    "A memory file of Firecracker's. With --parent it is a diff: data is what was "
                            + "written, holes are the parent's.")
    private Optional<Path> file = Optional.empty();

    @Option(
            names = "--full",
            description =
                    "With --firecracker and --parent: the file holds all memory, and its holes are "
                            + "zeros; what differs is found by content.")
    private boolean full;

    @Mixin private RegionOption regions = new RegionOption();
    @Mixin private StateFile state = new StateFile();

    @SuppressWarnings("NullAway.Init") // picocli sets it.
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    boolean isAsked() {
        return file.isPresent();
    }

    Path path() {
        return file.orElseThrow();
    }

    /// Refuses what would be overlooked.
    void requireUsed(boolean hasParent) {
        if (full && !(isAsked() && hasParent)) {
            throw new ParameterException(
                    spec.commandLine(), "--full is for --firecracker with --parent");
        }
        if (regions.isAsked() && (!isAsked() || hasParent)) {
            throw new ParameterException(
                    spec.commandLine(), "--region is for --firecracker without --parent");
        }
        if (state.isAsked() && !isAsked()) {
            throw new ParameterException(spec.commandLine(), "--state is for --firecracker");
        }
    }

    /// What is to be imported.
    FirecrackerMemory memory(String name, Optional<String> parent)
            throws IOException, CommandFailure {
        // The person at the keyboard may well name a link; a daemon would not follow one.
        Path memoryFile = path().toRealPath();
        StateSource machine = state.read();
        if (parent.isEmpty()) {
            var layout = regions.layout(memoryFile);
            return UserInput.check(() -> FirecrackerMemory.full(name, memoryFile, layout, machine));
        }
        FirecrackerMemory diff =
                UserInput.check(
                        () -> FirecrackerMemory.diff(name, parent.get(), memoryFile, machine));
        return full ? diff.withoutHoles() : diff;
    }
}
