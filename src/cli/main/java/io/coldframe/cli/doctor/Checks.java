package io.coldframe.cli.doctor;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Every check there is, in the order of the report.
final class Checks {

    private Checks() {}

    static List<Check> of(Path directory) {
        return Stream.of(
                        HostChecks.all(),
                        MemoryChecks.all(),
                        KvmChecks.all(),
                        HypervisorChecks.all(),
                        TrackingChecks.all(),
                        FaultChecks.all(),
                        DirectoryChecks.all(directory))
                .flatMap(List::stream)
                .toList();
    }
}
