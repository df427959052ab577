package io.coldframe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.cli.FakeTree.Result;
import io.coldframe.cli.FakeTree.Running;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The launcher, in a child process with an environment of its own, in a tree whose Maven and
/// whose Java only write down how they were called.
final class LauncherTest {

    private static final List<String> MOVING =
            List.of(
                    "bench", "save", "capture", "compact", "diff", "restore", "verify", "fsck",
                    "import", "export");

    @TempDir private Path scratch;
    private FakeTree tree;
    private Path jdk;
    private Map<String, String> withJdk;

    /// The shells of this machine that a `/bin/sh` may be, its own first.
    static Stream<String> shells() throws IOException {
        Path own = FakeTree.which("sh").toRealPath();
        return Stream.concat(
                Stream.of("sh"),
                Stream.of("dash", "bash", "bash --posix", "busybox sh", "ksh", "mksh", "yash")
                        .filter(shell -> isAnother(shell.split(" ", -1)[0], own)));
    }

    private static boolean isAnother(String shell, Path own) {
        return FakeTree.find(shell).filter(path -> !sameFile(path, own)).isPresent();
    }

    private static boolean sameFile(Path one, Path other) {
        try {
            return Files.isSameFile(one, other);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @BeforeEach
    void plant() throws IOException {
        tree = new FakeTree(scratch, "a tree");
        jdk = tree.jdk(scratch.resolve("jdks/a jdk"), "22.0.1");
        withJdk = Map.of("COLDFRAME_JAVA_HOME", jdk.toString());
    }

    @ParameterizedTest
    @MethodSource("shells")
    void argumentsArriveUntouched(String shell) throws Exception {
        String[] args = {"doctor", "", "a b", "*", "$HOME", "--x='\"\\y", "new\nline", "-XX:z"};
        Result result = tree.run(shell, withJdk, args);
        assertEquals("", String.join("", result.errLines().stream().skip(1).toList()));
        String expected = "io.coldframe.cli/io.coldframe.cli.Main][" + String.join("][", args);
        assertTrue(result.out().endsWith(expected + "]"), result.out());
    }

    @ParameterizedTest
    @MethodSource("shells")
    void theModulePathAndTheOneGrantAreExact(String shell) throws Exception {
        Result result = tree.run(shell, withJdk);
        String modules = tree.target().resolve("modules").toString();
        assertTrue(result.out().contains("[-p][" + modules + "]"), result.out());
        assertTrue(
                result.out().contains("[--enable-native-access=io.coldframe.bindings][-m]"),
                result.out());
    }

    @ParameterizedTest
    @MethodSource("shells")
    void whatMovesMemoryGetsTheSecondCompiler(String shell) throws Exception {
        for (String quick : List.of("doctor", "describe", "ls", "map", "--version", "bench ")) {
            String out = tree.run(shell, withJdk, quick, "save").out();
            assertTrue(out.contains("[-XX:TieredStopAtLevel=1]"), out);
        }
        for (String moving : MOVING) {
            String out = tree.run(shell, withJdk, moving, "doctor").out();
            assertFalse(out.contains("TieredStopAtLevel"), out);
            assertTrue(out.contains("[-XX:+UseSerialGC]"), out);
        }
    }

    @ParameterizedTest
    @MethodSource("shells")
    void itIsFoundThroughLinksInFoldersWithSpaces(String shell) throws Exception {
        Path far = Files.createDirectories(scratch.resolve("far away"));
        Path second = Files.createSymbolicLink(scratch.resolve("second"), tree.launcher());
        Path first = Files.createSymbolicLink(far.resolve("first one"), Path.of("../second"));
        for (Path link : List.of(first, second, Path.of("second"), Path.of("far away/first one"))) {
            Result result = tree.start(shell, link, withJdk, "x").await();
            assertEquals(0, result.exitCode(), result.err());
            assertTrue(result.out().contains("[" + tree.target().resolve("modules") + "]"));
        }
    }

    @ParameterizedTest
    @MethodSource("shells")
    void withoutAJavaItSaysSoInOneLineAndExits69(String shell) throws Exception {
        tree.jdk(tree.home().resolve(".jdks/old"), "17.0.9");
        Result result = tree.run(shell, Map.of(), "doctor");
        assertEquals(69, result.exitCode());
        assertEquals("", result.out());
        assertEquals(
                List.of(
                        "coldframe: needs a JDK 22 or later (with javac, to build); none found."
                                + " Install one, or set COLDFRAME_JAVA_HOME"),
                result.errLines());
        assertEquals(List.of(), tree.builds());
    }

    @ParameterizedTest
    @MethodSource("shells")
    void itsOwnVariableIsObeyedOrRefusedByName(String shell) throws Exception {
        tree.run(shell, withJdk);
        Path good = tree.jdk(tree.home().resolve(".jdks/good"), "25");
        Path old = tree.jdk(scratch.resolve("old"), "21.0.4");
        Map<String, String> environment =
                Map.of("COLDFRAME_JAVA_HOME", old.toString(), "JAVA_HOME", good.toString());
        Result result = tree.run(shell, environment);
        assertEquals(69, result.exitCode());
        assertEquals(
                List.of(
                        "coldframe: COLDFRAME_JAVA_HOME is "
                                + old
                                + ", which is not a JDK 22 or later"),
                result.errLines());
    }

    @ParameterizedTest
    @MethodSource("shells")
    void theFirstThatIsNewEnoughIsTaken(String shell) throws Exception {
        tree.run(shell, withJdk);
        Path inHome = tree.jdk(tree.home().resolve(".jdks/b"), "24");
        tree.jdk(tree.home().resolve(".jdks/a"), "23");
        tree.jdk(tree.home().resolve(".jdks/c"), "8");
        assertEquals(inHome, javaOf(tree.run(shell, Map.of())));

        // Behind two links, as the alternatives of a distribution are.
        Path onPath = tree.java(scratch.resolve("jre 23"), "23-ea");
        Files.createSymbolicLink(scratch.resolve("alternative"), onPath.resolve("bin/java"));
        Files.createSymbolicLink(tree.tools().resolve("java"), Path.of("../alternative"));
        assertEquals(onPath, javaOf(tree.run(shell, Map.of())));

        Path old = tree.jdk(scratch.resolve("old"), "1.8.0_392");
        assertEquals(onPath, javaOf(tree.run(shell, Map.of("JAVA_HOME", old.toString()))));

        Map<String, String> both = Map.of("JAVA_HOME", jdk.toString());
        assertEquals(jdk, javaOf(tree.run(shell, both)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"22", "22-ea", "22.0.2", "25.0.3", "100.1"})
    void aReleaseFrom22Is(String version) throws Exception {
        Path home = tree.jdk(scratch.resolve("some"), version);
        Map<String, String> environment = Map.of("COLDFRAME_JAVA_HOME", home.toString());
        assertEquals(0, tree.run("sh", environment).exitCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "21.0.9", "9", "1.8.0_392", "x22", "ea"})
    void anythingElseIsNot(String version) throws Exception {
        Path home = tree.jdk(scratch.resolve("some"), version);
        Map<String, String> environment = Map.of("COLDFRAME_JAVA_HOME", home.toString());
        assertEquals(69, tree.run("sh", environment).exitCode());
    }

    @ParameterizedTest
    @MethodSource("shells")
    void whatIsMissingIsBuiltOnceWithTheJavaThatWasFound(String shell) throws Exception {
        // A runtime without a compiler would do for the second run, not for the first.
        Path runtime = tree.java(tree.home().resolve(".jdks/runtime"), "90");
        Path whole = tree.jdk(tree.home().resolve(".jdks/whole"), "50");
        Result first = tree.run(shell, Map.of());
        assertEquals(1, first.errLines().size(), first.err());
        assertEquals(1, tree.builds().size());
        assertTrue(tree.builds().getFirst().startsWith(whole + " -f "), tree.builds().getFirst());

        Result second = tree.run(shell, Map.of());
        assertEquals("", second.err());
        assertEquals(1, tree.builds().size());
        assertEquals(runtime, javaOf(second));
    }

    @ParameterizedTest
    @MethodSource("shells")
    void aChangedSourceIsBuilt(String shell) throws Exception {
        Path source = Files.createFile(tree.top().resolve("src/engine/main/A.java"));
        tree.run(shell, withJdk);
        assertEquals(1, tree.builds().size());

        FileTime later = FileTime.from(built().toInstant().plusSeconds(5));
        Files.setLastModifiedTime(source, later);
        tree.run(shell, withJdk);
        assertEquals(2, tree.builds().size());

        // The build was over before the source's time: it is stale until the clock has passed it.
        Files.setLastModifiedTime(source, FileTime.fromMillis(0));
        tree.run(shell, withJdk);
        assertEquals(2, tree.builds().size());

        Files.delete(source);
        Files.setLastModifiedTime(source.getParent(), later);
        tree.run(shell, withJdk);
        assertEquals(3, tree.builds().size());
    }

    /// The time of the jar is that of the build's begin.
    @Test
    void whatIsEditedDuringABuildIsBuiltByTheNext() throws Exception {
        Path source = Files.createFile(tree.top().resolve("src/cli/main/A.java"));
        tree.maven(": >\"$top/src/cli/main/A.java\"\n" + FakeTree.MAKES_THE_JARS);
        tree.run("sh", withJdk);
        assertTrue(built().compareTo(Files.getLastModifiedTime(source)) <= 0);
    }

    @ParameterizedTest
    @MethodSource("shells")
    void aBuildThatFailsShowsWhyAndNothingRuns(String shell) throws Exception {
        tree.maven("echo 'the disk is on fire'\nexit 3");
        Result result = tree.run(shell, withJdk, "doctor");
        assertEquals(70, result.exitCode());
        assertEquals("", result.out());
        assertTrue(result.err().contains("\nthe disk is on fire\n"), result.err());

        // Its lock is gone with it.
        tree.maven(FakeTree.MAKES_THE_JARS);
        assertEquals(0, tree.run(shell, withJdk).exitCode());
    }

    /// As of a service: Maven's wrapper stops where it has no place to be.
    @ParameterizedTest
    @MethodSource("shells")
    void withoutAHomeFolderItBuildsAllTheSame(String shell) throws Exception {
        tree.maven("echo \"Maven lies in ${MAVEN_USER_HOME-}\"\nexit 3");
        Map<String, String> homeless = Map.of("COLDFRAME_JAVA_HOME", jdk.toString(), "HOME", "");
        String err = tree.run(shell, homeless).err();
        assertTrue(err.contains("Maven lies in " + tree.target().resolve("maven") + "\n"), err);
        // Who has a home needs nothing.
        err = tree.run(shell, withJdk).err();
        assertTrue(err.contains("Maven lies in \n"), err);
    }

    @ParameterizedTest
    @MethodSource("shells")
    void firstRunsAtOnceBuildOnce(String shell) throws Exception {
        // Long enough for the others to come to the lock; if they don't, there is less to see.
        tree.maven("sleep 1; sleep 1; sleep 1; sleep 1\n" + FakeTree.MAKES_THE_JARS);
        List<Running> runs =
                List.of(
                        tree.start(shell, tree.launcher(), withJdk, "1"),
                        tree.start(shell, tree.launcher(), withJdk, "2"),
                        tree.start(shell, tree.launcher(), withJdk, "3"));
        for (Running run : runs) {
            Result result = run.await();
            assertEquals(0, result.exitCode(), result.err());
            assertEquals(jdk, javaOf(result));
        }
        assertEquals(1, tree.builds().size());
        assertEquals(List.of(), draftsLeft());
    }

    @ParameterizedTest
    @MethodSource("shells")
    void theLockOfADeadBuilderIsTakenOver(String shell) throws Exception {
        Process dead = new ProcessBuilder(FakeTree.which("true").toString()).start();
        dead.waitFor();
        Files.createDirectories(tree.target());
        Files.createSymbolicLink(tree.target().resolve("build.lock"), Path.of("pid-" + dead.pid()));
        assertEquals(0, tree.run(shell, withJdk).exitCode());
        assertFalse(Files.isSymbolicLink(tree.target().resolve("build.lock")));
    }

    @ParameterizedTest
    @MethodSource("shells")
    void aTreeThatCannotBeWrittenIsNotBuilt(String shell) throws Exception {
        // A file in the folder's place stands for a read-only tree: it stops root as well.
        Files.createFile(tree.target());
        Result result = tree.run(shell, withJdk);
        assertEquals(70, result.exitCode());
        assertEquals(
                List.of("coldframe: is not built yet, and " + tree.target() + " can't be written"),
                result.errLines());
    }

    @ParameterizedTest
    @MethodSource("shells")
    void eachJavaGetsOneArchive(String shell) throws Exception {
        tree.run(shell, withJdk);
        assertEquals(1, tree.archivesMade());
        Result second = tree.run(shell, withJdk);
        assertEquals(1, tree.archivesMade());
        String name = "22.0.1" + jdk.toString().replace('/', '_') + ".jsa";
        Path archive = tree.target().resolve("archive").resolve(name);
        assertTrue(second.out().contains("[-XX:SharedArchiveFile=" + archive + "]"), second.out());

        Path other = tree.jdk(scratch.resolve("other"), "22.0.1");
        tree.run(shell, Map.of("COLDFRAME_JAVA_HOME", other.toString()));
        assertEquals(2, tree.archivesMade());

        // A build makes all of them old.
        Files.setLastModifiedTime(
                tree.target().resolve("modules/coldframe-cli.jar"),
                FileTime.from(Files.getLastModifiedTime(archive).toInstant().plusSeconds(1)));
        tree.run(shell, withJdk);
        assertEquals(3, tree.archivesMade());
        assertEquals(List.of(), draftsLeft());
    }

    /// The JVM takes the archive of another place for its own, and fails when it reads the jars.
    @ParameterizedTest
    @MethodSource("shells")
    void aTreeThatMovedGetsAnArchiveOfItsOwn(String shell) throws Exception {
        tree.run(shell, withJdk);
        Path moved = scratch.resolve("another place");
        Files.move(tree.top(), moved);
        Path launcher = moved.resolve("coldframe");
        Result first = tree.start(shell, launcher, withJdk).await();
        assertEquals("", first.err());
        assertEquals(2, tree.archivesMade());
        assertTrue(first.out().contains("[-XX:SharedArchiveFile=" + moved), first.out());
        assertEquals(0, tree.start(shell, launcher, withJdk).await().exitCode());
        assertEquals(2, tree.archivesMade());

        // Where none can be made, the one that is there is left alone.
        Path target = moved.resolve("src/cli/target");
        Files.writeString(target.resolve("archive.place"), "/elsewhere\n");
        Files.move(target.resolve("archive"), scratch.resolve("away"));
        Files.createFile(target.resolve("archive"));
        Result bare = tree.start(shell, launcher, withJdk).await();
        assertEquals("", bare.err());
        assertFalse(bare.out().contains("SharedArchiveFile"), bare.out());
    }

    @ParameterizedTest
    @MethodSource("shells")
    void aJavaThatMakesNoArchiveIsAskedOnce(String shell) throws Exception {
        Path stubborn = tree.jdk(scratch.resolve("stubborn"), "22");
        Path log = scratch.resolve("stubborn.log");
        Files.writeString(
                stubborn.resolve("bin/java"),
                "#!/bin/sh\necho \"$*\" >>'"
                        + log
                        + "'\ncase $* in *ArchiveClasses*) exit 1;; esac\n");
        Map<String, String> environment = Map.of("COLDFRAME_JAVA_HOME", stubborn.toString());
        for (int run = 1; run <= 3; run++) {
            Result result = tree.run(shell, environment);
            assertEquals(0, result.exitCode());
        }
        List<String> calls = Files.readAllLines(log);
        assertEquals(4, calls.size(), calls.toString());
        assertEquals(1, calls.stream().filter(call -> call.contains("Archive")).count());
    }

    @ParameterizedTest
    @MethodSource("shells")
    void withoutAPlaceForTheArchiveItStillRuns(String shell) throws Exception {
        tree.run(shell, withJdk);
        Path archives = tree.target().resolve("archive");
        Files.move(archives, scratch.resolve("away"));
        Files.createFile(archives);
        Result result = tree.run(shell, withJdk, "x");
        assertEquals(0, result.exitCode());
        assertEquals("", result.err());
        assertFalse(result.out().contains("SharedArchiveFile"), result.out());
    }

    private FileTime built() throws IOException {
        return Files.getLastModifiedTime(tree.target().resolve("modules/coldframe-cli.jar"));
    }

    private List<Path> draftsLeft() throws IOException {
        try (Stream<Path> files = Files.list(tree.target().resolve("archive"))) {
            return files.filter(file -> !file.toString().endsWith(".jsa")).toList();
        }
    }

    private static Path javaOf(Result result) {
        String first = result.out().lines().findFirst().orElseThrow(AssertionError::new);
        return Path.of(first.substring("java ".length()));
    }
}
