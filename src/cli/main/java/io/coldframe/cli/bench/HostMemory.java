package io.coldframe.cli.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How much memory a process could still get, as far as Linux tells.
final class HostMemory {

    private static final Pattern AVAILABLE =
            Pattern.compile("^MemAvailable:\\s+(\\d+) kB$", Pattern.MULTILINE);
    private static final Pattern INACTIVE_FILE =
            Pattern.compile("^inactive_file (\\d+)$", Pattern.MULTILINE);

    private HostMemory() {}

    /// Of the host, or of the control group that this process is confined to, whichever is less;
    /// empty where nothing is known.
    static OptionalLong availableByteCount() {
        return availableByteCount(Path.of("/proc/meminfo"), Path.of("/sys/fs/cgroup"));
    }

    static OptionalLong availableByteCount(Path memoryInfo, Path controlGroup) {
        OptionalLong host = number(AVAILABLE, read(memoryInfo));
        OptionalLong group = ofControlGroup(controlGroup);
        if (host.isEmpty()) {
            return group;
        }
        long hostByteCount = host.getAsLong() << 10;
        return OptionalLong.of(Math.min(hostByteCount, group.orElse(hostByteCount)));
    }

    private static OptionalLong ofControlGroup(Path controlGroup) {
        Pattern whole = Pattern.compile("^(\\d{1,18})\\s*$");
        OptionalLong max = number(whole, read(controlGroup.resolve("memory.max")));
        OptionalLong used = number(whole, read(controlGroup.resolve("memory.current")));
        if (max.isEmpty() || used.isEmpty()) {
            return OptionalLong.empty();
        }
        // The kernel gives back cached files before it refuses memory.
        OptionalLong cached = number(INACTIVE_FILE, read(controlGroup.resolve("memory.stat")));
        long free = max.getAsLong() - used.getAsLong() + cached.orElse(0);
        return OptionalLong.of(Math.max(free, 0));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException absent) {
            return "";
        }
    }

    private static OptionalLong number(Pattern pattern, String text) {
        Matcher found = pattern.matcher(text);
        return found.find()
                ? OptionalLong.of(Long.parseLong(found.group(1)))
                : OptionalLong.empty();
    }
}
