package io.coldframe.cli.doctor;

import io.coldframe.cli.Terminal;
import io.coldframe.cli.Version;

import java.util.stream.Collectors;

/// A diagnosis for people: one line a finding, and under what is missing why, and what would
/// change it.
final class TextReport {

    private final Terminal terminal;
    private final StringBuilder out = new StringBuilder();
    private final int nameWidth;
    private String lastReason = "";

    private TextReport(Terminal terminal, Diagnosis diagnosis) {
        this.terminal = terminal;
        this.nameWidth =
                diagnosis.findings().stream()
                        .mapToInt(finding -> finding.name().length())
                        .max()
                        .orElse(0);
    }

    static String of(Diagnosis diagnosis, Terminal terminal) {
        TextReport report = new TextReport(terminal, diagnosis);
        report.write(diagnosis);
        return report.out.toString();
    }

    private void write(Diagnosis diagnosis) {
        line("coldframe " + Version.coldframe() + " on " + Version.operatingSystem());
        String group = "";
        for (Finding finding : diagnosis.findings()) {
            if (!finding.group().equals(group)) {
                group = finding.group();
                line("");
                line(group);
            }
            finding(finding);
        }
        line("");
        line(verdict(diagnosis));
    }

    private void finding(Finding finding) {
        Outcome outcome = finding.outcome();
        String padding = " ".repeat(nameWidth - finding.name().length());
        boolean repeats = !outcome.reason().isEmpty() && outcome.reason().equals(lastReason);
        lastReason = outcome.reason();
        String what = outcome.detail().isEmpty() ? outcome.state().word() : outcome.detail();
        line(
                "  %s  %s%s  %s"
                        .formatted(
                                mark(outcome.state()),
                                finding.name(),
                                padding,
                                repeats ? what + ", as above" : what));
        if (repeats) {
            return;
        }
        // Under the name: the indent, the mark and the gap.
        String indent = " ".repeat(2 + sign(outcome.state()).length() + 2);
        if (!outcome.reason().isEmpty()) {
            line(indent + "why: " + outcome.reason());
        }
        if (!outcome.remedy().isEmpty()) {
            line(indent + "fix: " + outcome.remedy());
        }
    }

    private static String verdict(Diagnosis diagnosis) {
        long there = diagnosis.findings().stream().filter(Finding::isAvailable).count();
        String count = there + " of " + diagnosis.findings().size() + " available; ";
        if (diagnosis.hasFloor()) {
            return count + "the engine can work here";
        }
        return count
                + diagnosis.findings().stream()
                        .filter(Finding::breaksFloor)
                        .map(Finding::name)
                        .collect(Collectors.joining(", ", "the engine can't work without: ", ""));
    }

    private String mark(Outcome.State state) {
        String sign = sign(state);
        return terminal.colours() ? colour(state) + sign + "\u001b[0m" : sign;
    }

    /// All of one width, so that what follows is aligned.
    private String sign(Outcome.State state) {
        return switch (state) {
            case AVAILABLE -> terminal.symbols() ? "✓" : "yes";
            case MISSING -> terminal.symbols() ? "✗" : "no ";
            case UNTRIED -> terminal.symbols() ? "–" : "?  ";
            case FAILED -> terminal.symbols() ? "!" : "!  ";
        };
    }

    private static String colour(Outcome.State state) {
        return switch (state) {
            case AVAILABLE -> "\u001b[32m";
            case MISSING -> "\u001b[31m";
            case UNTRIED, FAILED -> "\u001b[33m";
        };
    }

    private void line(String text) {
        out.append(text).append('\n');
    }
}
