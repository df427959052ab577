package io.coldframe;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;

/// The packages of the engine depend on each other as [PackageGraph] says, and no other way.
final class PackageGraphTest {

    // One slice per package, the root one among them.
    private static final ArchRule NO_CYCLE = slices().matching("io.(**)").should().beFreeOfCycles();

    // The package, and what it may use: the first and the third of four cells.
    private static final Pattern README_ROW =
            Pattern.compile("\\| `([.a-z]+)` \\|[^|]*\\|([^|]*)\\|[^|]*\\|");

    @BeforeAll
    static void silenceTheLoggerOfArchUnit() {
        System.setProperty("slf4j.internal.verbosity", "ERROR");
    }

    @Test
    void theEngineKeepsTheTable() {
        JavaClasses engine = new ClassFileImporter().importPath(Path.of("target/classes"));
        assertFalse(engine.isEmpty(), "nothing compiled in target/classes");
        assertEquals(Set.of(), offences(engine));
    }

    @Test
    void theEngineHasNoCycleOfPackages() {
        JavaClasses engine = new ClassFileImporter().importPath(Path.of("target/classes"));
        NO_CYCLE.check(engine);
    }

    @Test
    void theTableGoesDownwardsOnly() {
        Set<String> seen = new HashSet<>();
        for (PackageGraph.Row row : PackageGraph.ROWS) {
            assertTrue(seen.add(row.name()), row.name() + " has two rows");
            row.uses().forEach(used -> assertFalse(seen.contains(used), row + " uses upwards"));
        }
        PackageGraph.ROWS.forEach(
                row -> assertTrue(seen.containsAll(row.uses()), row + " uses what has no row"));
    }

    @Test
    void theReadmeShowsTheSameTable() throws IOException {
        List<String> shown = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("README.md"))) {
            Matcher row = README_ROW.matcher(line);
            if (row.matches()) {
                String name = row.group(1).equals(PackageGraph.ENGINE) ? "" : row.group(1);
                shown.add(
                        name
                                + " uses "
                                + new TreeSet<>(List.of(row.group(2).strip().split(", ", -1))));
            }
        }
        assertEquals(
                PackageGraph.ROWS.stream().map(PackageGraphTest::asInTheReadme).toList(), shown);
    }

    private static String asInTheReadme(PackageGraph.Row row) {
        Set<String> uses = new TreeSet<>();
        row.uses().forEach(name -> uses.add(name.substring(PackageGraph.ENGINE.length() + 1)));
        if (row.usesBindings()) {
            uses.add("bindings");
        }
        if (uses.isEmpty()) {
            uses.add("");
        }
        return row.name().substring(PackageGraph.ENGINE.length()) + " uses " + uses;
    }

    @Test
    void aStepUpwardsIsFound(@TempDir Path folder) throws IOException {
        JavaClasses planted =
                compile(
                        folder,
                        "io.coldframe.memory",
                        "public class Low { io.coldframe.snapshot.High high; }",
                        "io.coldframe.snapshot",
                        "public class High {}");
        assertEquals(
                Set.of("io.coldframe.memory may not use io.coldframe.snapshot"), offences(planted));
    }

    @Test
    void aPackageWithoutARowIsFound(@TempDir Path folder) throws IOException {
        JavaClasses planted = compile(folder, "io.coldframe.memory.deep", "public class Deep {}");
        assertEquals(Set.of("io.coldframe.memory.deep is not in the table"), offences(planted));
    }

    @Test
    void aNativeCallFromTheWrongPackageIsFound(@TempDir Path folder) throws IOException {
        JavaClasses planted =
                compile(
                        folder,
                        "io.coldframe.wrenn",
                        "class Wrenn { io.coldframe.bindings.linux.Call call; }",
                        "io.coldframe.bindings.linux",
                        "public class Call {}");
        assertEquals(
                Set.of("io.coldframe.wrenn may not use io.coldframe.bindings.linux"),
                offences(planted));
    }

    @Test
    void aCycleIsFound(@TempDir Path folder) throws IOException {
        JavaClasses planted =
                compile(
                        folder,
                        "io.coldframe",
                        "public class Root { io.coldframe.jfr.Cost cost; }",
                        "io.coldframe.jfr",
                        "public class Cost { io.coldframe.Root root; }");
        assertTrue(NO_CYCLE.evaluate(planted).hasViolation());
    }

    /// Every use of a package by another that the table does not allow, once.
    private static Set<String> offences(JavaClasses classes) {
        Set<String> found = new TreeSet<>();
        for (JavaClass user : classes) {
            String from = user.getPackageName();
            if (!isEngine(from) || user.getSimpleName().equals("module-info")) {
                continue;
            }
            Optional<PackageGraph.Row> row =
                    PackageGraph.ROWS.stream().filter(each -> each.name().equals(from)).findFirst();
            if (row.isEmpty()) {
                found.add(from + " is not in the table");
                continue;
            }
            for (Dependency dependency : user.getDirectDependenciesFromSelf()) {
                String to = dependency.getTargetClass().getBaseComponentType().getPackageName();
                if (to.startsWith(PackageGraph.ENGINE) && !row.get().allows(to)) {
                    found.add(from + " may not use " + to);
                }
            }
        }
        return found;
    }

    private static boolean isEngine(String name) {
        return name.startsWith(PackageGraph.ENGINE) && !name.startsWith(PackageGraph.BINDINGS);
    }

    /// Compiles one class per pair of package and source, and imports them all.
    private static JavaClasses compile(Path folder, String... packagesAndSources)
            throws IOException {
        Path classes = folder.resolve("classes");
        List<String> arguments = new ArrayList<>(List.of("-d", classes.toString()));
        for (int i = 0; i < packagesAndSources.length; i += 2) {
            String name = packagesAndSources[i];
            String type = packagesAndSources[i + 1].replaceFirst(".*class (\\w+).*", "$1");
            Path source = folder.resolve(name).resolve(type + ".java");
            Files.createDirectories(source.getParent());
            Files.writeString(source, "package " + name + ";\n" + packagesAndSources[i + 1]);
            arguments.add(source.toString());
        }
        ToolProvider javac = ToolProvider.findFirst("javac").orElseThrow();
        int exit = javac.run(System.out, System.err, arguments.toArray(String[]::new));
        assertEquals(0, exit, "the planted classes do not compile");
        return new ClassFileImporter().importPath(classes);
    }
}
