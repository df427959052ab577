package io.coldframe.cli.snapshot;

import io.coldframe.Sha256;
import io.coldframe.cli.ByteCounts;
import io.coldframe.cli.FieldTable;
import io.coldframe.snapshot.PairDescription;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// The description of a pair for people and for programs. What can't be read is `?`, or `null`.
final class PairReport {

    private static final String UNREADABLE = "?";

    private PairReport() {}

    /// Every member is always there.
    static Map<String, Object> members(PairDescription pair) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("path", pair.path().toString());
        members.put("magic", magic(pair));
        members.put("architecture", pair.architecture().map(Object::toString));
        members.put("version", pair.version().map(Object::toString));
        members.put("vcpus", boxed(pair.vcpuCount()));
        members.put("memoryMib", boxed(pair.memoryMib()));
        members.put("trackDirtyPages", pair.trackDirtyPages());
        members.put("devices", boxed(pair.deviceCount()));
        members.put("mmds", pair.metadataServicePresent());
        members.put("kind", pair.isDiff().map(PairReport::kind));
        members.put("memorySha256", pair.memoryDigest().map(Sha256::hex));
        members.put("baseSha256", pair.memoryBase().map(Sha256::hex));
        members.put("memoryFile", pair.memoryFile().toString());
        members.put("memoryFileByteCount", boxed(pair.memoryFileByteCount()));
        members.put("otherKeptFiles", pair.otherKeptFiles().stream().map(Path::toString).toList());
        members.put("crcOk", pair.isCrcOk());
        members.put("problem", pair.problem());
        return members;
    }

    static String text(PairDescription pair) {
        FieldTable table = new FieldTable();
        table.row("path", pair.path().toString());
        table.row("magic", magic(pair).orElse(UNREADABLE));
        table.row("architecture", told(pair.architecture()));
        table.row("version", told(pair.version()));
        table.row("vCPUs", told(boxed(pair.vcpuCount())));
        table.row("memory MiB", told(boxed(pair.memoryMib())));
        table.row("track_dirty_pages", told(pair.trackDirtyPages()));
        table.row("devices", told(boxed(pair.deviceCount())));
        table.row("MMDS present", told(pair.metadataServicePresent()));
        table.row("kind", told(pair.isDiff().map(PairReport::kind)));
        table.row("memory digest", told(pair.memoryDigest()));
        pair.memoryBase().ifPresent(base -> table.row("base digest", base.hex()));
        OptionalLong length = pair.memoryFileByteCount();
        String size = length.isPresent() ? ByteCounts.text(length.getAsLong()) : "MISSING";
        table.row("memory file", pair.memoryFile() + " (" + size + ")");
        for (Path kept : pair.otherKeptFiles()) {
            table.row("left behind", kept + " (another state's memory; the next save removes it)");
        }
        table.row("CRC ok", Boolean.toString(pair.isCrcOk()));
        pair.problem().ifPresent(problem -> table.row("problem", problem));
        return table.text();
    }

    private static Optional<String> magic(PairDescription pair) {
        OptionalLong magic = pair.magic();
        return magic.isPresent()
                ? Optional.of("0x%016x".formatted(magic.getAsLong()))
                : Optional.empty();
    }

    static String kind(boolean isDiff) {
        return isDiff ? "diff" : "full";
    }

    private static String told(Optional<?> value) {
        return value.map(Object::toString).orElse(UNREADABLE);
    }

    private static Optional<Long> boxed(OptionalLong value) {
        return value.isPresent() ? Optional.of(value.getAsLong()) : Optional.empty();
    }

    private static Optional<Integer> boxed(OptionalInt value) {
        return value.isPresent() ? Optional.of(value.getAsInt()) : Optional.empty();
    }
}
