package io.coldframe.cli.snapshot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/// The RAM of a guest, as a VMM leaves it in a file, and what it should be.
public final class RamFile {

    /// What the methods count in.
    public static final int PAGE_BYTES = 4096;

    private final Path path;
    private final byte[] bytes;

    private RamFile(Path path, byte[] bytes) {
        this.path = path;
        this.bytes = bytes;
    }

    /// Random pages, with zeros in every third.
    public static RamFile random(Path path, int pageCount, long seed) throws IOException {
        byte[] bytes = new byte[pageCount * PAGE_BYTES];
        new Random(seed).nextBytes(bytes);
        for (int page = 0; page < pageCount; page += 3) {
            Arrays.fill(bytes, page * PAGE_BYTES, (page + 1) * PAGE_BYTES, (byte) 0);
        }
        RamFile ram = new RamFile(path, bytes);
        ram.write();
        return ram;
    }

    /// The guest writes one byte of a page, with the value that it has not.
    public void change(int page) throws IOException {
        bytes[page * PAGE_BYTES + 7]++;
        write();
    }

    /// The guest zeroes a page.
    public void zero(int page) throws IOException {
        Arrays.fill(bytes, page * PAGE_BYTES, (page + 1) * PAGE_BYTES, (byte) 0);
        write();
    }

    private void write() throws IOException {
        Files.write(path, bytes);
    }

    /// Where it is.
    public Path path() {
        return path;
    }

    /// What is in it now.
    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
