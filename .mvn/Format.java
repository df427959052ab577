import com.google.googlejavaformat.java.Main;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Formats the Java sources below a folder, or says which are not formatted.
///
/// Started from its source by the build, on the JDK that compiles everything else: the formatter
/// reads Java with the compiler of the JDK it runs on, and Maven's own may be too old for ours.
///
/// The formatter takes a `///` line for an ordinary comment: it wraps one that is too long into a
/// `//` line, which ends the doc comment in mid-sentence and still compiles. So such a line is an
/// error here, and nothing is formatted.
///
/// `java -cp google-java-format.jar Format.java (--check | --apply) <root>`
public final class Format {

    // What a build leaves behind, what jextract wrote, and what is not ours at all.
    private static final Set<String> SKIPPED = Set.of("target", "generated", ".git", ".idea");

    private static final int COLUMNS = 100;

    private Format() {}

    /// Exits with 0 when every file is formatted.
    public static void main(String[] args) throws Exception {
        boolean check = args[0].equals("--check");
        List<String> files = javaFilesUnder(Path.of(args[1]));
        if (reportDocLinesTooLong(files)) {
            System.exit(1);
        }
        List<String> formatter = new ArrayList<>(List.of("--aosp"));
        formatter.addAll(check ? List.of("--dry-run", "--set-exit-if-changed") : List.of("-i"));
        formatter.addAll(files);
        PrintWriter out = new PrintWriter(System.out, true);
        PrintWriter err = new PrintWriter(System.err, true);
        int exit = new Main(out, err, System.in).format(formatter.toArray(String[]::new));
        out.flush();
        err.flush();
        if (exit != 0 && check) {
            System.out.println("Not formatted, see above. This formats: ./mvnw -N verify -Pformat");
        }
        System.exit(exit);
    }

    private static boolean reportDocLinesTooLong(List<String> files) throws IOException {
        boolean found = false;
        for (String file : files) {
            List<String> lines = Files.readAllLines(Path.of(file));
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i);
                if (line.stripLeading().startsWith("///") && line.length() > COLUMNS) {
                    System.out.println(file + ":" + (i + 1) + ": more than 100 columns: " + line);
                    found = true;
                }
            }
        }
        return found;
    }

    private static List<String> javaFilesUnder(Path root) throws IOException {
        List<String> files = new ArrayList<>();
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attrs) {
                        return SKIPPED.contains(dir.getFileName().toString())
                                ? FileVisitResult.SKIP_SUBTREE
                                : FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attrs) {
                        if (file.toString().endsWith(".java")) {
                            files.add(file.toString());
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
        return files;
    }
}
