package io.coldframe.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.snapshot.PrunePlan.Choice;
import io.coldframe.snapshot.PruneRules.Dated;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/// Says which snapshots a policy lets go.
///
/// @param now what ages are counted from
record PrunePlanner(StorePaths paths, Instant now) {

    PrunePlan plan(PrunePolicy policy) throws SnapshotException {
        if (!policy.isSelective()) {
            throw new IllegalArgumentException(
                    "nothing says what to keep or to remove: that would be all of the store");
        }
        Set<UUID> selected = selected(policy);
        Catalogue catalogue = Catalogue.of(paths);
        List<StoredSnapshot> newestFirst =
                catalogue.readable().values().stream()
                        .sorted(Comparator.comparing(PrunePlanner::dated, PruneRules.NEWEST_FIRST))
                        .toList();
        Map<UUID, List<String>> kept = keptByRules(policy, newestFirst, selected);
        for (StoredSnapshot stored : newestFirst) {
            UUID id = stored.manifest().id();
            if (!policy.references().isEmpty() && !selected.contains(id)) {
                keep(kept, id, "not named");
            }
        }
        new Tags(paths).allKnown().forEach((tag, id) -> keep(kept, id, "tag: " + tag));
        keepNeeded(catalogue, newestFirst, kept);
        return plan(policy, catalogue, newestFirst, kept);
    }

    private static Dated dated(StoredSnapshot stored) {
        return new Dated(stored.manifest().id(), stored.manifest().createdAt());
    }

    private Set<UUID> selected(PrunePolicy policy) throws SnapshotException {
        Set<UUID> selected = new HashSet<>();
        for (String reference : policy.references()) {
            selected.add(new Removal(paths).resolve(reference).manifest().id());
        }
        return selected;
    }

    private Map<UUID, List<String>> keptByRules(
            PrunePolicy policy, List<StoredSnapshot> newestFirst, Set<UUID> selected) {
        List<Dated> candidates =
                newestFirst.stream()
                        .map(PrunePlanner::dated)
                        .filter(
                                dated ->
                                        policy.references().isEmpty()
                                                || selected.contains(dated.id()))
                        .toList();
        List<List<String>> reasons = new PruneRules(policy, now).reasons(candidates);
        Map<UUID, List<String>> kept = new HashMap<>();
        for (int i = 0; i < candidates.size(); i++) {
            for (String reason : reasons.get(i)) {
                keep(kept, candidates.get(i).id(), reason);
            }
        }
        return kept;
    }

    private static void keep(Map<UUID, List<String>> kept, UUID id, String reason) {
        kept.computeIfAbsent(id, _ -> new ArrayList<>()).add(reason);
    }

    /// An image stays while one stays that lies on it, and so on down to the first. The youngest
    /// generation is looked at first, so one look is enough.
    private static void keepNeeded(
            Catalogue catalogue, List<StoredSnapshot> snapshots, Map<UUID, List<String>> kept) {
        List<StoredSnapshot> images =
                snapshots.stream()
                        .filter(stored -> stored.manifest().kind() != Manifest.Kind.LAYER)
                        .sorted(
                                Comparator.comparingInt(
                                                (StoredSnapshot stored) ->
                                                        stored.manifest().generation())
                                        .reversed())
                        .toList();
        for (StoredSnapshot image : images) {
            UUID id = image.manifest().id();
            for (StoredSnapshot user : Removal.usersOf(catalogue, id)) {
                if (kept.containsKey(user.manifest().id())) {
                    keep(kept, id, "needed by: " + user.name());
                }
            }
            catalogue
                    .unknown()
                    .ifPresent(
                            unknown ->
                                    keep(
                                            kept,
                                            id,
                                            "maybe needed by what can't be read: "
                                                    + unknown.getKey()));
        }
    }

    private PrunePlan plan(
            PrunePolicy policy,
            Catalogue catalogue,
            List<StoredSnapshot> newestFirst,
            Map<UUID, List<String>> kept)
            throws SnapshotException {
        List<Choice> choices = new ArrayList<>();
        List<StoredSnapshot> removed = new ArrayList<>();
        for (StoredSnapshot stored : newestFirst) {
            UUID id = stored.manifest().id();
            boolean isRemoved = !kept.containsKey(id);
            if (isRemoved) {
                removed.add(stored);
            }
            choices.add(
                    new Choice(
                            stored.name(),
                            id,
                            stored.manifest().createdAt(),
                            isRemoved,
                            kept.getOrDefault(id, List.of(whyRemoved(policy)))));
        }
        return new PrunePlan(choices, freedBytes(catalogue, removed));
    }

    private static String whyRemoved(PrunePolicy policy) {
        if (!policy.references().isEmpty()) {
            return "named";
        }
        return policy.olderThan().map(age -> "older than " + age).orElse("no rule keeps it");
    }

    /// The files of those that go, but for layers that others still read; and the layers on the
    /// shelf that nobody reads then.
    private long freedBytes(Catalogue catalogue, List<StoredSnapshot> removed)
            throws SnapshotException {
        Set<UUID> gone = new HashSet<>();
        removed.forEach(stored -> gone.add(stored.manifest().id()));
        LayerNeeds needs = LayerNeeds.of(paths, catalogue, gone);
        boolean isSweepable = needs.unknown().isEmpty();
        LayerShelf shelf = new LayerShelf(paths);
        long byteCount = 0;
        for (StoredSnapshot stored : removed) {
            boolean isLayerKept =
                    stored.manifest().memory().layerId().stream()
                            .anyMatch(
                                    layer ->
                                            !isSweepable
                                                    || needs.layers().contains(layer)
                                                    || StorePaths.isDirectory(paths.layer(layer)));
            byteCount += Removal.byteCount(stored, !isLayerKept);
        }
        if (isSweepable) {
            for (UUID layer : shelf.unneeded(needs)) {
                byteCount += LayerShelf.byteCount(paths.layer(layer));
            }
        }
        return byteCount;
    }
}
