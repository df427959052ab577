package io.coldframe.cli.doctor;

import java.util.Locale;
import java.util.Map;

/// What came of one trial.
///
/// @param detail what was found, in one line; empty where nothing was
/// @param reason why it is not there, in one line; empty where it is
/// @param remedy what would change that, in one line; empty where it is there or nothing would
/// @param numbers what a program would otherwise have to parse out of `detail`; units in the names
record Outcome(
        State state, String detail, String reason, String remedy, Map<String, Long> numbers) {

    /// How a trial ended.
    enum State {
        /// It was tried and it works.
        AVAILABLE,
        /// It was tried and does not work here.
        MISSING,
        /// It could not be tried, so nothing is known.
        UNTRIED,
        /// The trial itself broke, so nothing is known; the reason says how.
        FAILED;

        /// The name in a report.
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static Outcome available(String detail) {
        return available(detail, Map.of());
    }

    static Outcome available(String detail, Map<String, Long> numbers) {
        return new Outcome(State.AVAILABLE, detail, "", "", numbers);
    }

    static Outcome missing(String reason, String remedy) {
        return new Outcome(State.MISSING, "", reason, remedy, Map.of());
    }

    /// What no other system has.
    static Outcome linuxOnly(String what) {
        return missing(what + ": Linux only", "");
    }

    static Outcome untried(String reason, String remedy) {
        return new Outcome(State.UNTRIED, "", reason, remedy, Map.of());
    }

    /// Keeps the whole chain of causes: the first line alone often hides why.
    static Outcome failed(Throwable failure) {
        StringBuilder reason = new StringBuilder("the trial broke: ").append(failure);
        Throwable cause = failure.getCause();
        for (int depth = 0; cause != null && depth < 8; depth++, cause = cause.getCause()) {
            reason.append("; because of ").append(cause);
        }
        return new Outcome(State.FAILED, "", reason.toString(), "", Map.of());
    }
}
