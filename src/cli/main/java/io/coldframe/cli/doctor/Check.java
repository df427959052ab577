package io.coldframe.cli.doctor;

/// One thing to try. Checks share nothing, so that none can take another with it.
///
/// @param group the heading that it stands under
/// @param name what a report calls it; part of the published schema, so it never changes
/// @param floor whether the engine can't work at all without it
/// @param remedy what helps where the system refuses a call of the trial; empty where nothing does
record Check(String group, String name, boolean floor, String remedy, Trial trial) {

    /// Tries one thing, and leaves nothing of it behind.
    @FunctionalInterface
    interface Trial {
        /// A call that is [Refused] says that it is missing; whatever else is thrown says that the
        /// trial is broken.
        Outcome attempt() throws Exception;
    }

    static Check of(String group, String name, Trial trial) {
        return new Check(group, name, false, "", trial);
    }

    static Check floor(String group, String name, Trial trial) {
        return new Check(group, name, true, "", trial);
    }

    /// The same, with what helps where a call is refused.
    Check orElse(String remedy) {
        return new Check(group, name, floor, remedy, trial);
    }

    /// Runs the trial; a broken one is reported like any other.
    Finding run() {
        return new Finding(group, name, floor, attempt());
    }

    private Outcome attempt() {
        try {
            return trial.attempt();
        } catch (Refused refused) {
            String known = refused.remedy();
            return Outcome.missing(refused.reason(), known.isEmpty() ? remedy : known);
        } catch (OutOfMemoryError exhausted) {
            throw exhausted;
        } catch (Throwable failure) {
            return Outcome.failed(failure);
        }
    }
}
