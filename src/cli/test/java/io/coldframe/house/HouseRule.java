package io.coldframe.house;

import static io.coldframe.house.Checks.forbidden;
import static io.coldframe.house.Checks.perFile;
import static io.coldframe.house.Checks.perLine;

import java.util.List;
import java.util.function.Function;

/// The rules of the house that no compiler states. A rule that is not kept by the build is advice.
enum HouseRule {
    /// A wider line needs a wider window, and two of them do not fit side by side.
    COLUMNS(perLine(SourceFile::isCode, Checks::tooWide)),

    /// A method is read in one look.
    METHOD_LENGTH(perFile(SourceFile::isJava, JavaSource::longMethods)),

    /// A file of more than 500 lines is two files, unless [Checks#LONG_FILES] says why not.
    FILE_LENGTH(perFile(SourceFile::isJava, Checks::tooLong)),

    /// Whoever can see a type is told what it is for.
    PUBLIC_TYPES_ARE_DOCUMENTED(perFile(SourceFile::isJava, JavaSource::undocumentedTypes)),

    /// One kind of doc comment.
    DOC_COMMENTS_ARE_MARKDOWN(
            forbidden(SourceFile::isJava, "^\\s*/\\*\\*(\\s|$)", "a doc comment is written ///")),

    /// A formatter wraps a long `///` line into a `//` line; the doc comment ends in mid-sentence.
    DOC_COMMENTS_ARE_WHOLE(perFile(SourceFile::isJava, Checks::brokenDocComments)),

    /// What is unfinished is not merged.
    NOTHING_IS_LEFT_TO_DO(forbidden(file -> true, "\\b(TO" + "DO|FIX" + "ME)\\b", "unfinished")),

    /// The engine speaks in events and exceptions; the command line prints.
    ONLY_THE_COMMAND_LINE_PRINTS(
            forbidden(
                    file ->
                            file.isMainJava()
                                    && (file.isUnder("src/engine") || file.isUnder("bindings")),
                    "System\\.(out|err)\\b|\\.printStackTrace\\(",
                    "only the command line prints")),

    /// Durability is an order of calls, and that order is written down in one place.
    ONE_PLACE_MAKES_FILES_DURABLE(
            forbidden(
                    file -> file.isMainJava() && !Checks.isDurable(file),
                    "\\.force\\(|\\bATOMIC_MOVE\\b",
                    "force and ATOMIC_MOVE belong to AtomicFile and AtomicDirectory")),

    /// What is made durable, or gets a name, without the order of a commit is lost by a crash that
    /// no replay has tried.
    ONE_PLACE_COMMITS(
            forbidden(
                    file ->
                            file.isMainJava()
                                    && file.isUnder("src/engine")
                                    && !Checks.isDurable(file),
                    "\\.(fsync|fdatasync|rename|renameTo)\\(|[cC]alls(\\(\\))?\\.link\\("
                            + "|\\bFiles\\.(move|createLink)\\(|\\bLibc\\.(link|clonefile)\\(",
                    "syncs, renames and links belong to the classes that commit")),

    /// The wall is kept by a lint, so nobody silences it.
    RESTRICTED_CALLS_ARE_NOT_HIDDEN(
            forbidden(
                    file -> file.isMainJava() && !file.isUnder("bindings"),
                    "\"restricted\"",
                    "restricted methods are called in bindings only")),

    /// A test that sleeps is slow where it passes and fails where the machine is slow.
    TESTS_DO_NOT_SLEEP(
            forbidden(
                    SourceFile::isTestJava,
                    "\\bThread\\.sleep\\(|\\b(NANO|MICRO|MILLI)?SECONDS\\.sleep\\(",
                    "a test waits for what it needs, not for a while")),

    /// A reader sees where a name comes from.
    NO_WILDCARD_IMPORTS(
            forbidden(SourceFile::isJava, "^import .*\\*;", "imports are written one by one")),

    /// Invisible characters make visible diffs.
    WHITE_SPACE(forbidden(file -> true, "\t|\\s$", "a tab, or white space at the end")),

    /// What names a folder of one machine works on that machine only.
    NO_MACHINE_PATHS(
            forbidden(
                    file -> true,
                    "(?<![\\w.$}*/-])/(work|tmp|home|root|Users)/",
                    "a folder of one machine")),

    /// Where artifacts come from is the choice of whoever builds.
    NO_REGISTRY_HOSTS(
            forbidden(
                    file -> !file.path().equals(".mvn/wrapper/maven-wrapper.properties"),
                    "\\b(repo\\d?\\.maven\\.|central\\.sonatype\\.|oss\\.sonatype\\.|pypi\\.org"
                            + "|registry\\.npmjs\\.|crates\\.io|deb\\.debian\\.|docker\\.io"
                            + "|ghcr\\.io|packages\\.adoptium\\.|proxy\\.golang\\.)",
                    "the host of a registry")),

    /// A document that points at nothing was not updated with what it describes.
    LINKS_RESOLVE(
            tree ->
                    perFile(SourceFile::isMarkdown, file -> MarkdownLinks.broken(tree, file))
                            .apply(tree)),

    /// The first screen of the repository is a table of contents.
    TOP_LEVEL(Checks::topLevel);

    // A function of constants: no rule has anything that could change.
    @SuppressWarnings("ImmutableEnumChecker")
    private final Function<SourceTree, List<Violation>> check;

    HouseRule(Function<SourceTree, List<Violation>> check) {
        this.check = check;
    }

    /// Every place that breaks this rule.
    List<Violation> check(SourceTree tree) {
        return check.apply(tree);
    }
}
