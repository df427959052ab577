package io.coldframe.proof;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Another JVM with the classes of this one, for what ends a process or needs one with little.
public final class ChildJvm {
    private ChildJvm() {}

    /// A process builder that runs `main` after `before`, as in `prlimit --fsize=4096`.
    public static ProcessBuilder command(
            List<String> before, List<String> options, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(before);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:-CreateCoredumpOnCrash",
                        "-Xshare:auto",
                        "-ea",
                        "--enable-native-access=ALL-UNNAMED"));
        command.addAll(options);
        command.addAll(List.of("-cp", classPath(), main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }

    private static String classPath() {
        return String.join(
                File.pathSeparator,
                "target/classes",
                "target/test-classes",
                System.getProperty("jdk.module.path", ""),
                System.getProperty("java.class.path", ""));
    }

    /// Starts it, with its complaints on ours.
    public static Process start(ProcessBuilder command) throws IOException {
        return command.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }
}
