package io.coldframe.cli.chain;

import io.coldframe.cli.ByteCounts;
import io.coldframe.cli.ColumnTable;
import io.coldframe.cli.picture.Percent;
import io.coldframe.snapshot.CompactionPlan;
import io.coldframe.snapshot.CompactionReport;
import io.coldframe.snapshot.CompactionStep;
import io.coldframe.snapshot.CompactionStep.RewrittenLayer;
import io.coldframe.snapshot.CompactionStep.RewrittenSnapshot;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// A compaction for people and for programs.
final class CompactionText {

    private CompactionText() {}

    /// What would be done.
    static Map<String, Object> members(CompactionPlan plan) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("dryRun", true);
        putPlan(members, plan);
        return members;
    }

    /// What was done.
    static Map<String, Object> members(CompactionReport report, long elapsedNs) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("dryRun", false);
        putPlan(members, report.plan());
        members.put("bytesRead", report.readByteCount());
        members.put("bytesWritten", report.writtenByteCount());
        members.put("bytesResumed", report.resumedByteCount());
        members.put("rewrittenSnapshotCount", report.rewritten());
        members.put("left", report.left());
        members.put("sweep", Sweeps.members(report.sweep()));
        members.put("elapsedMs", elapsedNs / 1_000_000);
        return members;
    }

    private static void putPlan(Map<String, Object> members, CompactionPlan plan) {
        members.put("steps", plan.steps().stream().map(CompactionText::step).toList());
        members.put("readByteCount", plan.readByteCount());
        members.put("writtenByteCount", plan.writtenByteCount());
        members.put("freedByteCount", plan.freedByteCount());
        members.put("unneededByteCount", plan.unneededByteCount());
    }

    private static Map<String, Object> step(CompactionStep step) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("layers", step.layers().stream().map(CompactionText::layer).toList());
        members.put("snapshots", step.snapshots().stream().map(CompactionText::snapshot).toList());
        members.put("readByteCount", step.readByteCount());
        members.put("writtenByteCount", step.writtenByteCount());
        members.put("freedByteCount", step.freedByteCount());
        members.put("resumed", step.isResumed());
        return members;
    }

    private static Map<String, Object> layer(RewrittenLayer layer) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("id", layer.id().toString());
        members.put("holder", layer.holder());
        members.put("storedBlockCount", layer.storedBlockCount());
        members.put("liveBlockCount", layer.liveBlockCount());
        members.put("cause", cause(layer));
        return members;
    }

    private static String cause(RewrittenLayer layer) {
        return layer.cause().name().toLowerCase(Locale.ROOT);
    }

    private static Map<String, Object> snapshot(RewrittenSnapshot snapshot) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("name", snapshot.name());
        members.put("id", snapshot.id().toString());
        members.put("depthBefore", snapshot.depthBefore());
        members.put("depthAfter", snapshot.depthAfter());
        members.put("losesBase", snapshot.losesBase());
        return members;
    }

    /// What would be done, for people.
    static String plan(CompactionPlan plan) {
        if (plan.isEmpty()) {
            return "nothing to compact\n";
        }
        StringBuilder out = new StringBuilder();
        for (CompactionStep step : plan.steps()) {
            out.append(text(step)).append('\n');
        }
        if (plan.unneededByteCount() > 0) {
            out.append(
                    "%s that no snapshot reads any more would be removed%n"
                            .formatted(ByteCounts.text(plan.unneededByteCount())));
        }
        return out.append(
                        "would read %s, write at most %s, free %s%n"
                                .formatted(
                                        Texts.bytes(plan.readByteCount()),
                                        Texts.bytes(plan.writtenByteCount()),
                                        Texts.bytes(plan.freedByteCount())))
                .toString();
    }

    private static String text(CompactionStep step) {
        ColumnTable layers =
                new ColumnTable("LAYER", "BESIDE", "BLOCKS", "LIVE", "DEAD", "WHY")
                        .alignRight("BLOCKS", "LIVE", "DEAD");
        for (RewrittenLayer layer : step.layers()) {
            long deadCount = layer.storedBlockCount() - layer.liveBlockCount();
            layers.row(
                    layer.id().toString(),
                    layer.holder().orElse("-"),
                    Long.toString(layer.storedBlockCount()),
                    Long.toString(layer.liveBlockCount()),
                    Percent.text(deadCount, layer.storedBlockCount()),
                    cause(layer));
        }
        ColumnTable snapshots =
                new ColumnTable("SNAPSHOT", "DEPTH", "THEN", "").alignRight("DEPTH", "THEN");
        for (RewrittenSnapshot snapshot : step.snapshots()) {
            snapshots.row(
                    snapshot.name(),
                    Integer.toString(snapshot.depthBefore()),
                    Integer.toString(snapshot.depthAfter()),
                    snapshot.losesBase() ? "lies on no image any more" : "");
        }
        return "%s%n%s%n%s into one%s: read %s, write at most %s, free %s%n"
                .formatted(
                        layers.text(),
                        snapshots.text(),
                        Texts.count(step.layers().size(), "layer"),
                        step.isResumed() ? ", which has begun" : "",
                        Texts.bytes(step.readByteCount()),
                        Texts.bytes(step.writtenByteCount()),
                        Texts.bytes(step.freedByteCount()));
    }

    /// What was done, for people.
    static String report(CompactionReport report, long elapsedNs) {
        if (report.plan().isEmpty() && report.sweep().removed().isEmpty()) {
            return "nothing to compact\n" + Sweeps.whyLeft(report.sweep());
        }
        List<CompactionStep> steps = report.plan().steps();
        StringBuilder out = new StringBuilder();
        if (!steps.isEmpty()) {
            out.append(
                    String.format(
                            Locale.ROOT,
                            "compacted %s of %s: %s read, %s written%s in %.1f s%n",
                            Texts.count(
                                    steps.stream().mapToInt(step -> step.layers().size()).sum(),
                                    "layer"),
                            Texts.count(report.rewritten(), "snapshot"),
                            Texts.bytes(report.readByteCount()),
                            Texts.bytes(report.writtenByteCount()),
                            report.resumedByteCount() == 0
                                    ? ""
                                    : ", %s were there"
                                            .formatted(Texts.bytes(report.resumedByteCount())),
                            elapsedNs / 1e9));
        }
        report.left().forEach(left -> out.append("left ").append(left).append('\n'));
        return out.append(Sweeps.text(report.sweep())).toString();
    }
}
