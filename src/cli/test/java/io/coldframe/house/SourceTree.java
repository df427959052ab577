package io.coldframe.house;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// What a person wrote into this repository.
///
/// The folders are walked, not listed by git: the rules also hold in a source archive.
///
/// @param root the folder that holds all
/// @param topLevel the names right below the root
/// @param files every text file, in the order of its path
record SourceTree(Path root, Set<String> topLevel, List<SourceFile> files) {

    // What a build leaves behind, what jextract wrote, and what belongs to git or an editor.
    private static final Set<String> FOLDERS_SKIPPED =
            Set.of("target", "generated", ".git", ".idea", ".vscode");

    // Copies of what others wrote.
    private static final Set<String> FILES_SKIPPED = Set.of("mvnw", "LICENSE");

    /// The repository that this test runs in.
    static SourceTree ofRepository() throws IOException {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("mvnw"))) {
            folder = folder.getParent();
            if (folder == null) {
                throw new IOException(
                        "no mvnw in any folder above " + Path.of("").toAbsolutePath());
            }
        }
        return under(folder);
    }

    static SourceTree under(Path root) throws IOException {
        Set<String> topLevel = new TreeSet<>();
        try (var entries = Files.list(root)) {
            entries.forEach(entry -> topLevel.add(entry.getFileName().toString()));
        }
        List<SourceFile> files = new ArrayList<>();
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attrs) {
                        return FOLDERS_SKIPPED.contains(dir.getFileName().toString())
                                ? FileVisitResult.SKIP_SUBTREE
                                : FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attrs)
                            throws IOException {
                        String path = root.relativize(file).toString();
                        if (attrs.isRegularFile() && !FILES_SKIPPED.contains(path)) {
                            addIfText(path, file, files);
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
        files.sort(Comparator.comparing(SourceFile::path));
        return new SourceTree(root, topLevel, files);
    }

    private static void addIfText(String path, Path file, List<SourceFile> files)
            throws IOException {
        try {
            String text = Files.readString(file);
            if (text.indexOf('\0') < 0) {
                files.add(new SourceFile(path, text.lines().toList()));
            }
        } catch (CharacterCodingException binary) {
            // Rules are about text.
        }
    }
}
