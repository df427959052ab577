package io.coldframe.cli.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.cli.CommandFailure;
import io.coldframe.cli.ExitCode;
import io.coldframe.cli.UserInput;
import io.coldframe.snapshot.StateSource;
import io.coldframe.state.Architecture;
import io.coldframe.state.StateEnvelope;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/// `--state` and what goes with it: the state of a machine, as we encode it or as another VMM does.
final class StateFile {

    @Option(
            names = "--state",
            paramLabel = "FILE",
            description =
                    "The machine state: an envelope of Coldframe, or any other file, which is kept "
                            + "as it is. Default: none.")
    private Optional<Path> state = Optional.empty();

    @Option(
            names = "--opaque",
            description =
                    "Keep the state as it is, though it begins as an envelope does: so do "
                            + "Firecracker's and squib's.")
    private boolean opaque;

    @Option(
            names = "--arch",
            paramLabel = "ARCH",
            description =
                    "The guest's architecture, x86_64 or aarch64, where the state does not tell. "
                            + "Default: this host's.")
    private Optional<String> architecture = Optional.empty();

    @Option(
            names = "--vcpus",
            paramLabel = "N",
            description =
                    "How many virtual CPUs the guest has, where the state does not tell. Default: "
                            + "1.")
    private Optional<Integer> vcpuCount = Optional.empty();

    @SuppressWarnings("NullAway.Init") // picocli sets it.
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    /// Whether the command line names one.
    boolean isAsked() {
        return state.isPresent();
    }

    StateSource read() throws IOException, CommandFailure {
        if (state.isEmpty()) {
            Architecture guest = architecture();
            return UserInput.check(() -> StateSource.none(guest, vcpuCount.orElse(1)));
        }
        Path file = state.get();
        if (Files.size(file) > StateSource.OPAQUE_BYTE_COUNT_MAX) {
            throw new CommandFailure(
                    ExitCode.NO_INPUT,
                    "a state of %d bytes, of at most %d: %s"
                            .formatted(Files.size(file), StateSource.OPAQUE_BYTE_COUNT_MAX, file));
        }
        byte[] bytes = Files.readAllBytes(file);
        if (!opaque && beginsAsEnvelope(bytes)) {
            return StateSource.machine(decode(bytes, file).state());
        }
        Architecture guest = architecture();
        return UserInput.check(
                () -> StateSource.opaque(MemorySegment.ofArray(bytes), guest, vcpuCount.orElse(1)));
    }

    private static boolean beginsAsEnvelope(byte[] bytes) {
        if (bytes.length < Long.BYTES) {
            return false;
        }
        long magic = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        return Architecture.ofMagic(magic).isPresent();
    }

    private static StateEnvelope decode(byte[] bytes, Path file) throws SnapshotException {
        try {
            return StateEnvelope.decode(bytes, file);
        } catch (SnapshotException wrong) {
            throw new SnapshotException(
                    wrong.kind(),
                    wrong.reason(),
                    wrong.getMessage() + "; if another VMM wrote it, take --opaque",
                    file,
                    wrong);
        }
    }

    private Architecture architecture() {
        String name = architecture.orElse(System.getProperty("os.arch", ""));
        return Architecture.named(name.equals("amd64") ? "x86_64" : name)
                .orElseThrow(
                        () ->
                                new ParameterException(
                                        spec.commandLine(),
                                        "--arch is one of %s, not '%s'"
                                                .formatted(
                                                        Arrays.stream(Architecture.values())
                                                                .map(Architecture::text)
                                                                .collect(Collectors.joining(", ")),
                                                        name)));
    }
}
