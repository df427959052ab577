package io.coldframe.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Links of the documents to files and headings of this repository. The rest of the world is not
/// asked: a build must not depend on it.
final class MarkdownLinks {

    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*]\\(([^)\\s]+)\\)");
    private static final Pattern CODE = Pattern.compile("`[^`]*`");

    private MarkdownLinks() {}

    static List<Violation> broken(SourceTree tree, SourceFile document) {
        List<Violation> found = new ArrayList<>();
        boolean fenced = false;
        for (int i = 0; i < document.lines().size(); i++) {
            String line = document.lines().get(i);
            if (line.strip().startsWith("```")) {
                fenced = !fenced;
            }
            if (fenced || line.startsWith("    ")) {
                continue;
            }
            Matcher link = LINK.matcher(CODE.matcher(line).replaceAll("code"));
            while (link.find()) {
                if (!resolves(tree, document, link.group(1))) {
                    String what = "leads nowhere: " + link.group(1);
                    found.add(new Violation(document.path(), i + 1, what));
                }
            }
        }
        return found;
    }

    private static boolean resolves(SourceTree tree, SourceFile document, String link) {
        if (link.matches("[a-z]+:.*")) {
            return true;
        }
        int hash = link.indexOf('#');
        String target = hash < 0 ? link : link.substring(0, hash);
        Path from = tree.root().resolve(document.path());
        Path to = target.isEmpty() ? from : from.resolveSibling(target).normalize();
        if (!to.startsWith(tree.root()) || !Files.exists(to)) {
            return false;
        }
        return hash < 0 || headings(to).contains(link.substring(hash + 1));
    }

    private static List<String> headings(Path document) {
        try (var lines = Files.lines(document)) {
            return lines.filter(line -> line.startsWith("#")).map(MarkdownLinks::anchor).toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// The anchor that GitHub gives to a heading.
    private static String anchor(String heading) {
        return heading.replaceFirst("^#+ *", "")
                .strip()
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
    }
}
