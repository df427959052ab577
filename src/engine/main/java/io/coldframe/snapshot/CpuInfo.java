package io.coldframe.snapshot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/// The processor, as the system describes it in text.
///
/// A system says what it likes and leaves out the rest, so nothing here fails: what is not said is
/// empty, or 0.
///
/// @param vendor `GenuineIntel`, `AuthenticAMD`; of arm64 the implementer, `0x41` for Arm
/// @param name what it is sold as
/// @param family of arm64 the architecture, 8
/// @param model of arm64 the part
/// @param stepping of arm64 the variant in the high four bits and the revision in the low four
/// @param features what every processor of the host has
record CpuInfo(
        String vendor,
        String name,
        int family,
        int model,
        int stepping,
        SortedSet<String> features) {

    static final CpuInfo UNKNOWN = new CpuInfo("", "", 0, 0, 0, new TreeSet<>());

    CpuInfo {
        features = Collections.unmodifiableSortedSet(new TreeSet<>(features));
    }

    /// Reads `/proc/cpuinfo` of x86-64 and of arm64.
    ///
    /// The first processor speaks for all but the features: a guest may run on any of them, so what
    /// counts is what they all have. Some kernels repeat nothing, or end with a section about the
    /// board.
    static CpuInfo ofProc(String text) {
        List<Map<String, String>> processors = new ArrayList<>();
        for (String section : text.split("\n\\s*\n", -1)) {
            Map<String, String> fields = fields(section);
            if (fields.containsKey("flags") || fields.containsKey("Features")) {
                processors.add(fields);
            }
        }
        if (processors.isEmpty()) {
            return UNKNOWN;
        }
        SortedSet<String> features = features(processors.getFirst());
        processors.forEach(processor -> features.retainAll(features(processor)));
        Map<String, String> first = processors.getFirst();
        return first.containsKey("CPU implementer")
                ? ofArm64(first, features)
                : ofX64(first, features);
    }

    private static CpuInfo ofX64(Map<String, String> fields, SortedSet<String> features) {
        return new CpuInfo(
                text(fields, "vendor_id"),
                text(fields, "model name"),
                number(fields, "cpu family"),
                number(fields, "model"),
                number(fields, "stepping"),
                features);
    }

    private static CpuInfo ofArm64(Map<String, String> fields, SortedSet<String> features) {
        return new CpuInfo(
                text(fields, "CPU implementer"),
                text(fields, "model name"),
                number(fields, "CPU architecture"),
                number(fields, "CPU part"),
                (number(fields, "CPU variant") << 4) | number(fields, "CPU revision"),
                features);
    }

    /// Reads what `sysctl machdep.cpu hw.optional hw.cpufamily` prints on a Mac.
    ///
    /// The features are the last names of what is 1: `FEAT_LSE`, `neon`.
    static CpuInfo ofSysctl(String text) {
        Map<String, String> fields = fields(text);
        SortedSet<String> features = new TreeSet<>();
        fields.forEach(
                (key, value) -> {
                    if (key.startsWith("hw.optional.") && value.equals("1")) {
                        features.add(key.substring(key.lastIndexOf('.') + 1));
                    }
                });
        features.remove("");
        String name = text(fields, "machdep.cpu.brand_string");
        String vendor = name.startsWith("Apple") ? "Apple" : text(fields, "machdep.cpu.vendor");
        return new CpuInfo(
                vendor,
                name,
                number(fields, "hw.cpufamily"),
                number(fields, "machdep.cpu.model"),
                number(fields, "machdep.cpu.stepping"),
                features);
    }

    private static Map<String, String> fields(String section) {
        Map<String, String> fields = new HashMap<>();
        for (String line : section.split("\n", -1)) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                fields.putIfAbsent(
                        line.substring(0, colon).strip(), line.substring(colon + 1).strip());
            }
        }
        return fields;
    }

    private static SortedSet<String> features(Map<String, String> fields) {
        String listed = fields.getOrDefault("flags", fields.getOrDefault("Features", ""));
        SortedSet<String> features = new TreeSet<>(Arrays.asList(listed.split("\\s+", -1)));
        features.remove("");
        return features;
    }

    private static String text(Map<String, String> fields, String key) {
        return fields.getOrDefault(key, "");
    }

    /// A number in decimal or after `0x`; the family of a Mac takes all 32 bits.
    private static int number(Map<String, String> fields, String key) {
        try {
            return Long.decode(text(fields, key)).intValue();
        } catch (NumberFormatException notOne) {
            // "AArch64" is what some kernels call the architecture 8.
            return text(fields, key).equals("AArch64") ? 8 : 0;
        }
    }
}
