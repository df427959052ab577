package io.coldframe.bench;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// One guarded figure: what is measured, against what, and the line that it may not cross.
///
/// @param name what the table calls it
/// @param figure the benchmark that is guarded
/// @param floor what it is measured against, in the same run; empty for a bare time
/// @param rule how the two are compared
/// @param line the value that the rule compares with
record GuardLine(String name, Subject figure, Optional<Subject> floor, Rule rule, double line) {

    /// A benchmark method with its parameters, as `Class.method` or `Class.method:key=value,…`.
    ///
    /// @param method the class and the method
    /// @param parameters the values of the parameters, by name
    record Subject(String method, Map<String, String> parameters) {

        static Subject parse(String text) {
            String[] parts = text.split(":", 2);
            Map<String, String> parameters = new TreeMap<>();
            if (parts.length == 2) {
                for (String pair : parts[1].split(",", -1)) {
                    String[] keyAndValue = pair.split("=", 2);
                    if (keyAndValue.length != 2) {
                        throw new IllegalArgumentException("not key=value: " + pair);
                    }
                    parameters.put(keyAndValue[0], keyAndValue[1]);
                }
            }
            return new Subject(parts[0], parameters);
        }
    }

    /// How a figure is compared.
    enum Rule {
        /// The floor's time over the figure's: 1 is as fast as the floor, and less is slower.
        SPEED_AT_LEAST("speed>="),
        /// The figure's time over the floor's.
        TIME_AT_MOST("time<="),
        /// The figure's time in nanoseconds, of one operation.
        NANOS_AT_MOST("ns<=");

        private final String symbol;

        Rule(String symbol) {
            this.symbol = symbol;
        }

        double value(double figureNanos, double floorNanos) {
            return switch (this) {
                case SPEED_AT_LEAST -> floorNanos / figureNanos;
                case TIME_AT_MOST -> figureNanos / floorNanos;
                case NANOS_AT_MOST -> figureNanos;
            };
        }

        boolean holds(double value, double line) {
            return this == SPEED_AT_LEAST ? value >= line : value <= line;
        }

        @Override
        public String toString() {
            return symbol;
        }
    }

    /// Reads `name figure floor rule`, separated by blanks; the floor of a bare time is `-`.
    static GuardLine parse(String text) {
        String[] words = text.strip().split("\\s+", -1);
        if (words.length != 4) {
            throw new IllegalArgumentException("not 'name figure floor rule': " + text);
        }
        Rule rule =
                Arrays.stream(Rule.values())
                        .filter(candidate -> words[3].startsWith(candidate.symbol))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("no rule: " + words[3]));
        Optional<Subject> floor =
                words[2].equals("-") ? Optional.empty() : Optional.of(Subject.parse(words[2]));
        if (floor.isEmpty() != (rule == Rule.NANOS_AT_MOST)) {
            throw new IllegalArgumentException("a ratio has a floor, a time has none: " + text);
        }
        double line = Double.parseDouble(words[3].substring(rule.symbol.length()));
        return new GuardLine(words[0], Subject.parse(words[1]), floor, rule, line);
    }
}
