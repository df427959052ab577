package io.coldframe.cli.bench;

import io.coldframe.cli.ByteCounts;
import io.coldframe.cli.Json;
import io.coldframe.cli.Version;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

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
        members.put("figure", result.figureMs());
        members.put("unit", "ms");
        members.put("floor", result.floorMs());
        members.put("ratio", result.ratio());
        members.put("budget", result.budget());
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
                one round, and 20 of the short diff.1pct.

                row              figure ms     floor ms    ratio   budget
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
        return String.format(
                        Locale.ROOT,
                        "%-14s %11.1f  %11.1f  %7.3f  %7s  %s",
                        result.row().rowName(),
                        result.figureMs(),
                        result.floorMs(),
                        result.ratio(),
                        result.budget().map(BigDecimal::toPlainString).orElse("-"),
                        result.budget().isEmpty() ? "" : result.passes() ? "pass" : "FAIL")
                .stripTrailing();
    }
}
