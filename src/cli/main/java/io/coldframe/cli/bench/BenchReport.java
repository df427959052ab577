package io.coldframe.cli.bench;

import io.coldframe.cli.ByteCounts;
import io.coldframe.cli.Json;
import io.coldframe.cli.Version;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The results for people and for programs.
final class BenchReport {

    private BenchReport() {}

    /// An array of objects; every member is always there.
    static String json(List<RowResult> results, long byteCount, int rounds) {
        return Json.write(
                results.stream().map(result -> members(result, byteCount, rounds)).toList());
    }

    private static Map<String, Object> members(RowResult result, long byteCount, int rounds) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("name", result.row().rowName());
        Budget budget = result.row().budget();
        members.put("figure", result.figure());
        members.put("unit", result.row().unit().symbol());
        members.put("floor", result.floor());
        members.put("ratio", result.ratio());
        members.put("budget", budget.isNone() ? Optional.empty() : new BigDecimal(budget.most()));
        members.put(
                "budgetOf",
                budget.isNone() ? Optional.empty() : budget.of().name().toLowerCase(Locale.ROOT));
        members.put("pass", result.passes());
        members.put("byteCount", byteCount);
        members.put("rounds", rounds);
        members.put("warmUpRounds", result.row().warmUpRounds());
        return members;
    }

    static String text(List<RowResult> results, long byteCount, int rounds) {
        StringBuilder out = new StringBuilder();
        out.append(
                """
                coldframe %s, JDK %s, %s
                %s of random memory, durable: every sync is in it. Medians of %d rounds. What
                comes before them warms up, touches memory and files first, and does not count:
                one round, and 10 or 20 where a round is short.

                row                   figure        floor    ratio    budget
                """
                        .formatted(
                                Version.coldframe(),
                                Runtime.version().feature(),
                                Version.operatingSystem(),
                                ByteCounts.text(byteCount),
                                rounds));
        for (RowResult result : results) {
            out.append(line(result)).append('\n');
        }
        return out.toString();
    }

    private static String line(RowResult result) {
        RowUnit unit = result.row().unit();
        return String.format(
                        Locale.ROOT,
                        "%-17s %10s   %10s  %7.3f  %8s  %s",
                        result.row().rowName(),
                        "%.1f %s".formatted(result.figure(), unit.symbol()),
                        "%.1f %s".formatted(result.floor(), unit.symbol()),
                        result.ratio(),
                        text(result.row().budget(), unit),
                        result.row().budget().isNone() ? "" : result.passes() ? "pass" : "FAIL")
                .stripTrailing();
    }

    private static String text(Budget budget, RowUnit unit) {
        return switch (budget.of()) {
            case RATIO -> budget.most();
            case FIGURE -> budget.most() + " " + unit.symbol();
            case NOTHING -> "-";
        };
    }
}
