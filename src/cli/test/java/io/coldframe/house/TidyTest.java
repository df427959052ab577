package io.coldframe.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/// The whole repository keeps every [HouseRule], and every rule finds what it is there for.
final class TidyTest {

    private static final String ENGINE = "src/engine/main/java/io/coldframe/Planted.java";
    private static final String ENGINE_TEST = "src/engine/test/java/io/coldframe/PlantedTest.java";

    @ParameterizedTest
    @EnumSource
    void theRepositoryKeepsTheRule(HouseRule rule) throws IOException {
        SourceTree tree = SourceTree.ofRepository();
        assertFalse(tree.files().isEmpty(), "no files below " + tree.root());
        List<Violation> found = rule.check(tree);
        assertTrue(found.isEmpty(), () -> rule + " is broken in\n" + lines(found));
    }

    @ParameterizedTest
    @EnumSource
    void theRuleFindsAPlantedOffence(HouseRule rule, @TempDir Path root) throws IOException {
        Offence offence = offence(rule);
        Path file = root.resolve(offence.path());
        Files.createDirectories(file.getParent());
        Files.writeString(file, offence.text());
        List<Violation> found = rule.check(SourceTree.under(root));
        assertTrue(
                found.stream()
                        .anyMatch(
                                violation ->
                                        violation.path().equals(offence.path())
                                                && violation.line() == offence.line()),
                () -> rule + " does not find " + offence + " but\n" + lines(found));
    }

    @Test
    void whatABuildLeavesBehindIsNotLookedAt(@TempDir Path root) throws IOException {
        Path left = Files.createDirectories(root.resolve("bindings/target/classes"));
        Files.writeString(left.resolve("Tabs.java"), "\t\n");
        Path generated = Files.createDirectories(root.resolve("bindings/generated"));
        Files.writeString(generated.resolve("Tabs.java"), "\t\n");
        assertEquals(List.of(), SourceTree.under(root).files());
    }

    @Test
    void aMissingPartOfTheTopLevelIsFound(@TempDir Path root) throws IOException {
        List<Violation> found = HouseRule.TOP_LEVEL.check(SourceTree.under(root));
        assertTrue(found.contains(new Violation("pom.xml", 0, "is missing")), found::toString);
    }

    @Test
    void everyFileThatMayBeLongIsLong() throws IOException {
        List<String> longFiles =
                SourceTree.ofRepository().files().stream()
                        .filter(file -> file.lines().size() > Checks.FILE_LINES_MAX)
                        .map(SourceFile::path)
                        .toList();
        Checks.LONG_FILES.forEach(
                (path, reason) ->
                        assertTrue(longFiles.contains(path), path + " is not long: " + reason));
    }

    /// A file that breaks one rule in one line.
    private record Offence(String path, int line, String text) {}

    // A switch, so that a rule without an offence does not compile. The texts are put together
    // from halves where this file would otherwise be an offence itself.
    private static Offence offence(HouseRule rule) {
        return switch (rule) {
            case COLUMNS -> new Offence(ENGINE, 1, "// " + "x".repeat(98) + "\n");
            case METHOD_LENGTH -> new Offence(ENGINE, 2, typeWithMethodOf(71));
            case FILE_LENGTH -> new Offence(ENGINE, 0, "//\n".repeat(501));
            case PUBLIC_TYPES_ARE_DOCUMENTED ->
                    new Offence(ENGINE, 3, "/// Type.\n\npublic final class Planted {}\n");
            case DOC_COMMENTS_ARE_MARKDOWN ->
                    new Offence(ENGINE, 1, "/** Old. */\nclass Planted {}\n");
            case DOC_COMMENTS_ARE_WHOLE ->
                    new Offence(ENGINE, 2, "/// A sentence that\n// ends.\nclass Planted {}\n");
            case NOTHING_IS_LEFT_TO_DO -> new Offence("docs/plan.md", 1, "TO" + "DO: all\n");
            case ONLY_THE_COMMAND_LINE_PRINTS ->
                    new Offence(ENGINE, 1, "class P {{ System.out.println(); }}\n");
            case ONE_PLACE_MAKES_FILES_DURABLE ->
                    new Offence(ENGINE, 1, "class P {{ channel.force(true); }}\n");
            case ONE_PLACE_COMMITS ->
                    new Offence(ENGINE, 1, "class P {{ FileCalls.current().fsync(fd); }}\n");
            case RESTRICTED_CALLS_ARE_NOT_HIDDEN ->
                    new Offence(ENGINE, 1, "@SuppressWarnings(\"restricted\")\nclass P {}\n");
            case TESTS_DO_NOT_SLEEP ->
                    new Offence(ENGINE_TEST, 1, "class P {{ Thread." + "sleep(1); }}\n");
            case NO_WILDCARD_IMPORTS -> new Offence(ENGINE, 1, "import java.util.*;\n");
            case WHITE_SPACE -> new Offence("pom.xml", 2, "<project>\n</project> \n");
            case NO_MACHINE_PATHS -> new Offence("docs/run.md", 1, "cat /ho" + "me/me/x\n");
            case NO_REGISTRY_HOSTS ->
                    new Offence("pom.xml", 1, "<url>https://repo1." + "maven.org/x</url>\n");
            case LINKS_RESOLVE -> new Offence("docs/a.md", 2, "# A\n[b](b.md) [a](#a)\n");
            case TOP_LEVEL -> new Offence("notes.md", 0, "A note.\n");
        };
    }

    private static String typeWithMethodOf(int lineCount) {
        return "class Planted {\n    void run() {\n"
                + "        run();\n".repeat(lineCount - 2)
                + "    }\n}\n";
    }

    private static String lines(List<Violation> found) {
        return found.stream().map(Violation::toString).collect(Collectors.joining("\n"));
    }
}
