package io.coldframe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/// Native access is granted to one module, by name, and refused to all others: when they compile,
/// when they are scanned and when they run.
final class NativeWallTest {

    // The first release with --illegal-native-access and with jnativescan.
    private static final int JDK_THAT_DENIES = 24;

    private static final Path REPOSITORY = Path.of("../..");

    private static final String RESTRICTED_CALL =
            """
            final class Planted {
                static java.lang.foreign.MemorySegment grow(java.lang.foreign.MemorySegment some) {
                    return some.reinterpret(8);
                }
            }
            """;

    @Test
    @SuppressWarnings("restricted")
    void aRestrictedCallOutsideTheBindingsIsDenied() {
        assumeJdk("--illegal-native-access=deny");
        MemorySegment somewhere = MemorySegment.ofAddress(4096);
        assertThrows(IllegalCallerException.class, () -> somewhere.reinterpret(1));
    }

    @Test
    void oneModuleOfTheCommandLineNeedsNativeAccess() {
        assumeJdk("jnativescan");
        assertTrue(ModuleLayer.boot().findModule("info.picocli").isPresent(), "is not scanned");
        String modulePath = System.getProperty("jdk.module.path");
        assertEquals(
                "io.coldframe.bindings", modulesWithNativeCalls(modulePath, "io.coldframe.cli"));
    }

    @Test
    void aPlantedCallIsSeenByTheScan(@TempDir Path folder) throws IOException {
        assumeJdk("jnativescan");
        Path module = folder.resolve("module-info.java");
        Files.writeString(module, "module planted {}");
        Path classes = folder.resolve("classes");
        Run compiled = run("javac", "-d", classes.toString(), module.toString(), planted(folder));
        assertEquals(0, compiled.exit(), compiled.output());
        assertEquals("planted", modulesWithNativeCalls(classes.toString(), "planted"));
    }

    @ParameterizedTest
    @MethodSource("modules")
    void aRestrictedCallCompilesInTheBindingsOnly(String module, @TempDir Path folder)
            throws IOException {
        Run compiled =
                run("javac", lintOf(module), "-Werror", "-d", folder.toString(), planted(folder));
        if (module.equals("bindings")) {
            assertEquals(0, compiled.exit(), compiled.output());
        } else {
            assertNotEquals(0, compiled.exit(), module + " lets a restricted call through");
            assertTrue(compiled.output().contains("[restricted]"), compiled.output());
        }
    }

    @Test
    void everyModuleCompilesWithItsLintAndNoWarnings() throws IOException {
        String pom = Files.readString(REPOSITORY.resolve("pom.xml"));
        assertTrue(pom.contains("<arg>${lint}</arg>"), "the lint is not handed to the compiler");
        assertTrue(pom.contains("<arg>-Werror</arg>"), "a warning is not an error");
        for (String module : modules().toList()) {
            String own = Files.readString(REPOSITORY.resolve(module).resolve("pom.xml"));
            assertEquals(
                    -1, own.indexOf("combine.self"), module + " replaces the compiler's flags");
        }
    }

    static Stream<String> modules() throws IOException {
        String pom = Files.readString(REPOSITORY.resolve("pom.xml"));
        List<String> modules =
                Pattern.compile("<module>([^<]+)</module>")
                        .matcher(pom)
                        .results()
                        .map(match -> match.group(1))
                        .toList();
        assertTrue(modules.contains("bindings") && modules.size() > 1, modules.toString());
        return modules.stream();
    }

    /// The lint flag that a module is compiled with: its own, or else everybody's.
    private static String lintOf(String module) throws IOException {
        Pattern lint = Pattern.compile("<lint>([^<]+)</lint>");
        for (String pom : List.of(module + "/pom.xml", "pom.xml")) {
            String text = Files.readString(REPOSITORY.resolve(pom));
            List<String> found = lint.matcher(text).results().map(match -> match.group(1)).toList();
            if (!found.isEmpty()) {
                return found.getFirst();
            }
        }
        throw new AssertionError("no lint in any pom of " + module);
    }

    private static String planted(Path folder) throws IOException {
        Path source = folder.resolve("Planted.java");
        String header =
                Files.exists(folder.resolve("module-info.java")) ? "package planted;\n" : "";
        Files.writeString(source, header + RESTRICTED_CALL);
        return source.toString();
    }

    private static String modulesWithNativeCalls(String modulePath, String rootModule) {
        Run scan =
                run(
                        "jnativescan",
                        "--module-path",
                        modulePath,
                        "--add-modules",
                        rootModule,
                        "--print-native-access");
        assertEquals(0, scan.exit(), scan.output());
        return scan.output().strip();
    }

    /// What a tool of the JDK answered, and everything it printed.
    private record Run(int exit, String output) {}

    private static Run run(String tool, String... arguments) {
        StringWriter output = new StringWriter();
        PrintWriter printer = new PrintWriter(output, true);
        int exit =
                ToolProvider.findFirst(tool)
                        .orElseThrow(() -> new AssertionError("this JDK has no " + tool))
                        .run(printer, printer, arguments);
        return new Run(exit, output.toString());
    }

    private static void assumeJdk(String facility) {
        int release = Runtime.version().feature();
        assumeTrue(
                release >= JDK_THAT_DENIES,
                () -> facility + " needs JDK " + JDK_THAT_DENIES + ", this is " + release);
    }
}
