package io.coldframe.cli.doctor;

import io.coldframe.bindings.Errno;

/// The system refused a call that a trial cannot do without: what is tried is missing.
final class Refused extends Exception {

    private static final long serialVersionUID = 1;

    private final String reason;

    private Refused(String reason) {
        super(reason);
        this.reason = reason;
    }

    /// Which call, and what it answered.
    String reason() {
        return reason;
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
            throw new Refused(call + " answers " + Errno.text((int) -result));
        }
        return result;
    }
}
