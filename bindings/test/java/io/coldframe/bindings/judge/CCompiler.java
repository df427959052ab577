package io.coldframe.bindings.judge;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A C compiler that answers questions about constants of one target, natively or across.
///
/// Nothing is run: the compiler writes each value into its assembly text, where it can be read
/// for any target.
record CCompiler(List<String> command) {
    /// A line of the assembly text: the index of a question, and its answer's two halves.
    private static final Pattern ANSWER = Pattern.compile("->(\\d+) [#$]?(-?\\d+) [#$]?(-?\\d+)");

    // In halves, because GCC for x86 does not write an operand of more than 32 bits.
    private static final String ASK =
            """
            #define ASK(index, expression) \\
                __asm__ volatile("\\n.ascii \\"->" #index " %c0 %c1\\"" \\
                    : : "i"((int)((long long)(expression) >> 32)), \\
                        "i"((int)(long long)(expression)))
            """;

    /// The compiler of this machine, or one that compiles for `target` elsewhere.
    static Optional<CCompiler> of(Target target) {
        Stream<List<String>> own =
                target.isNative()
                        ? Stream.of(List.of("cc"), List.of("gcc"), List.of("clang"))
                        : Stream.of(List.of(target.cross + "-gcc"));
        Stream<List<String>> clangs =
                Stream.concat(
                                Stream.of("clang"),
                                // Debian names them by release and has no plain name for some.
                                IntStream.rangeClosed(0, 20).mapToObj(at -> "clang-" + (30 - at)))
                        .map(name -> List.of(name, "-target", target.triple));
        return Stream.concat(own, clangs)
                .filter(command -> isOnPath(command.getFirst()))
                .findFirst()
                .map(CCompiler::new);
    }

    /// What to install where [#of] finds nothing.
    static String wanted(Target target) {
        return target.isNative()
                ? "a C compiler (cc, gcc or clang) on the PATH"
                : "clang on the PATH, or " + target.cross + "-gcc";
    }

    private static boolean isOnPath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    /// The values of `expressions`, each at its index; none for one that stands behind an `#ifdef`
    /// that does not hold.
    ///
    /// @param preamble what comes first, includes and prototypes
    /// @param questions lines from [#question], in any order
    Map<Integer, Long> ask(
            Path scratch, List<String> options, String preamble, List<String> questions)
            throws IOException, InterruptedException {
        String program = preamble + ASK + "void ask(void) {\n" + String.join("", questions) + "}\n";
        Path source = Files.writeString(scratch.resolve("ask.c"), program);
        Path assembly = scratch.resolve("ask.s");
        List<String> line = new ArrayList<>(command);
        line.addAll(options);
        line.addAll(List.of("-std=gnu11", "-Wall", "-Werror", "-Wno-missing-field-initializers"));
        line.addAll(List.of("-S", "-o", assembly.toString(), source.toString()));
        Process compiler = new ProcessBuilder(line).redirectErrorStream(true).start();
        compiler.getOutputStream().close();
        String messages = new String(compiler.getInputStream().readAllBytes(), UTF_8);
        if (compiler.waitFor() != 0) {
            throw new AssertionError(String.join(" ", line) + "\n" + messages);
        }
        Map<Integer, Long> answers = new HashMap<>();
        Matcher matcher = ANSWER.matcher(Files.readString(assembly));
        while (matcher.find()) {
            long high = Long.parseLong(matcher.group(2));
            long value = high << 32 | Integer.toUnsignedLong(Integer.parseInt(matcher.group(3)));
            answers.put(Integer.parseInt(matcher.group(1)), value);
        }
        return answers;
    }

    /// One question, to be asked only where each of `guards` is a defined macro.
    static String question(int index, String expression, List<String> guards) {
        StringBuilder text = new StringBuilder();
        guards.forEach(guard -> text.append("#ifdef ").append(guard).append('\n'));
        text.append("    ASK(").append(index).append(", ").append(expression).append(");\n");
        guards.forEach(guard -> text.append("#endif\n"));
        return text.toString();
    }
}
