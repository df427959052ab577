package io.coldframe.cli.doctor;

/// One thing to try. Checks share nothing, so that none can take another with it.
///
/// @param group the heading that it stands under
/// @param name what a report calls it; part of the published schema, so it never changes
/// @param floor whether the engine can't work at all without it
record Check(String group, String name, boolean floor, Trial trial) {

    /// Tries one thing, and leaves nothing of it behind.
    @FunctionalInterface
    interface Trial {
        /// Whatever it throws becomes a finding of its own.
        Outcome attempt() throws Exception;
    }

    static Check of(String group, String name, Trial trial) {
        return new Check(group, name, false, trial);
    }

    static Check floor(String group, String name, Trial trial) {
        return new Check(group, name, true, trial);
    }

    /// Runs the trial; a broken one is reported like any other.
    Finding run() {
        return new Finding(group, name, floor, attempt());
    }

    private Outcome attempt() {
        try {
            return trial.attempt();
        } catch (OutOfMemoryError exhausted) {
            throw exhausted;
        } catch (Throwable failure) {
            return Outcome.failed(failure);
        }
    }
}
