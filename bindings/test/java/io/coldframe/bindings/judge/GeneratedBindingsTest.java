package io.coldframe.bindings.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Every size, offset, alignment and constant that jextract wrote down, against what a C compiler
/// says: once about our own headers, which proves jextract right, and once about the system's,
/// which proves our headers right.
final class GeneratedBindingsTest {
    private static final Pattern PROTOTYPE =
            Pattern.compile("(?m)^\\w[\\w *]*?\\b(\\w+)\\([^;{}()]*\\);");

    @TempDir Path scratch;

    @Test
    void everyGeneratedClassAndConstantIsOneOfTheTable() throws Exception {
        Set<String> claimed = new TreeSet<>();
        for (TableRow row : TableRow.all()) {
            claimed.add(row.className(row.headerClass()));
            row.structs().forEach(name -> claimed.add(row.className(name)));
            Class<?> holder = Class.forName(row.className(row.headerClass()));
            assertEquals(
                    new TreeSet<>(row.constants()),
                    new TreeSet<>(Expectations.constantsIn(holder)),
                    holder::getName);
        }
        assertEquals(claimed, generatedClasses());
    }

    @Test
    void everyNameThatMayBeUnknownIsGenerated() throws Exception {
        Set<String> subjects = new TreeSet<>();
        for (TableRow row : TableRow.all()) {
            Expectations.of(row).forEach(expectation -> subjects.add(expectation.subject()));
            subjects.addAll(row.functions());
        }
        Set<String> stale = new TreeSet<>(SystemHeaders.newerNames());
        stale.removeAll(subjects);
        assertEquals(Set.of(), stale);
    }

    @ParameterizedTest
    @EnumSource(Target.class)
    void theCompilerAgreesAboutOurHeaders(Target target) throws Exception {
        CCompiler compiler = compilerOf(target);
        for (var entry : byHeader(target).entrySet()) {
            Path header = TableRow.BINDINGS.resolve("headers").resolve(entry.getKey());
            List<Expectation> expectations = expectationsOf(entry.getValue());
            List<String> questions = new ArrayList<>();
            for (int index = 0; index < expectations.size(); index++) {
                questions.add(
                        CCompiler.question(index, expectations.get(index).expression(), List.of()));
            }
            Map<Integer, Long> answers =
                    compiler.ask(
                            scratch,
                            List.of("-nostdinc"),
                            "#include \"" + header + "\"\n",
                            questions);
            assertEquals(expectations.size(), answers.size(), entry::getKey);
            compare(expectations, answers);
        }
    }

    @ParameterizedTest
    @EnumSource(Target.class)
    void theCompilerAgreesAboutTheHeadersOfTheSystem(Target target) throws Exception {
        if (target.isMacos() && !target.isNative()) {
            abort("macOS: its headers are on a Mac only");
        }
        CCompiler compiler = compilerOf(target);
        for (var entry : byHeader(target).entrySet()) {
            List<Expectation> expectations = expectationsOf(entry.getValue());
            List<String> questions = new ArrayList<>();
            int certain = 0;
            for (int index = 0; index < expectations.size(); index++) {
                List<String> guards = SystemHeaders.guards(expectations.get(index));
                certain += guards.isEmpty() ? 1 : 0;
                questions.add(
                        CCompiler.question(index, expectations.get(index).expression(), guards));
            }
            Map<Integer, Long> answers =
                    compiler.ask(
                            scratch,
                            systemOptions(target),
                            SystemHeaders.includes(entry.getKey()) + prototypes(entry.getValue()),
                            questions);
            assertTrue(
                    answers.size() >= certain,
                    () -> entry.getKey() + ": " + answers.size() + " answers");
            compare(expectations, answers);
        }
    }

    private static CCompiler compilerOf(Target target) {
        return CCompiler.of(target)
                .orElseGet(() -> abort("needs " + CCompiler.wanted(target) + " for " + target));
    }

    private static List<String> systemOptions(Target target) {
        if (target.isNative()) {
            return List.of();
        }
        Path headers = Path.of("/usr", target.cross, "include");
        if (!Files.isDirectory(headers)) {
            return abort(
                    "needs the system headers of %s in %s (Debian: libc6-dev-arm64-cross)"
                            .formatted(target, headers));
        }
        return List.of("-isystem", headers.toString());
    }

    private static Map<String, List<TableRow>> byHeader(Target target) {
        Map<String, List<TableRow>> rows = new LinkedHashMap<>();
        target.rows()
                .forEach(
                        row ->
                                rows.computeIfAbsent(row.header(), header -> new ArrayList<>())
                                        .add(row));
        assertTrue(!rows.isEmpty(), () -> "nothing is generated for " + target);
        return rows;
    }

    private static List<Expectation> expectationsOf(List<TableRow> rows) throws Exception {
        List<Expectation> all = new ArrayList<>();
        for (TableRow row : rows) {
            all.addAll(Expectations.of(row));
        }
        return all;
    }

    private static void compare(List<Expectation> expectations, Map<Integer, Long> answers) {
        List<String> wrong = new ArrayList<>();
        answers.forEach(
                (index, answer) -> {
                    Expectation expectation = expectations.get(index);
                    if (!expectation.isMetBy(answer)) {
                        wrong.add(
                                expectation.expression()
                                        + " is "
                                        + answer
                                        + ", and Java says "
                                        + expectation.value());
                    }
                });
        assertEquals(List.of(), wrong);
    }

    /// Our prototypes of what the rows call, to be declared once more after the system's own: where
    /// the two differ in any type, the compiler refuses.
    private static String prototypes(List<TableRow> rows) {
        StringBuilder text = new StringBuilder();
        for (TableRow row : rows) {
            Set<String> missing = new TreeSet<>(row.functions());
            var matcher = PROTOTYPE.matcher(row.headerText());
            while (matcher.find()) {
                if (missing.remove(matcher.group(1))) {
                    text.append(matcher.group()).append('\n');
                }
            }
            assertEquals(Set.of(), missing, () -> "no prototype found in " + row.header());
        }
        return text.toString();
    }

    private static Set<String> generatedClasses() throws Exception {
        Path root = TableRow.BINDINGS.resolve("generated");
        try (var files = Files.walk(root)) {
            Set<String> names = new TreeSet<>();
            files.map(file -> root.relativize(file).toString())
                    .filter(name -> name.endsWith(".java") && !name.endsWith("$shared.java"))
                    .forEach(
                            name ->
                                    names.add(
                                            name.substring(0, name.length() - ".java".length())
                                                    .replace('/', '.')));
            return names;
        }
    }
}
