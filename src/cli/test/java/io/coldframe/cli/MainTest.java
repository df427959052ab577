package io.coldframe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.coldframe.SnapshotException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import picocli.CommandLine;
import picocli.CommandLine.Command;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

final class MainTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        return with(Main.commandLine()).execute(args);
    }

    private CommandLine with(CommandLine commandLine) {
        return commandLine.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    }

    @Test
    void theVersionNamesTheBuildTheJdkAndTheSystem() {
        assertEquals(ExitCode.OK, run("--version"));
        List<String> lines = out.toString().lines().toList();
        assertTrue(
                lines.getFirst().matches("coldframe \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?"),
                lines.getFirst());
        assertEquals("JDK " + Version.jdk(), lines.get(1));
        assertEquals(Version.operatingSystem(), lines.get(2));
    }

    @Test
    void helpListsTheCommandsAndEveryExitCode() {
        assertEquals(ExitCode.OK, run("--help"));
        String help = out.toString();
        assertTrue(help.contains("  doctor  "), help);
        List<Integer> codes = List.of(0, 1, 2, 64, 66, 69, 70, 73, 74, 75, 130);
        for (int code : codes) {
            assertTrue(help.contains("\n  %-3d   ".formatted(code)), code + ": " + help);
        }
    }

    @Test
    void theHelpOfACommandHasTheSameExitCodes() {
        assertEquals(ExitCode.OK, run("doctor", "--help"));
        assertTrue(out.toString().contains("\n  69   "), out.toString());
    }

    @Test
    void withoutACommandUsageGoesToStandardError() {
        assertEquals(ExitCode.USAGE, run());
        assertEquals("", out.toString());
        assertTrue(err.toString().contains("Usage: coldframe "), err.toString());
    }

    @Test
    void anUnknownOptionIsNamed() {
        assertEquals(ExitCode.USAGE, run("doctor", "--jsno"));
        assertEquals("", out.toString());
        assertTrue(
                err.toString().startsWith("coldframe: Unknown option: '--jsno'\n"), err.toString());
    }

    @Test
    void anUnknownCommandIsNamed() {
        assertEquals(ExitCode.USAGE, run("docter"));
        assertTrue(err.toString().contains("docter"), err.toString());
        assertTrue(err.toString().contains("Did you mean"), err.toString());
    }

    @Test
    void aDirectoryThatIsNoneIsNamed(@TempDir Path folder) throws Exception {
        assertEquals(ExitCode.NO_INPUT, run("doctor", "--dir", folder.resolve("no").toString()));
        Path file = Files.createFile(folder.resolve("file"));
        assertEquals(ExitCode.NO_INPUT, run("doctor", "--dir", file.toString()));
        assertEquals(
                List.of(
                        "coldframe: --dir is not a directory: " + folder.resolve("no"),
                        "coldframe: --dir is not a directory: " + file),
                err.toString().lines().toList());
    }

    /// Where root has every permission, and still can't make a folder.
    @Test
    void aDirectoryThatTakesNoFolderIsNamed() {
        Path place = Path.of("/proc");
        assumeTrue(Files.isDirectory(place), "no " + place);
        assertEquals(ExitCode.NO_INPUT, run("doctor", "--dir", place.toString()));
        assertEquals("", out.toString());
        assertEquals("coldframe: --dir can't be written: /proc\n", err.toString());
    }

    @Test
    void doctorPrintsOneJsonObjectWhereItIsAsked(@TempDir Path folder) {
        assertEquals(ExitCode.OK, run("doctor", "--json", "--dir", folder.toString()));
        Map<?, ?> report = (Map<?, ?>) StrictJson.parse(out.toString());
        assertEquals(folder.toString(), report.get("directory"));
        assertEquals("", err.toString());
    }

    @Command(name = "broken")
    private static final class Broken implements Callable<Integer> {
        private final Throwable failure;

        Broken(Throwable failure) {
            this.failure = failure;
        }

        @Override
        public Integer call() throws Exception {
            if (failure instanceof Error error) {
                throw error;
            }
            throw (Exception) failure;
        }
    }

    private int runBroken(Throwable failure) {
        CommandLine broken = with(Main.commandLine().addSubcommand(new Broken(failure)));
        return Main.execute(broken, "broken");
    }

    @Test
    void aDefectShowsItsTrace() {
        assertEquals(ExitCode.DEFECT, runBroken(new IllegalStateException("what now")));
        assertTrue(err.toString().startsWith("coldframe: this is a defect"), err.toString());
        assertTrue(err.toString().contains("IllegalStateException: what now\n\tat "));
    }

    @Test
    void anErrorIsADefectToo() {
        assertEquals(ExitCode.DEFECT, runBroken(new AssertionError("never")));
        assertTrue(err.toString().startsWith("coldframe: this is a defect"), err.toString());
        assertTrue(err.toString().contains("AssertionError: never\n\tat "), err.toString());
    }

    @Test
    void aFailureOfTheEngineIsOneLineAndItsKindTheCode() {
        SnapshotException failure =
                new SnapshotException(SnapshotException.Kind.CONFLICT, "two\nwriters", "a/b");
        assertEquals(ExitCode.CONFLICT, runBroken(failure));
        assertEquals("coldframe: two\\u000awriters [a/b]\n", err.toString());
    }

    @Test
    void aFailureOutsideIsOneLine() {
        assertEquals(ExitCode.IO, runBroken(new java.io.IOException("the disk is on fire")));
        assertEquals("coldframe: the disk is on fire\n", err.toString());
    }
}
