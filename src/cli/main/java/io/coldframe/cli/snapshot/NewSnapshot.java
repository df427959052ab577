package io.coldframe.cli.snapshot;

import io.coldframe.image.OnExisting;
import io.coldframe.snapshot.SnapshotRequest;

import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.LinkedHashMap;
import java.util.Map;

/// What a snapshot that is made is called, and what is remembered with it.
final class NewSnapshot {

    @Parameters(paramLabel = "NAME", description = "What it will be called.")
    private String name = "";

    @Option(
            names = "--label",
            paramLabel = "KEY=VALUE",
            description = "Something to remember with it; may be given more than once.")
    private Map<String, String> labels = new LinkedHashMap<>();

    @Option(names = "--replace", description = "Take the place of a snapshot of that name.")
    private boolean replace;

    String name() {
        return name;
    }

    /// The request, with the labels and the answer to a name that is taken.
    SnapshotRequest complete(SnapshotRequest request) {
        SnapshotRequest labelled = request;
        for (Map.Entry<String, String> label : labels.entrySet()) {
            labelled = labelled.withLabel(label.getKey(), label.getValue());
        }
        return labelled.withOnExisting(replace ? OnExisting.REPLACE : OnExisting.REFUSE);
    }
}
