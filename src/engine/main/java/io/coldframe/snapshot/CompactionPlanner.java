package io.coldframe.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.layer.LayerRef;
import io.coldframe.layer.Relocation;
import io.coldframe.snapshot.CompactionStep.Cause;
import io.coldframe.snapshot.CompactionStep.RewrittenLayer;
import io.coldframe.snapshot.CompactionStep.RewrittenSnapshot;
import io.coldframe.snapshot.LayerSurvey.Layer;
import io.coldframe.snapshot.LayerSurvey.Reader;
import io.coldframe.snapshot.LayerSurvey.Source;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/// Says what a compaction would do.
///
/// What an interrupted run was at comes first, whatever the policy says: its work is done in part,
/// and what it has yet to do is less than it would be anew.
record CompactionPlanner(StorePaths paths) {

    CompactionPlan plan(CompactionPolicy policy) throws SnapshotException {
        Catalogue catalogue = Catalogue.of(paths);
        try (LayerSurvey survey = LayerSurvey.of(catalogue)) {
            List<CompactionStep> steps = new ArrayList<>();
            Set<Source> frozen = new HashSet<>();
            CompactionFiles files = new CompactionFiles(paths);
            Optional<Relocation> journal = files.usableJournal();
            if (journal.isPresent()) {
                try (Relocation interrupted = journal.get()) {
                    interrupted(survey, interrupted).ifPresent(steps::add);
                    frozen.addAll(sources(interrupted));
                }
            }
            CompactionChoice choice = new CompactionChoice(survey, policy, frozen);
            for (Map<Source, Cause> group : choice.groups(targets(survey, policy))) {
                steps.add(step(survey, group, false));
            }
            boolean isResumed = steps.stream().anyMatch(CompactionStep::isResumed);
            long unneededBytes = unneededBytes(catalogue) + (isResumed ? 0 : files.byteCount());
            return new CompactionPlan(policy, steps, unneededBytes);
        }
    }

    private List<Reader> targets(LayerSurvey survey, CompactionPolicy policy)
            throws SnapshotException {
        if (policy.references().isEmpty()) {
            return survey.readers();
        }
        List<Reader> targets = new ArrayList<>();
        for (String reference : policy.references()) {
            StoredSnapshot named = new SnapshotOpener(paths).resolve(reference);
            if (named.manifest().kind() != Manifest.Kind.LAYER) {
                throw new SnapshotException(
                        Kind.UNSUPPORTED,
                        Reason.INCOMPATIBLE,
                        "an image snapshot, which has no layers: " + named,
                        named.path());
            }
            targets.add(target(survey, named));
        }
        return targets;
    }

    private static Reader target(LayerSurvey survey, StoredSnapshot named)
            throws SnapshotException {
        Optional<Reader> reader = survey.reader(named.manifest().id());
        if (reader.isEmpty()) {
            throw new SnapshotException(
                    Kind.CONFLICT, Reason.BUSY, "captured just now: try again", named.path());
        }
        return reader.get();
    }

    private static List<Source> sources(Relocation interrupted) {
        List<Source> sources = new ArrayList<>();
        for (LayerRef layer : interrupted.layers()) {
            sources.add(new Source(layer.id(), interrupted.blockSize()));
        }
        interrupted
                .base()
                .map(base -> new Source(base.origin().snapshotId(), interrupted.blockSize()))
                .ifPresent(sources::add);
        return sources;
    }

    private static Optional<CompactionStep> interrupted(
            LayerSurvey survey, Relocation interrupted) {
        Map<Source, Cause> group = new TreeMap<>();
        sources(interrupted).stream()
                .filter(survey::isKnown)
                .forEach(source -> group.put(source, Cause.INTERRUPTED));
        return group.isEmpty() ? Optional.empty() : Optional.of(step(survey, group, true));
    }

    private static CompactionStep step(
            LayerSurvey survey, Map<Source, Cause> group, boolean isResumed) {
        List<RewrittenLayer> layers = new ArrayList<>();
        Optional<UUID> base = Optional.empty();
        long copiedBytes = 0;
        long freedBytes = 0;
        for (Map.Entry<Source, Cause> member : group.entrySet()) {
            Layer layer = survey.layer(member.getKey());
            copiedBytes += layer.liveBytes();
            freedBytes += layer.fileBytes();
            if (layer.isImage()) {
                base = Optional.of(layer.source().id());
            } else {
                layers.add(
                        new RewrittenLayer(
                                layer.source().id(),
                                layer.holder(),
                                layer.live().blockCount(),
                                layer.live().size(),
                                member.getValue()));
            }
        }
        return new CompactionStep(
                group.keySet().iterator().next().blockSize(),
                layers,
                base,
                snapshots(survey, group.keySet()),
                copiedBytes,
                copiedBytes,
                freedBytes,
                isResumed);
    }

    private static List<RewrittenSnapshot> snapshots(LayerSurvey survey, Set<Source> group) {
        List<RewrittenSnapshot> snapshots = new ArrayList<>();
        for (Reader reader : survey.readers()) {
            if (Collections.disjoint(reader.sources(), group)) {
                continue;
            }
            boolean losesBase = reader.base().filter(group::contains).isPresent();
            boolean readsNew = losesBase || !Collections.disjoint(reader.read(), group);
            Set<Source> kept = new HashSet<>(reader.read());
            kept.removeAll(group);
            snapshots.add(
                    new RewrittenSnapshot(
                            reader.stored().name(),
                            reader.stored().manifest().id(),
                            reader.depth(),
                            kept.size() + (readsNew ? 1 : 0),
                            losesBase));
        }
        return snapshots;
    }

    private long unneededBytes(Catalogue catalogue) throws SnapshotException {
        LayerNeeds needs = LayerNeeds.of(paths, catalogue, Set.of());
        if (!needs.unknown().isEmpty()) {
            return 0;
        }
        long byteCount = 0;
        for (UUID layer : new LayerShelf(paths).unneeded(needs)) {
            byteCount += LayerShelf.byteCount(paths.layer(layer));
        }
        return byteCount;
    }
}
