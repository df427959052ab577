package io.coldframe.snapshot;

import java.util.List;

/// What is wrong with a store.
///
/// @param snapshotCount how many snapshots were looked at
/// @param problems what was found, in the order in which repair goes through it
public record FsckReport(long snapshotCount, List<FsckProblem> problems) {

    /// Copies the list.
    public FsckReport {
        problems = List.copyOf(problems);
    }

    /// {@return whether all is well: nothing was found, or all of it was repaired}
    public boolean isClean() {
        return problems.stream()
                .allMatch(
                        problem ->
                                problem.outcome() == FsckProblem.Outcome.REPAIRED
                                        || problem.outcome() == FsckProblem.Outcome.GONE);
    }
}
