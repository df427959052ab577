package io.coldframe.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// A file that is cut while guest memory maps it never ends the process, whatever runs the code
/// that touches it: the interpreter, either compiler, or a stub.
final class CutFileTest {
    private static final int WARM_UPS_TO_COMPILE = 1_000;

    @TempDir private Path folder;

    @ParameterizedTest
    @CsvSource({
        "-Xint, 1",
        "-XX:TieredStopAtLevel=1, " + WARM_UPS_TO_COMPILE,
        "-XX:-TieredCompilation, " + WARM_UPS_TO_COMPILE,
        "-XX:+TieredCompilation, " + WARM_UPS_TO_COMPILE
    })
    void everyTouchOfTheEngineIsAnswered(String compiler, int warmUps) throws Exception {
        List<String> expected =
                Stream.of(
                                "GET_LOOP",
                                "SET_LOOP",
                                "ATOMIC_LOOP",
                                "COPY_OUT",
                                "COPY_IN",
                                "FILL",
                                "TO_ARRAY",
                                "CHANNEL_WRITE",
                                "IS_ZERO",
                                "EQUAL",
                                "CRC32C",
                                "CLASSIFY",
                                "CLASSIFY_WITH_SUMS")
                        .map(touch -> touch + " CORRUPT")
                        .toList();
        assertEquals(expected, run(compiler, Integer.toString(warmUps)));
    }

    /// All that the child printed; of a crash that is the JVM's report.
    private List<String> run(String compiler, String warmUps) throws Exception {
        String classes =
                String.join(
                        File.pathSeparator,
                        "target/classes",
                        "target/test-classes",
                        System.getProperty("jdk.module.path", ""),
                        System.getProperty("java.class.path", ""));
        Process child =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                compiler,
                                "-Xbatch",
                                "-XX:+UseSerialGC",
                                "-XX:-CreateCoredumpOnCrash",
                                "-XX:ErrorFile=" + folder.resolve("crash"),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                classes,
                                CutFileProbe.class.getName(),
                                warmUps,
                                folder.toString())
                        .redirectErrorStream(true)
                        .start();
        try (var lines = child.inputReader().lines()) {
            return lines.toList();
        } finally {
            child.waitFor();
        }
    }
}
