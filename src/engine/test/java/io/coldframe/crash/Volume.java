package io.coldframe.crash;

import org.junit.jupiter.api.Assumptions;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A place for files on a file system of a known type.
///
/// **Threads.** One at a time makes folders; the folders are anybody's.
public final class Volume {
    private final String type;
    private final long mebibytes;
    private final List<String> makeCommand;
    private Optional<Path> folder = Optional.empty();
    private Optional<String> whyNot = Optional.empty();

    private Volume(String type, long mebibytes, List<String> makeCommand) {
        this.type = type;
        this.mebibytes = mebibytes;
        this.makeCommand = makeCommand;
    }

    /// Where the JDK puts temporary files.
    static Volume ofTemporaryFiles() {
        return new Volume("temporary files", 0, List.of());
    }

    /// One that is mounted when it is first needed.
    ///
    /// @param makeCommand makes the file system in the image named last; empty if it needs none
    static Volume mounted(String type, long mebibytes, String... makeCommand) {
        return new Volume(type, mebibytes, List.of(makeCommand));
    }

    /// Whether it can be filled without harm.
    public boolean isSmall() {
        return mebibytes > 0;
    }

    /// A new empty folder, which nobody need remove. Where the file system cannot be mounted the
    /// test is skipped, and says what it lacks.
    public synchronized Path newFolder() {
        if (folder.isEmpty() && whyNot.isEmpty()) {
            open();
        }
        whyNot.ifPresent(Assumptions::abort);
        try {
            return Files.createTempDirectory(folder.orElseThrow(), "test").toRealPath();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void open() {
        try {
            Path base = Files.createTempDirectory("coldframe-volume");
            folder = Optional.of(base);
            if (isSmall()) {
                whyNot = mount(base);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// Mounts it, or says why that does not work here.
    private Optional<String> mount(Path base) throws IOException {
        if (System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac")) {
            return Optional.of("macOS has no " + type + " to mount");
        }
        List<String> mount = new ArrayList<>(List.of("mount", "-t", type));
        if (makeCommand.isEmpty()) {
            mount.addAll(List.of("-o", "size=" + mebibytes + "m", type));
        } else {
            Path image = image(base);
            try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
                file.setLength(mebibytes << 20);
            }
            List<String> make = new ArrayList<>(makeCommand);
            make.add(image.toString());
            Optional<String> failure = run(make);
            if (failure.isPresent()) {
                return failure;
            }
            mount.addAll(List.of("-o", "loop", image.toString()));
        }
        mount.add(base.toString());
        return run(mount);
    }

    private static Path image(Path base) {
        return base.resolveSibling(base.getFileName() + ".image");
    }

    /// Runs a command. @return why a test cannot have what it makes
    private static Optional<String> run(List<String> command) throws IOException {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exit = process.waitFor();
            return exit == 0
                    ? Optional.empty()
                    : Optional.of("needs root and loop devices: " + command + ": " + output);
        } catch (IOException absent) {
            return Optional.of("needs " + command.getFirst() + ": " + absent.getMessage());
        } catch (InterruptedException early) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted in " + command, early);
        }
    }

    synchronized void close() {
        try {
            if (folder.isPresent()) {
                Path base = folder.get();
                if (isSmall() && whyNot.isEmpty()) {
                    run(List.of("umount", base.toString())).ifPresent(Volume::fail);
                }
                Disk.delete(base);
                Files.deleteIfExists(image(base));
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void fail(String what) {
        throw new AssertionError(what);
    }

    @Override
    public String toString() {
        return type;
    }
}
