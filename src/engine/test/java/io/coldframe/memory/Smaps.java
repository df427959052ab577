package io.coldframe.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/// What the kernel says about one mapping of this process, in `/proc/self/smaps`.
///
/// @param start its first address
/// @param end the address after its last
/// @param access as in `rw-p`
/// @param bytes the fields that are counts, in bytes
/// @param flags the two-letter flags, as in `nr` for one that reserves nothing
record Smaps(long start, long end, String access, Map<String, Long> bytes, Set<String> flags) {

    /// The mapping that holds `address`.
    static Smaps at(long address) throws IOException {
        List<String> lines = Files.readAllLines(Path.of("/proc/self/smaps"));
        for (int header = 0; header < lines.size(); header++) {
            String line = lines.get(header);
            if (isHeader(line)
                    && Long.compareUnsigned(startOf(line), address) <= 0
                    && Long.compareUnsigned(address, endOf(line)) < 0) {
                return parse(lines, header);
            }
        }
        throw new NoSuchElementException("nothing is mapped at 0x%x".formatted(address));
    }

    /// How many mappings there are.
    static long count() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/maps")).size();
    }

    private static boolean isHeader(String line) {
        return line.indexOf('-') > 0 && line.indexOf('-') < line.indexOf(' ');
    }

    private static long startOf(String header) {
        return Long.parseUnsignedLong(header.substring(0, header.indexOf('-')), 16);
    }

    private static long endOf(String header) {
        return Long.parseUnsignedLong(
                header.substring(header.indexOf('-') + 1, header.indexOf(' ')), 16);
    }

    private static Smaps parse(List<String> lines, int header) {
        Map<String, Long> bytes = new HashMap<>();
        Set<String> flags = Set.of();
        for (String line : lines.subList(header + 1, lines.size())) {
            if (isHeader(line)) {
                break;
            }
            String name = line.substring(0, line.indexOf(':'));
            String value = line.substring(line.indexOf(':') + 1).strip();
            if (name.equals("VmFlags")) {
                flags = Set.of(value.split(" ", -1));
            } else if (value.endsWith(" kB")) {
                bytes.put(name, Long.parseLong(value.replace(" kB", "")) << 10);
            }
        }
        String first = lines.get(header);
        String access = first.split(" ", 3)[1];
        return new Smaps(startOf(first), endOf(first), access, bytes, flags);
    }

    long byteCount() {
        return end - start;
    }

    long residentBytes() {
        return bytes("Rss");
    }

    long bytes(String field) {
        return bytes.getOrDefault(field, 0L);
    }
}
