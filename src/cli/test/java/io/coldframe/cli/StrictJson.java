package io.coldframe.cli;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads JSON as RFC 8259 has it and not a comma more: the judge of what [Json] writes. A whole
/// number is a [Long], another a [BigDecimal], both without an exponent, because that is all it
/// writes; `null` is an empty [Optional]. A name twice in one object is refused.
public final class StrictJson {

    private final String text;
    private int at;

    private StrictJson(String text) {
        this.text = text;
    }

    /// The value that `text` is.
    public static Object parse(String text) {
        StrictJson parser = new StrictJson(text);
        Object value = parser.value();
        parser.skipSpace();
        if (parser.at != text.length()) {
            throw parser.wrong("something follows");
        }
        return value;
    }

    private Object value() {
        skipSpace();
        return switch (peek()) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> string();
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            case 'n' -> word("null", Optional.empty());
            default -> number();
        };
    }

    private Map<String, Object> object() {
        Map<String, Object> members = new LinkedHashMap<>();
        expect('{');
        skipSpace();
        if (peek() == '}') {
            at++;
            return members;
        }
        do {
            skipSpace();
            String name = string();
            skipSpace();
            expect(':');
            if (members.put(name, value()) != null) {
                throw wrong(name + " is there twice");
            }
        } while (goesOn('}'));
        return members;
    }

    private List<Object> array() {
        List<Object> elements = new ArrayList<>();
        expect('[');
        skipSpace();
        if (peek() == ']') {
            at++;
            return elements;
        }
        do {
            elements.add(value());
        } while (goesOn(']'));
        return elements;
    }

    private boolean goesOn(char end) {
        skipSpace();
        if (peek() == ',') {
            at++;
            return true;
        }
        expect(end);
        return false;
    }

    private String string() {
        StringBuilder out = new StringBuilder();
        expect('"');
        while (peek() != '"') {
            char unit = text.charAt(at++);
            if (unit < ' ') {
                throw wrong("a control character");
            }
            out.append(unit == '\\' ? escape() : unit);
        }
        at++;
        return out.toString();
    }

    private char escape() {
        char kind = peek();
        at++;
        return switch (kind) {
            case '"', '\\', '/' -> kind;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                String digits = text.substring(at, at + 4);
                if (!digits.chars().allMatch(HexFormat::isHexDigit)) {
                    throw wrong("not four hexadecimal digits");
                }
                at += 4;
                yield (char) Integer.parseInt(digits, 16);
            }
            default -> throw wrong("an unknown escape");
        };
    }

    private Number number() {
        int start = at;
        while (at < text.length() && "-.0123456789".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        String digits = text.substring(start, at);
        if (!digits.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?")) {
            throw wrong("not a number: " + digits);
        }
        return digits.contains(".") ? new BigDecimal(digits) : (Number) Long.valueOf(digits);
    }

    private Object word(String word, Object meaning) {
        if (!text.startsWith(word, at)) {
            throw wrong("not " + word);
        }
        at += word.length();
        return meaning;
    }

    private void skipSpace() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private char peek() {
        if (at == text.length()) {
            throw wrong("the end");
        }
        return text.charAt(at);
    }

    private void expect(char expected) {
        if (peek() != expected) {
            throw wrong("not " + expected);
        }
        at++;
    }

    private AssertionError wrong(String what) {
        return new AssertionError("not JSON at " + at + ", " + what + ": " + text);
    }
}
