package io.coldframe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.Stream;

/// One command, run in this process as the launcher would run it.
///
/// @param exitCode as the shell sees it
/// @param out what it printed
/// @param err what it said
public record CommandRun(int exitCode, String out, String err) {

    /// Runs a command to its end.
    ///
    /// @param args words, and lists of words
    public static CommandRun of(Object... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] words =
                Stream.of(args)
                        .flatMap(
                                arg -> arg instanceof List<?> some ? some.stream() : Stream.of(arg))
                        .map(Object::toString)
                        .toArray(String[]::new);
        int exitCode =
                Main.execute(
                        Main.commandLine()
                                .setOut(new PrintWriter(out))
                                .setErr(new PrintWriter(err)),
                        words);
        return new CommandRun(exitCode, out.toString(), err.toString());
    }

    /// The one JSON object of a command that did what was asked.
    public static JsonView json(Object... args) {
        CommandRun run = of(args).expect(ExitCode.OK);
        assertEquals("", run.err());
        return run.json();
    }

    /// This, if it ended so.
    public CommandRun expect(int expected) {
        assertEquals(expected, exitCode, () -> "out: " + out + "\nerr: " + err);
        return this;
    }

    /// What was printed, as an object with the schema that is documented.
    public JsonView json() {
        JsonView object = JsonView.of(StrictJson.parse(out));
        assertEquals(1, object.number("schema"));
        assertEquals("schema", object.names().getFirst());
        return object;
    }

    /// The one line that says what went wrong, without the program's name.
    public String failure() {
        assertEquals("", out);
        assertEquals(1, err.lines().count(), err);
        assertEquals("coldframe: ", err.substring(0, "coldframe: ".length()));
        return err.substring("coldframe: ".length()).strip();
    }
}
