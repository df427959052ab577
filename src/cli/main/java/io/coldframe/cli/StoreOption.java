package io.coldframe.cli;

import io.coldframe.SnapshotException;
import io.coldframe.snapshot.SnapshotStore;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.util.Optional;

/// `--store`, of every command that works in one.
public final class StoreOption {

    private static final String VARIABLE = "COLDFRAME_STORE";

    @Option(
            names = "--store",
            paramLabel = "DIR",
            description = "The store: a directory of snapshots. Default: $" + VARIABLE + ".")
    private Optional<Path> store = Optional.empty();

    @SuppressWarnings("NullAway.Init") // picocli sets it.
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    /// For picocli.
    public StoreOption() {}

    /// Whether the command line names it, and not only the environment.
    public boolean isAsked() {
        return store.isPresent();
    }

    /// Whether there is one at all.
    public boolean isNamed() {
        return isAsked() || !ofEnvironment().isEmpty();
    }

    /// Where it is.
    public Path directory() {
        if (store.isPresent()) {
            return store.get();
        }
        String named = ofEnvironment();
        if (named.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "name a store by --store or " + VARIABLE);
        }
        return Path.of(named);
    }

    /// One that is there.
    public SnapshotStore open() throws SnapshotException {
        return SnapshotStore.open(directory());
    }

    /// One that is there, without as much as the removal of dead drafts.
    public SnapshotStore openAsFound() throws SnapshotException {
        return SnapshotStore.openAsFound(directory());
    }

    /// One that is there, or a new one.
    public SnapshotStore createOrOpen() throws SnapshotException {
        return SnapshotStore.createOrOpen(directory());
    }

    private static String ofEnvironment() {
        return Optional.ofNullable(System.getenv(VARIABLE)).orElse("");
    }
}
