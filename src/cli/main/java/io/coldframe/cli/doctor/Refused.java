package io.coldframe.cli.doctor;

import io.coldframe.bindings.Errno;
import io.coldframe.bindings.Facility;

/// The system refused a call that a trial cannot do without: what is tried is missing.
final class Refused extends Exception {

    private static final long serialVersionUID = 1;

    private final String reason;
    private final String remedy;

    private Refused(String reason, String remedy) {
        super(reason);
        this.reason = reason;
        this.remedy = remedy;
    }

    /// Which call, and what it answered.
    String reason() {
        return reason;
    }

    /// What would change it; empty where only the check may know.
    String remedy() {
        return remedy;
    }

    /// For what answers neither by an errno nor as a facility.
    static Refused because(String reason, String remedy) {
        return new Refused(reason, remedy);
    }

    /// What a facility offers, which must be there.
    static <T> T need(Facility<T> facility) throws Refused {
        return switch (facility) {
            case Facility.Available<T>(T value) -> value;
            case Facility.Missing<T>(String reason, String remedy) ->
                    throw new Refused(reason, remedy);
        };
    }

    /// The result of a call, which must not be a negated errno.
    ///
    /// @param call how a report names it
    static int check(int result, String call) throws Refused {
        return (int) check((long) result, call);
    }

    /// As above, for a call that answers 64 bits.
    static long check(long result, String call) throws Refused {
        if (result < 0) {
            throw new Refused(call + " answers " + Errno.text((int) -result), "");
        }
        return result;
    }
}
