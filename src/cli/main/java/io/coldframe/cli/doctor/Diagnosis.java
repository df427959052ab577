package io.coldframe.cli.doctor;

import java.nio.file.Path;
import java.util.List;

/// Everything that was found, in the order of the checks.
record Diagnosis(Path directory, List<Finding> findings) {

    Diagnosis {
        findings = List.copyOf(findings);
    }

    /// Tries everything.
    static Diagnosis of(Path directory) {
        return new Diagnosis(directory, Checks.of(directory).stream().map(Check::run).toList());
    }

    /// Whether the engine can work here at all.
    boolean hasFloor() {
        return findings.stream().noneMatch(Finding::breaksFloor);
    }
}
