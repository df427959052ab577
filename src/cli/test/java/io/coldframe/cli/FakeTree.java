package io.coldframe.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A tree with the real launcher in it and nothing else that is real: its Maven and its Java are
/// scripts that write down how they were called.
///
/// The child sees an empty environment, and a PATH of the few tools that the launcher may use.
final class FakeTree {

    private static final Path TOP = Path.of("..", "..").toAbsolutePath();
    private static final String FINDER = ".mvn/find-java.sh";

    /// All outside the shell that the launcher may call, beside `sleep`.
    private static final List<String> TOOLS =
            List.of("cat", "find", "ln", "mkdir", "mv", "readlink", "rm", "touch");

    /// A Maven that works.
    static final String MAKES_THE_JARS =
            """
            modules=$top/src/cli/target/modules
            mkdir -p "$modules"
            : >"$modules/coldframe-cli.jar"
            """;

    /// What a run left: its exit code and what it printed.
    record Result(int exitCode, String out, String err) {

        List<String> errLines() {
            return err.lines().toList();
        }
    }

    private final Path scratch;
    private final Path top;

    /// @param scratch an empty directory
    /// @param name the tree's place in it
    FakeTree(Path scratch, String name) throws IOException {
        this.scratch = scratch;
        this.top = scratch.resolve(name);
        for (String folder :
                List.of("bindings/main", "bindings/generated", "src/engine/main", "src/cli/main")) {
            Files.createDirectories(top.resolve(folder));
        }
        for (String pom : List.of("", "bindings/", "src/engine/", "src/cli/")) {
            Files.createFile(top.resolve(pom + "pom.xml"));
        }
        script(top.resolve("coldframe"), Files.readString(TOP.resolve("coldframe")));
        Files.createDirectories(top.resolve(".mvn"));
        Files.writeString(top.resolve(FINDER), finderWithoutTheUsualFolders());
        for (String tool : TOOLS) {
            Files.createDirectories(tools());
            script(tools().resolve(tool), "#!/bin/sh\nexec " + which(tool) + " \"$@\"\n");
        }
        // Waiting is all that it is for, and the shorter the better.
        script(tools().resolve("sleep"), "#!/bin/sh\nexec " + which("sleep") + " 0.05\n");
        maven(MAKES_THE_JARS);
    }

    /// The machine's own JDKs must not be found.
    private static String finderWithoutTheUsualFolders() throws IOException {
        String text = Files.readString(TOP.resolve(FINDER));
        int from = text.indexOf("for home in");
        int to = text.indexOf("; do", from);
        if (from < 0 || to < 0) {
            throw new AssertionError("the list of the usual folders moved: " + FINDER);
        }
        return text.substring(0, from)
                + text.substring(from, to).replaceAll("(?<=\\s)/", "/nowhere/")
                + text.substring(to);
    }

    /// Where the machine has a tool.
    static Path which(String tool) {
        return find(tool).orElseThrow(() -> new AssertionError("no " + tool + " on the PATH"));
    }

    /// Where the machine has a tool, if it has.
    static Optional<Path> find(String tool) {
        return Stream.of(System.getenv("PATH").split(":", -1))
                .map(folder -> Path.of(folder, tool))
                .filter(Files::isExecutable)
                .findFirst();
    }

    Path top() {
        return top;
    }

    Path launcher() {
        return top.resolve("coldframe");
    }

    Path target() {
        return top.resolve("src/cli/target");
    }

    Path home() {
        return scratch.resolve("home");
    }

    Path tools() {
        return scratch.resolve("tools");
    }

    /// What Maven does when it is called; it writes down its Java home and its arguments first.
    void maven(String script) throws IOException {
        Path log = scratch.resolve("maven.log");
        script(
                top.resolve("mvnw"),
                "#!/bin/sh\ntop=${0%/*}\necho \"$JAVA_HOME $*\" >>'" + log + "'\n" + script + "\n");
    }

    /// The calls of Maven so far.
    List<String> builds() throws IOException {
        Path log = scratch.resolve("maven.log");
        return Files.exists(log) ? Files.readAllLines(log) : List.of();
    }

    /// A Java that prints its home and its arguments, each in brackets, and can make an archive.
    Path java(Path home, String version) throws IOException {
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(
                home.resolve("release"),
                "IMPLEMENTOR=\"Nobody\"\nJAVA_VERSION=\"" + version + "\"\nOS_NAME=\"None\"\n");
        script(
                home.resolve("bin/java"),
                """
                #!/bin/sh
                for argument in "$@"; do
                    case $argument in
                        -XX:ArchiveClassesAtExit=*)
                            echo archive >"${argument#*=}"
                            echo x >>'%s'
                            exit
                            ;;
                    esac
                done
                echo 'java %s'
                printf '[%%s]' "$@"
                """
                        .formatted(scratch.resolve("archives.log"), home));
        return home;
    }

    /// A Java with its compiler.
    Path jdk(Path home, String version) throws IOException {
        java(home, version);
        script(home.resolve("bin/javac"), "#!/bin/sh\n");
        return home;
    }

    /// How many archives were made so far.
    int archivesMade() throws IOException {
        Path log = scratch.resolve("archives.log");
        return Files.exists(log) ? Files.readAllLines(log).size() : 0;
    }

    /// A run that may still be going on.
    record Running(Process process, Path out, Path err) {

        Result await() throws IOException, InterruptedException {
            if (!process.waitFor(1, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new AssertionError("the launcher hangs: " + Files.readString(err));
            }
            return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
        }
    }

    /// Starts the launcher under a shell that is named with its options.
    Running start(String shell, Path launcher, Map<String, String> environment, String... args)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(shell.split(" ", -1)));
        command.set(0, which(command.getFirst()).toString());
        command.add(launcher.toString());
        command.addAll(List.of(args));
        Path out = Files.createTempFile(scratch, "out", "");
        Path err = Files.createTempFile(scratch, "err", "");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(scratch.toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", tools().toString());
        builder.environment().put("HOME", home().toString());
        builder.environment().putAll(environment);
        return new Running(builder.start(), out, err);
    }

    /// Runs the launcher to its end.
    Result run(String shell, Map<String, String> environment, String... args)
            throws IOException, InterruptedException {
        return start(shell, launcher(), environment, args).await();
    }

    private static void script(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
