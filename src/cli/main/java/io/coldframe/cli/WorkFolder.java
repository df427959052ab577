package io.coldframe.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/// A folder of one trial's own, in the directory that is tried. It goes with all that is in it when
/// the trial ends, and also when a signal ends the process before that.
public final class WorkFolder implements AutoCloseable {

    private static final int EXIT_ATTEMPTS_MAX = 100;

    private final Path path;
    private final Thread atExit = new Thread(this::removeAtExit, "remove-work-folder");

    private WorkFolder(Path path) {
        this.path = path;
    }

    /// A new one.
    ///
    /// @param directory where it lies
    /// @param who what its name begins with
    public static WorkFolder in(Path directory, String who) throws IOException {
        WorkFolder folder =
                new WorkFolder(Files.createTempDirectory(directory, ".coldframe-" + who + "-"));
        try {
            Runtime.getRuntime().addShutdownHook(folder.atExit);
        } catch (IllegalStateException exiting) {
            folder.remove();
            throw exiting;
        }
        return folder;
    }

    /// Where it is.
    public Path path() {
        return path;
    }

    /// A name in it.
    public Path resolve(String name) {
        return path.resolve(name);
    }

    private void remove() {
        try {
            removeOnce();
        } catch (IOException failure) {
            throw new UncheckedIOException("can't remove " + path, failure);
        }
    }

    private void removeOnce() throws IOException {
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    /// While the hook runs the trial may still be making files, so one pass may not be enough.
    private void removeAtExit() {
        for (int attempt = 0; attempt < EXIT_ATTEMPTS_MAX && Files.exists(path); attempt++) {
            try {
                removeOnce();
            } catch (IOException | UncheckedIOException busy) {
                Thread.onSpinWait();
            }
        }
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException exiting) {
            // The hook is at it already.
            return;
        }
        remove();
    }
}
