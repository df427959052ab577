package io.coldframe.cli.chain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.cli.CommandRun;
import io.coldframe.cli.ExitCode;
import io.coldframe.cli.JsonView;
import io.coldframe.cli.snapshot.RamFile;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Layers on the command line: captured, looked into and restored.
final class ChainCommandsTest {

    private static final long PAGE = RamFile.PAGE_BYTES;
    private static final long MEMORY = CapturedChain.PAGE_COUNT * PAGE;

    @TempDir private Path folder;
    private CapturedChain chain;

    @BeforeEach
    void haveAChain() throws IOException {
        chain = new CapturedChain(folder);
    }

    @Test
    void everyGenerationIsRestoredByteForByte() throws IOException {
        for (int generation = 0; generation < 3; generation++) {
            assertArrayEquals(chain.memory(generation), chain.restored("g" + generation));
        }
        assertTrue(chain.json("verify").flag("clean"));
    }

    @Test
    void aCaptureSaysWhatItFound() throws IOException {
        chain.ram().change(100);
        chain.ram().zero(101);
        JsonView json = chain.json("capture", "g3", "--memory", chain.ram(), "--parent", "g2");
        assertEquals("layer", json.get("kind"));
        assertEquals(3L, json.get("generation"));
        assertEquals("g2", json.object("parent").get("name"));
        assertEquals(1L, json.get("dataBlockCount"));
        assertEquals(1L, json.get("zeroBlockCount"));
        assertEquals(254L, json.get("unchangedBlockCount"));
        assertEquals(PAGE, json.get("bytesWritten"));
        Object[] again = {"g4", "--memory", chain.ram(), "--parent", "g2"};
        CommandRun text = chain.run("capture", again).expect(ExitCode.OK);
        String expected =
                "captured g4 \\(layer, generation 3\\): 4 KiB stored, 4 KiB zeroed, 1016 KiB as in"
                        + " g2; 1 MiB in .*\n";
        assertTrue(text.out().matches(expected), text.out());
        chain.run("capture", again).expect(ExitCode.CONFLICT).failure();
    }

    @Test
    void aLayerLiesOnAnImage() throws IOException {
        CommandRun.json(
                "save", "base", "--memory", chain.ram(), "--store", chain.store(), "--json");
        chain.ram().change(7);
        JsonView json = chain.json("capture", "on", "--memory", chain.ram(), "--parent", "base");
        assertEquals(1L, json.get("dataBlockCount"));
        assertFalse(json.isNull("base"));
        assertArrayEquals(chain.ram().bytes(), chain.restored("on"));
        JsonView map = chain.json("map", "on");
        assertEquals(false, map.get("zerosKnown"));
        assertEquals(PAGE, map.get("ownByteCount"));
        assertEquals(MEMORY - PAGE, map.get("inheritedByteCount"));
        String text = chain.run("map", "on").expect(ExitCode.OK).out();
        assertTrue(
                text.endsWith(
                        "\nWhich pages of an image are zeros is not known"
                                + " without reading them.\n"),
                text);
        assertFalse(text.contains("zero  "), text);
        assertTrue(chain.run("blame", "on").out().contains("\nUnknown: in an image, "), text);
    }

    @Test
    void blocksOfAnotherSizeAreStoredAsOne() throws IOException {
        JsonView json = chain.json("capture", "x", "--memory", chain.ram(), "--block-size", "64k");
        assertEquals(64L << 10, json.get("pageByteCount"));
        assertEquals(16L, json.get("dataBlockCount"));
        assertArrayEquals(chain.ram().bytes(), chain.restored("x"));
        JsonView diff = chain.json("diff", "g2", "x");
        assertEquals(true, diff.get("equal"));
        assertEquals(PAGE, diff.get("pageByteCount"));
        for (String wrong : List.of("3k", "100", "64m")) {
            String failure =
                    chain.run("capture", "y", "--memory", chain.ram(), "--block-size", wrong)
                            .expect(ExitCode.USAGE)
                            .failure();
            assertFalse(failure.isEmpty());
        }
    }

    @Test
    void aDiffHasEveryRangeAndWhatBecameOfIt() {
        JsonView json = chain.json("diff", "g0", "g1");
        assertEquals(false, json.get("equal"));
        assertEquals(256L, json.get("pageCount"));
        assertEquals(3L, json.get("changedPageCount"));
        assertEquals(2L, json.get("filledPageCount"));
        assertEquals(1L, json.get("zeroedPageCount"));
        List<List<Object>> ranges =
                json.objects("ranges").stream()
                        .map(
                                range ->
                                        List.of(
                                                range.number("offset") / PAGE,
                                                range.number("byteCount") / PAGE,
                                                range.get("what")))
                        .toList();
        assertEquals(
                List.of(
                        List.of(10L, 2L, "changed"),
                        List.of(12L, 1L, "filled"),
                        List.of(13L, 1L, "changed"),
                        List.of(20L, 1L, "zeroed"),
                        List.of(21L, 1L, "filled")),
                ranges);
        assertEquals(true, chain.json("diff", "g1", "g1").get("equal"));
    }

    @Test
    void aDiffForPeopleIsAlignedAndLimited() {
        List<String> lines =
                chain.run("diff", "g0", "g1", "--limit", "2")
                        .expect(ExitCode.OK)
                        .out()
                        .lines()
                        .toList();
        assertTrue(lines.getFirst().startsWith("g0 to g1: 1 MiB in pages of 4 KiB, "));
        assertEquals(
                List.of(
                        "",
                        "         PAGES     BYTES  RANGES",
                        "changed      3    12 KiB       2",
                        "filled       2     8 KiB       2",
                        "zeroed       1     4 KiB       1",
                        "equal      250  1000 KiB       3",
                        "",
                        "OFFSET    END       PAGES  BYTES  WHAT",
                        "0x00a000  0x00c000      2  8 KiB  changed",
                        "0x00c000  0x00d000      1  4 KiB  filled",
                        "3 more; --limit 0 prints all"),
                lines.subList(1, lines.size()));
        assertEquals(14, chain.run("diff", "g0", "g1", "--limit", "0").out().lines().count());
    }

    @Test
    void guestsOfTwoSizesAreNotCompared() throws IOException {
        RamFile other = RamFile.random(folder.resolve("other"), 16, 3);
        chain.json("capture", "other", "--memory", other);
        String failure = chain.run("diff", "g0", "other").expect(ExitCode.USAGE).failure();
        assertTrue(failure.contains("1048576") && failure.contains("65536"), failure);
        chain.run("diff", "g0", "nothing").expect(ExitCode.NO_INPUT).failure();
    }

    @Test
    void everyPageHasItsAuthor() {
        JsonView json = chain.json("blame", "g2");
        List<JsonView> authors = json.objects("authors");
        long end = 0;
        for (JsonView run : json.objects("runs")) {
            assertEquals(end, run.number("offset"));
            end += run.number("byteCount");
            JsonView author = authors.get(Math.toIntExact(run.number("author")));
            for (long at = run.number("offset"); at < end; at += PAGE) {
                int page = (int) (at / PAGE);
                assertEquals("g" + chain.author(page), author.get("name"));
                assertEquals(chain.isZero(2, page) ? "zero" : "data", run.get("content"));
            }
        }
        assertEquals(MEMORY, end);
        assertEquals(
                MEMORY, authors.stream().mapToLong(author -> author.number("byteCount")).sum());
    }

    @Test
    void blameForPeopleBeginsWithTheNewest() {
        List<String> lines =
                chain.run("blame", "g2", "--limit", "1").expect(ExitCode.OK).out().lines().toList();
        assertEquals("g2: 1 MiB in pages of 4 KiB", lines.get(0));
        assertTrue(
                lines.get(2).matches("WRITTEN BY +GENERATION +CREATED +DATA +ZERO +SHARE"),
                lines.get(2));
        assertTrue(lines.get(3).matches("g2 +2 +\\S+Z +4 KiB +4 KiB +0.8 %"), lines.get(3));
        assertTrue(lines.get(4).matches("g1 +1 +\\S+Z +16 KiB +4 KiB +2.0 %"), lines.get(4));
        assertEquals("0x000000  0x001000  4 KiB  zero              0  g0", lines.get(8));
        assertTrue(lines.get(9).endsWith(" more; --limit 0 prints all"), lines.get(9));
    }

    @Test
    void aPageTellsItsHistory() {
        JsonView json = chain.json("history", "g2", "0xc123");
        assertEquals(12 * PAGE, json.number("offset"));
        List<JsonView> changes = json.objects("changes");
        assertEquals(
                List.of("g2", "g1", "g0"),
                changes.stream().map(change -> change.object("author").get("name")).toList());
        assertEquals(
                List.of("data", "data", "zero"),
                changes.stream().map(change -> change.get("content")).toList());
        // CRC-32C of 4096 zeros.
        assertEquals("0x98f94189", changes.getLast().get("crc32c"));
        assertEquals(1, chain.json("history", "g2", "0").objects("changes").size());
        chain.run("history", "g2", "1m").expect(ExitCode.USAGE).failure();
        chain.run("history", "g2", "1m", "--guest-address").expect(ExitCode.USAGE).failure();
    }

    @Test
    void statsCountEveryBlock() {
        JsonView json = chain.json("stats", "g2");
        JsonView snapshot = json.objects("snapshots").getFirst();
        assertEquals("layer", snapshot.get("kind"));
        assertEquals(3L, snapshot.get("depth"));
        assertEquals(2L, snapshot.get("writtenBlockCount"));
        long zeros = 0;
        for (int page = 0; page < CapturedChain.PAGE_COUNT; page++) {
            zeros += chain.isZero(2, page) ? 1 : 0;
        }
        assertEquals(zeros, snapshot.get("zeroBlockCount"));
        assertEquals(256 - zeros, snapshot.number("dataBlockCount"));
        List<JsonView> layers = json.objects("layers");
        assertEquals(
                List.of("g0", "g1", "g2"),
                layers.stream().map(layer -> layer.text("holder")).sorted().toList());
        JsonView second =
                layers.stream().filter(layer -> layer.get("holder").equals("g1")).toList().get(0);
        assertEquals(5L, second.get("storedBlockCount"));
        // Page 12 is its successor's by now.
        assertEquals(4L, second.get("readBlockCount"));
        assertEquals(4L, second.get("sharedBlockCount"));
        assertEquals(0L, second.get("deadBlockCount"));
        assertEquals(2L, second.get("readerCount"));
        CommandRun all = chain.run("stats").expect(ExitCode.OK);
        assertTrue(all.out().lines().anyMatch(line -> line.startsWith("3 layers of ")), all.out());
    }

    @Test
    void aFileIsMadeAnotherGenerationInPlace() throws IOException {
        Path file = folder.resolve("file");
        chain.run("restore", "g0", file).expect(ExitCode.OK);
        JsonView json = chain.json("restore", "g2", file, "--over", "g0");
        assertEquals("g0", json.get("over"));
        assertArrayEquals(chain.memory(2), Files.readAllBytes(file));
        assertTrue(json.number("bytesWritten") < MEMORY / 10, json.toString());
        chain.run("restore", "g0", file, "--over", "g2").expect(ExitCode.OK);
        assertArrayEquals(chain.memory(0), Files.readAllBytes(file));
        chain.run("restore", "g0", folder.resolve("no"), "--over", "g2").expect(ExitCode.NO_INPUT);
    }

    @Test
    void aLayerSnapshotIsListedAndDescribed() {
        List<String> lines = chain.run("ls").expect(ExitCode.OK).out().lines().toList();
        assertTrue(lines.get(2).matches("g1 +layer +1 MiB +20 KiB +g0 +\\S+Z"), lines.get(2));
        JsonView json = chain.json("describe", "g2");
        assertEquals(3L, json.get("depth"));
        assertFalse(json.isNull("layer"));
        assertTrue(json.isNull("base"));
        assertTrue(json.isNull("indexProblem"));
        String text = chain.run("describe", "g2").expect(ExitCode.OK).out();
        assertTrue(text.contains("\nmemory    1 block of 4 KiB stored beside it\n"), text);
        assertTrue(text.contains("\nreads     3 layers in "), text);
    }

    @Test
    void aDamagedIndexIsSaid() throws IOException {
        Path index = chain.store().resolve("g2/memory.index");
        byte[] bytes = Files.readAllBytes(index);
        bytes[bytes.length / 2] ^= 1;
        Files.write(index, bytes);
        CommandRun described = chain.run("describe", "g2").expect(ExitCode.DAMAGED);
        assertTrue(described.out().contains("\nindex     DAMAGED: "), described.out());
        for (String command : List.of("blame", "map", "stats")) {
            chain.run(command, "g2").expect(ExitCode.DAMAGED).failure();
        }
        chain.run("diff", "g1", "g2").expect(ExitCode.DAMAGED).failure();
        chain.run("history", "g2", "0").expect(ExitCode.DAMAGED).failure();
    }
}
