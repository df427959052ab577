package io.coldframe.cli.chain;

import io.coldframe.cli.CommandRun;
import io.coldframe.cli.ExitCode;
import io.coldframe.cli.JsonView;
import io.coldframe.cli.snapshot.RamFile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// A store with three generations of a guest of 256 pages, of which every third is zeros:
///
/// ```
///  g0   everything
///  g1   pages 10 to 13 changed, 20 zeroed, 21 filled
///  g2   page 12 changed, 31 zeroed
/// ```
final class CapturedChain {

    static final int PAGE_COUNT = 256;

    private final Path folder;
    private final Path store;
    private final RamFile ram;
    private final byte[][] memories = new byte[3][];

    CapturedChain(Path folder) throws IOException {
        this.folder = folder;
        this.store = folder.resolve("store");
        this.ram = RamFile.random(folder.resolve("ram"), PAGE_COUNT, 1);
        capture(0);
        for (int page = 10; page <= 13; page++) {
            ram.change(page);
        }
        ram.zero(20);
        ram.change(21);
        capture(1, "--parent", "g0");
        ram.change(12);
        ram.zero(31);
        capture(2, "--parent", "g1");
    }

    private void capture(int generation, Object... more) {
        CommandRun.json(
                "capture",
                "g" + generation,
                "--memory",
                ram,
                "--store",
                store,
                "--json",
                List.of(more));
        memories[generation] = ram.bytes();
    }

    Path store() {
        return store;
    }

    RamFile ram() {
        return ram;
    }

    /// What the guest's memory was.
    byte[] memory(int generation) {
        return memories[generation].clone();
    }

    CommandRun run(String command, Object... more) {
        return CommandRun.of(command, "--store", store, List.of(more));
    }

    JsonView json(String command, Object... more) {
        return CommandRun.json(command, "--store", store, "--json", List.of(more));
    }

    byte[] restored(String reference) throws IOException {
        Path target = folder.resolve("restored of " + reference);
        run("restore", reference, target, "--replace").expect(ExitCode.OK);
        return Files.readAllBytes(target);
    }

    /// Whether a page of a generation is zeros.
    boolean isZero(int generation, int page) {
        for (int at = page * RamFile.PAGE_BYTES; at < (page + 1) * RamFile.PAGE_BYTES; at++) {
            if (memories[generation][at] != 0) {
                return false;
            }
        }
        return true;
    }

    /// The generation that wrote a page last.
    int author(int page) {
        int author = 2;
        while (author > 0 && samePage(author, author - 1, page)) {
            author--;
        }
        return author;
    }

    private boolean samePage(int one, int other, int page) {
        int from = page * RamFile.PAGE_BYTES;
        int end = from + RamFile.PAGE_BYTES;
        return Arrays.equals(memories[one], from, end, memories[other], from, end);
    }
}
