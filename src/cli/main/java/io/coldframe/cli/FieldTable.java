package io.coldframe.cli;

import java.util.ArrayList;
import java.util.List;

/// Lines of a name and a value, the values one below the other.
public final class FieldTable {

    private final List<String> names = new ArrayList<>();
    private final List<String> values = new ArrayList<>();

    /// A table without a line.
    public FieldTable() {}

    /// One more line. What a file holds may hold anything, so it is kept to its line.
    public void row(String name, String value) {
        names.add(name);
        values.add(ErrorText.oneLine(value));
    }

    /// The lines.
    public String text() {
        int width = names.stream().mapToInt(String::length).max().orElse(0);
        StringBuilder out = new StringBuilder();
        for (int row = 0; row < names.size(); row++) {
            String name = names.get(row);
            String line = name + " ".repeat(width - name.length() + 2) + values.get(row);
            out.append(line.stripTrailing()).append('\n');
        }
        return out.toString();
    }
}
