package io.coldframe.cli.chain;

import io.coldframe.SnapshotException;
import io.coldframe.inspect.Author;
import io.coldframe.snapshot.SnapshotStore;
import io.coldframe.snapshot.SnapshotSummary;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// What the snapshots of a store are called.
final class SnapshotNames {

    /// What stands for the name of a snapshot that was deleted.
    static final String GONE = "(gone)";

    private final Map<UUID, String> names = new HashMap<>();

    SnapshotNames(SnapshotStore store) throws SnapshotException {
        for (SnapshotSummary summary : store.list()) {
            summary.manifest().ifPresent(manifest -> names.put(manifest.id(), summary.name()));
        }
    }

    /// Its name, if it is still there.
    Optional<String> of(Author author) {
        return Optional.ofNullable(names.get(author.snapshotId()));
    }

    /// Its name for people.
    String text(Author author) {
        return of(author).orElse(GONE);
    }

    /// An author for programs.
    Map<String, Object> members(Author author) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("name", of(author));
        members.put("id", author.snapshotId().toString());
        members.put("generation", author.generation());
        members.put("createdAt", author.createdAt().toString());
        return members;
    }
}
