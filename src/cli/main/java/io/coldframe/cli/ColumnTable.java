package io.coldframe.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Rows under a heading, each column as wide as its widest cell.
public final class ColumnTable {

    private static final String GAP = "  ";

    private final List<List<String>> rows = new ArrayList<>();
    private final Set<String> right = new TreeSet<>();

    /// A table without a row.
    public ColumnTable(String... headings) {
        rows.add(List.of(headings));
    }

    /// The same table with some columns, as those of numbers, aligned at their right ends.
    ///
    /// @param headings which
    public ColumnTable alignRight(String... headings) {
        right.addAll(List.of(headings));
        return this;
    }

    /// One more row, of as many cells as there are headings.
    public void row(String... cells) {
        rows.add(Arrays.stream(cells).map(ErrorText::oneLine).toList());
    }

    /// Whether there is no row under the heading.
    public boolean isEmpty() {
        return rows.size() == 1;
    }

    /// The lines.
    public String text() {
        List<String> headings = rows.getFirst();
        int[] widths = new int[headings.size()];
        for (List<String> row : rows) {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        StringBuilder out = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < widths.length; column++) {
                String cell = row.get(column);
                String padding = " ".repeat(widths[column] - cell.length());
                boolean isRight = right.contains(headings.get(column));
                line.append(isRight ? padding + cell : cell + padding).append(GAP);
            }
            out.append(line.toString().stripTrailing()).append('\n');
        }
        return out.toString();
    }
}
