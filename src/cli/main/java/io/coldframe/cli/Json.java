package io.coldframe.cli;

import java.math.BigDecimal;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Writes JSON (RFC 8259), indented, in plain ASCII whatever the terminal's character set is.
///
/// A value is a [Map] with string keys, a [List], a [String], a number, a [Boolean], or an
/// [Optional], which is `null` where it is empty. Maps are written in their own order.
public final class Json {

    private static final String INDENT = "  ";

    private final StringBuilder out = new StringBuilder();

    private Json() {}

    /// The text of `value`, without a newline at its end.
    public static String write(Object value) {
        Json json = new Json();
        json.value(value, "\n");
        return json.out.toString();
    }

    private void value(Object value, String newLine) {
        switch (value) {
            case Map<?, ?> members -> object(members, newLine);
            case List<?> elements -> array(elements, newLine);
            case String text -> string(text);
            case Long number -> out.append(number);
            case Integer number -> out.append(number);
            case BigDecimal number -> out.append(number.toPlainString());
            case Boolean truth -> out.append(truth);
            case Optional<?> some when some.isPresent() -> value(some.get(), newLine);
            case Optional<?> _ -> out.append("null");
            default -> throw new IllegalArgumentException("not a JSON value: " + value.getClass());
        }
    }

    private void object(Map<?, ?> members, String newLine) {
        out.append('{');
        String inner = newLine + INDENT;
        String separator = inner;
        for (Map.Entry<?, ?> member : members.entrySet()) {
            out.append(separator);
            string((String) member.getKey());
            out.append(": ");
            value(member.getValue(), inner);
            separator = "," + inner;
        }
        out.append(members.isEmpty() ? "}" : newLine + "}");
    }

    private void array(List<?> elements, String newLine) {
        out.append('[');
        String inner = newLine + INDENT;
        Iterator<?> rest = elements.iterator();
        while (rest.hasNext()) {
            out.append(inner);
            value(rest.next(), inner);
            out.append(rest.hasNext() ? "," : newLine);
        }
        out.append(']');
    }

    private void string(String text) {
        out.append('"');
        for (int at = 0; at < text.length(); at++) {
            char unit = text.charAt(at);
            if (unit == '"' || unit == '\\') {
                out.append('\\').append(unit);
            } else if (unit < ' ' || unit > '~') {
                // By UTF-16 unit: half a surrogate pair, as a file name may hold, stays legal.
                out.append(String.format("\\u%04x", (int) unit));
            } else {
                out.append(unit);
            }
        }
        out.append('"');
    }
}
