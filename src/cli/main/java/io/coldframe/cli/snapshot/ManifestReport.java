package io.coldframe.cli.snapshot;

import io.coldframe.cli.ByteCounts;
import io.coldframe.cli.FieldTable;
import io.coldframe.memory.GuestRegion;
import io.coldframe.snapshot.HostDescription;
import io.coldframe.snapshot.Manifest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/// A manifest for people and for programs.
final class ManifestReport {

    private ManifestReport() {}

    /// Every member is always there.
    static Map<String, Object> members(String name, Manifest manifest) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("name", name);
        members.put("id", manifest.id().toString());
        members.put("kind", kind(manifest));
        members.put("generation", manifest.generation());
        members.put(
                "parent",
                manifest.parent()
                        .map(
                                parent ->
                                        Map.of(
                                                "id",
                                                parent.id().toString(),
                                                "name",
                                                parent.name())));
        members.put("createdAt", manifest.createdAt().toString());
        members.put("tool", manifest.tool());
        members.put("architecture", manifest.architecture().text());
        members.put("vcpuCount", manifest.vcpuCount());
        members.put("byteCount", manifest.memory().byteCount());
        members.put("pageByteCount", manifest.memory().pageSize().bytes());
        members.put("writtenPageCount", manifest.memory().writtenPageCount());
        members.put("sumsByteCount", manifest.memory().sumsByteCount());
        members.put("sumsSha256", manifest.memory().sumsDigest().hex());
        members.put("layer", manifest.memory().layerId().map(UUID::toString));
        members.put("base", manifest.memory().baseId().map(UUID::toString));
        members.put("stateFormat", stateFormat(manifest));
        members.put("stateByteCount", manifest.state().byteCount());
        members.put("stateSha256", manifest.state().digest().hex());
        members.put("regions", regions(manifest));
        members.put("host", host(manifest.host()));
        members.put("labels", new TreeMap<>(manifest.labels()));
        return members;
    }

    private static List<Map<String, Object>> regions(Manifest manifest) {
        List<Map<String, Object>> regions = new ArrayList<>();
        for (GuestRegion region : manifest.memory().layout().regions()) {
            Map<String, Object> members = new LinkedHashMap<>();
            members.put("guestAddress", region.guestAddress());
            members.put("byteCount", region.byteCount());
            regions.add(members);
        }
        return regions;
    }

    private static Map<String, Object> host(HostDescription host) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("operatingSystem", host.operatingSystem());
        members.put("architecture", host.architecture());
        members.put("cpuVendor", host.cpuVendor());
        members.put("cpuName", host.cpuName());
        members.put("cpuFamily", host.cpuFamily());
        members.put("cpuModel", host.cpuModel());
        members.put("cpuStepping", host.cpuStepping());
        members.put("cpuFeatures", List.copyOf(host.cpuFeatures()));
        members.put("kernel", host.kernel());
        members.put("pageByteCount", host.pageSize().bytes());
        members.put("hypervisor", host.hypervisor());
        members.put("tool", host.tool());
        return members;
    }

    static String kind(Manifest manifest) {
        return manifest.kind().name().toLowerCase(Locale.ROOT);
    }

    private static String stateFormat(Manifest manifest) {
        return manifest.state().format().name().toLowerCase(Locale.ROOT);
    }

    static String text(String name, Manifest manifest) {
        FieldTable table = new FieldTable();
        table.row("snapshot", name);
        table.row("id", manifest.id().toString());
        table.row("kind", kind(manifest) + ", generation " + manifest.generation());
        manifest.parent()
                .ifPresent(parent -> table.row("parent", parent.name() + " (" + parent.id() + ")"));
        table.row("created", manifest.createdAt() + " by " + manifest.tool());
        table.row(
                "guest",
                "%s, %d vCPU%s, %s"
                        .formatted(
                                manifest.architecture().text(),
                                manifest.vcpuCount(),
                                manifest.vcpuCount() == 1 ? "" : "s",
                                ByteCounts.text(manifest.memory().byteCount())));
        table.row(
                "regions",
                manifest.memory().layout().regions().stream()
                        .map(ManifestReport::region)
                        .collect(Collectors.joining(", ")));
        table.row("memory", memory(manifest));
        manifest.memory().layerId().ifPresent(id -> table.row("layer", id.toString()));
        manifest.memory().baseId().ifPresent(id -> table.row("lies on", "the image " + id));
        table.row(
                "state",
                stateFormat(manifest) + ", " + ByteCounts.text(manifest.state().byteCount()));
        table.row("host", manifest.host().cpu());
        table.row(
                "",
                "%s %s (%s)"
                        .formatted(
                                manifest.host().operatingSystem(),
                                manifest.host().kernel(),
                                manifest.host().architecture()));
        manifest.labels().forEach((key, value) -> table.row("label", key + "=" + value));
        return table.text();
    }

    private static String memory(Manifest manifest) {
        boolean isLayer = manifest.kind() == Manifest.Kind.LAYER;
        long count = manifest.memory().writtenPageCount();
        if (isLayer && manifest.memory().layerId().isEmpty()) {
            return "in layers that lie elsewhere";
        }
        return "%d %s%s of %s %s"
                .formatted(
                        count,
                        isLayer ? "block" : "page",
                        count == 1 ? "" : "s",
                        manifest.memory().pageSize(),
                        isLayer ? "stored beside it" : "written");
    }

    private static String region(GuestRegion region) {
        return "0x%x+%s".formatted(region.guestAddress(), ByteCounts.text(region.byteCount()));
    }
}
