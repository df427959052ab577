package io.coldframe.cli.snapshot;

import io.coldframe.cli.ErrorText;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Rows under a heading, each column as wide as its widest cell.
final class ColumnTable {

    private static final String GAP = "  ";

    private final List<List<String>> rows = new ArrayList<>();

    ColumnTable(String... headings) {
        rows.add(List.of(headings));
    }

    /// One more row, of as many cells as there are headings.
    void row(String... cells) {
        rows.add(Arrays.stream(cells).map(ErrorText::oneLine).toList());
    }

    String text() {
        int[] widths = new int[rows.getFirst().size()];
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
                line.append(cell).append(" ".repeat(widths[column] - cell.length())).append(GAP);
            }
            out.append(line.toString().stripTrailing()).append('\n');
        }
        return out.toString();
    }
}
