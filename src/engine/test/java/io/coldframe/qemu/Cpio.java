package io.coldframe.qemu;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// Writes an initial RAM file system: an uncompressed archive of the format that the kernel calls
/// `newc`, of which every number is eight hexadecimal digits.
final class Cpio {
    private static final int DIRECTORY = 0040755;
    private static final int PROGRAM = 0100755;
    private static final int TERMINAL = 0020600;
    private static final int ALIGNMENT = 4;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int nodeCount;

    Cpio directory(String name) {
        return entry(name, DIRECTORY, new byte[0], 0, 0);
    }

    Cpio program(String name, byte[] contents) {
        return entry(name, PROGRAM, contents, 0, 0);
    }

    /// A character device.
    Cpio device(String name, int major, int minor) {
        return entry(name, TERMINAL, new byte[0], major, minor);
    }

    byte[] finished() {
        entry("TRAILER!!!", 0, new byte[0], 0, 0);
        return out.toByteArray();
    }

    private Cpio entry(String name, int mode, byte[] contents, int major, int minor) {
        byte[] path = (name + '\0').getBytes(StandardCharsets.US_ASCII);
        // Owner and group, then one link, no time, and no device that it lies on.
        int[] numbers = {
            ++nodeCount, mode, 0, 0, 1, 0, contents.length, 0, 0, major, minor, path.length, 0
        };
        StringBuilder header = new StringBuilder("070701");
        for (int number : numbers) {
            header.append(String.format(Locale.ROOT, "%08x", number));
        }
        out.writeBytes(header.toString().getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(path);
        pad();
        out.writeBytes(contents);
        pad();
        return this;
    }

    private void pad() {
        while (out.size() % ALIGNMENT != 0) {
            out.write(0);
        }
    }
}
