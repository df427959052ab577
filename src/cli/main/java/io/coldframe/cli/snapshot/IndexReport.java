package io.coldframe.cli.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.cli.ErrorText;
import io.coldframe.cli.FieldTable;
import io.coldframe.layer.LayerIndex;
import io.coldframe.snapshot.Manifest;
import io.coldframe.snapshot.SnapshotStore;

import java.util.Map;
import java.util.Optional;

/// What the index of a layer snapshot says: how many layers it reads, in how many pieces. Of an
/// image there is nothing to say.
///
/// @param depth how many layers
/// @param extentCount how many pieces
/// @param problem why it can't be read; empty if it can
record IndexReport(Optional<Integer> depth, Optional<Integer> extentCount, String problem) {

    static IndexReport of(SnapshotStore store, Manifest manifest) throws SnapshotException {
        if (manifest.kind() != Manifest.Kind.LAYER) {
            return new IndexReport(Optional.empty(), Optional.empty(), "");
        }
        try (LayerIndex index = store.layerIndex(manifest.id().toString())) {
            return new IndexReport(
                    Optional.of(index.layers().size()), Optional.of(index.map().extentCount()), "");
        } catch (SnapshotException failure) {
            if (failure.kind() != Kind.CORRUPT) {
                throw failure;
            }
            return new IndexReport(Optional.empty(), Optional.empty(), ErrorText.of(failure));
        }
    }

    boolean isOk() {
        return problem.isEmpty();
    }

    void addTo(Map<String, Object> members) {
        members.put("depth", depth);
        members.put("extentCount", extentCount);
        members.put("indexProblem", problem.isEmpty() ? Optional.empty() : Optional.of(problem));
    }

    /// A line, aligned as those of a manifest, or none.
    String text() {
        FieldTable table = new FieldTable();
        if (!isOk()) {
            table.row("index   ", "DAMAGED: " + problem);
        } else if (depth.isPresent()) {
            table.row(
                    "reads   ",
                    "%d layer%s in %d pieces"
                            .formatted(
                                    depth.get(),
                                    depth.get() == 1 ? "" : "s",
                                    extentCount.orElse(0)));
        }
        return table.text();
    }
}
