package io.coldframe.snapshot;

import io.coldframe.snapshot.CompactionStep.Cause;
import io.coldframe.snapshot.LayerSurvey.Layer;
import io.coldframe.snapshot.LayerSurvey.Reader;
import io.coldframe.snapshot.LayerSurvey.Source;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// Which layers a policy wants to be rewritten, and which of them together.
///
/// **Threads.** One.
final class CompactionChoice {

    private final LayerSurvey survey;
    private final CompactionPolicy policy;
    private final Set<Source> frozen;
    private final Map<Source, Cause> chosen = new LinkedHashMap<>();

    /// @param frozen what an interrupted run is at, which is left to it
    CompactionChoice(LayerSurvey survey, CompactionPolicy policy, Set<Source> frozen) {
        this.survey = survey;
        this.policy = policy;
        this.frozen = frozen;
    }

    /// Sets of layers and images, each of which becomes one layer, with the cause for each member.
    List<Map<Source, Cause>> groups(List<Reader> targets) {
        if (policy.takesBase()) {
            for (Reader target : targets) {
                target.base().ifPresent(base -> choose(base, Cause.DEPTH));
            }
        }
        targets.forEach(this::chooseDead);
        targets.forEach(this::chooseFragmented);
        boundDepth(targets);
        return connected();
    }

    private void choose(Source layer, Cause cause) {
        if (!frozen.contains(layer)) {
            chosen.putIfAbsent(layer, cause);
        }
    }

    private void chooseDead(Reader target) {
        for (Source source : sorted(target.named())) {
            Layer layer = survey.layer(source);
            long stored = layer.live().blockCount();
            long dead = stored - layer.live().size();
            if (dead > policy.deadRatioMax() * stored) {
                choose(source, Cause.DEAD);
            }
        }
    }

    /// The newest reader of its layers alone: the new layer is laid out as that one reads it, so
    /// the others may lie in pieces for ever.
    private void chooseFragmented(Reader target) {
        boolean isScattered =
                target.pieces() > target.runs()
                        && target.dataBlocks() / target.pieces() < policy.runBlocksMin();
        if (isScattered && isNewestOfItsLayers(target)) {
            sorted(target.read()).forEach(source -> choose(source, Cause.FRAGMENTS));
        }
    }

    private boolean isNewestOfItsLayers(Reader target) {
        for (Reader reader : survey.readers()) {
            if (reader.stored().equals(target.stored())) {
                return true;
            }
            if (reader.read().stream().anyMatch(target.read()::contains)) {
                return false;
            }
        }
        return true;
    }

    /// Takes of the deepest reader the layers that are the least to copy, until none is too deep.
    private void boundDepth(List<Reader> targets) {
        List<Reader> open = new ArrayList<>(targets);
        while (!open.isEmpty()) {
            Reader deepest =
                    open.stream().max(Comparator.comparingInt(this::depthAfter)).orElseThrow();
            int excess = depthAfter(deepest) - policy.depthMax();
            if (excess <= 0) {
                return;
            }
            List<Source> candidates =
                    deepest.read().stream()
                            .filter(
                                    source ->
                                            !chosen.containsKey(source) && !frozen.contains(source))
                            .sorted(
                                    Comparator.comparingLong(
                                                    (Source source) ->
                                                            survey.layer(source).live().size())
                                            .thenComparing(Comparator.naturalOrder()))
                            .toList();
            // What is chosen counts for one, so the first that is chosen wins nothing.
            int count = isTouched(deepest) ? excess : excess + 1;
            candidates.stream().limit(count).forEach(source -> choose(source, Cause.DEPTH));
            if (candidates.size() <= count) {
                open.remove(deepest);
            }
        }
    }

    /// How many layers a reader would read.
    int depthAfter(Reader reader) {
        int depth = isTouched(reader) ? 1 : 0;
        boolean isFrozen = false;
        for (Source source : reader.read()) {
            isFrozen |= frozen.contains(source);
            depth += chosen.containsKey(source) || frozen.contains(source) ? 0 : 1;
        }
        return depth + (isFrozen ? 1 : 0);
    }

    /// Whether something that a reader reads is chosen.
    private boolean isTouched(Reader reader) {
        return reader.read().stream().anyMatch(chosen::containsKey)
                || reader.base().filter(chosen::containsKey).isPresent();
    }

    /// What some reader has in common goes together.
    private List<Map<Source, Cause>> connected() {
        Map<Source, Source> leaders = new HashMap<>();
        chosen.keySet().forEach(source -> leaders.put(source, source));
        for (Reader reader : survey.readers()) {
            List<Source> own =
                    reader.sources().stream().filter(chosen::containsKey).sorted().toList();
            for (int i = 1; i < own.size(); i++) {
                leaders.put(leader(leaders, own.get(i)), leader(leaders, own.getFirst()));
            }
        }
        SortedMap<Source, Map<Source, Cause>> groups = new TreeMap<>();
        chosen.forEach(
                (source, cause) ->
                        groups.computeIfAbsent(leader(leaders, source), _ -> new TreeMap<>())
                                .put(source, cause));
        return List.copyOf(groups.values());
    }

    private static Source leader(Map<Source, Source> leaders, Source source) {
        Source at = source;
        Source above = leaders.getOrDefault(at, at);
        while (!above.equals(at)) {
            at = above;
            above = leaders.getOrDefault(at, at);
        }
        return at;
    }

    private static List<Source> sorted(Set<Source> ids) {
        return ids.stream().sorted().toList();
    }
}
