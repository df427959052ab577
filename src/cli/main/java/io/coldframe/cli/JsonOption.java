package io.coldframe.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/// `--json`, of every command that a script may want to read.
public final class JsonOption {

    private static final int SCHEMA = 1;

    @Option(names = "--json", description = "Print JSON instead of text.")
    private boolean json;

    @SuppressWarnings("NullAway.Init") // picocli sets it.
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    /// For picocli.
    public JsonOption() {}

    /// Whether JSON is wanted.
    public boolean isAsked() {
        return json;
    }

    /// Prints a result: `members` as one object that begins with the number of its schema, or
    /// `text`, which ends its own lines.
    public void print(Map<String, ?> members, String text) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            Map<String, Object> all = new LinkedHashMap<>();
            all.put("schema", SCHEMA);
            all.putAll(members);
            out.println(Json.write(all));
        } else {
            out.print(text);
        }
    }
}
