package io.coldframe.cli.picture;

import io.coldframe.cli.ByteCounts;
import io.coldframe.inspect.AddressMap;
import io.coldframe.inspect.AddressMap.Kind;

import java.util.ArrayList;
import java.util.List;

/// What the colours of a map mean, and how much there is of each.
final class MapLegend {

    private final List<Entry> entries = new ArrayList<>();

    /// One line.
    ///
    /// @param kind what it is about
    /// @param name of the kind, for people
    /// @param amount how much, as in `1.5 MiB`
    /// @param share of the memory, as in `12.5 %`
    record Entry(Kind kind, String name, String amount, String share) {}

    /// @param name of the snapshot
    MapLegend(AddressMap map, String name) {
        add(map, Kind.OWN, "written by " + name);
        if (map.ageMax() > 0) {
            add(map, Kind.INHERITED, inherited(map.ageMax()));
        }
        if (map.byteCount(Kind.ZERO) > 0 || !map.mayHaveMoreZeros()) {
            add(map, Kind.ZERO, "zero");
        }
    }

    private void add(AddressMap map, Kind kind, String name) {
        long byteCount = map.byteCount(kind);
        entries.add(
                new Entry(
                        kind,
                        name,
                        ByteCounts.text(byteCount),
                        Percent.text(byteCount, map.byteCount())));
    }

    private static String inherited(int ageMax) {
        return ageMax == 1
                ? "inherited, 1 generation old"
                : "inherited, 1 to %d generations old".formatted(ageMax);
    }

    List<Entry> entries() {
        return entries;
    }

    int nameWidth() {
        return entries.stream().mapToInt(entry -> entry.name().length()).max().orElse(0);
    }

    int amountWidth() {
        return entries.stream().mapToInt(entry -> entry.amount().length()).max().orElse(0);
    }

    int shareWidth() {
        return entries.stream().mapToInt(entry -> entry.share().length()).max().orElse(0);
    }

    /// A line without its colour, the columns below each other.
    String text(Entry entry) {
        return "%s%s  %s%s  %s%s"
                .formatted(
                        entry.name(),
                        " ".repeat(nameWidth() - entry.name().length()),
                        " ".repeat(amountWidth() - entry.amount().length()),
                        entry.amount(),
                        " ".repeat(shareWidth() - entry.share().length()),
                        entry.share());
    }
}
