package io.coldframe.cli.chain;

import io.coldframe.snapshot.LayerSweep;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/// What became of layers that no snapshot reads any more.
final class Sweeps {

    private Sweeps() {}

    static Map<String, Object> members(LayerSweep sweep) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("removed", sweep.removed().stream().map(UUID::toString).toList());
        members.put("freedByteCount", sweep.freedByteCount());
        members.put("whyLeft", Texts.some(sweep.whyLeft()));
        return members;
    }

    static String text(LayerSweep sweep) {
        String removed =
                sweep.removed().isEmpty()
                        ? ""
                        : "removed %s, %s%n"
                                .formatted(
                                        Texts.count(sweep.removed().size(), "layer"),
                                        Texts.bytes(sweep.freedByteCount()));
        return removed + whyLeft(sweep);
    }

    static String whyLeft(LayerSweep sweep) {
        return sweep.whyLeft().isEmpty()
                ? ""
                : "layers that no snapshot reads are left for later: %s%n"
                        .formatted(sweep.whyLeft());
    }
}
