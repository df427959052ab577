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
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// Chains kept short and stores kept small: `compact` and `prune`.
final class ChainCareTest {

    @TempDir private Path folder;
    private CapturedChain chain;

    @BeforeEach
    void haveAChain() throws IOException {
        chain = new CapturedChain(folder);
    }

    private void assertAllThere(String... names) throws IOException {
        for (String name : names) {
            int generation = Integer.parseInt(name.substring(1));
            assertArrayEquals(chain.memory(generation), chain.restored(name));
        }
        assertTrue(chain.json("fsck").flag("clean"));
    }

    private List<Object> depths() {
        return chain.json("stats").objects("snapshots").stream()
                .map(snapshot -> snapshot.get("depth"))
                .toList();
    }

    @Test
    void aNamedChainBecomesOneLayer() throws IOException {
        assertEquals(List.of(1L, 2L, 3L), depths());
        JsonView json = chain.json("compact", "g2");
        assertEquals(false, json.get("dryRun"));
        assertEquals(3L, json.get("rewrittenSnapshotCount"));
        assertEquals(List.of(), json.get("left"));
        assertTrue(json.number("bytesWritten") > 0);
        assertEquals(List.of(1L, 1L, 1L), depths());
        assertAllThere("g0", "g1", "g2");
        assertEquals("nothing to compact\n", chain.run("compact").expect(ExitCode.OK).out());
    }

    @Test
    void aDryRunSaysWhatWouldBeDoneAndDoesNothing() throws IOException {
        JsonView json = chain.json("compact", "--max-depth", "2", "--dry-run");
        assertEquals(true, json.get("dryRun"));
        JsonView step = json.objects("steps").getFirst();
        for (JsonView layer : step.objects("layers")) {
            assertEquals("depth", layer.get("cause"));
        }
        JsonView newest = step.objects("snapshots").getFirst();
        assertEquals("g2", newest.get("name"));
        assertEquals(3L, newest.get("depthBefore"));
        assertTrue(newest.number("depthAfter") <= 2);
        assertTrue(json.number("readByteCount") > 0);
        assertTrue(json.number("freedByteCount") > 0);
        List<String> lines =
                chain.run("compact", "--max-depth", "2", "--dry-run")
                        .expect(ExitCode.OK)
                        .out()
                        .lines()
                        .toList();
        assertTrue(
                lines.getFirst().matches("LAYER +BESIDE +BLOCKS +LIVE +DEAD +WHY"),
                lines.getFirst());
        assertTrue(
                lines.getLast().matches("would read .*, write at most .*, free .*"),
                lines.getLast());
        assertEquals(List.of(1L, 2L, 3L), depths());
        assertAllThere("g0", "g1", "g2");
    }

    @Test
    void onlyWhatIsBeyondALimitIsRewritten() throws IOException {
        chain.json("compact", "--max-depth", "2");
        for (Object depth : depths()) {
            assertTrue((Long) depth <= 2, "depth " + depth);
        }
        assertAllThere("g0", "g1", "g2");
        chain.run("compact", "--max-depth", "0").expect(ExitCode.USAGE).failure();
        chain.run("compact", "--max-dead-ratio", "1.5").expect(ExitCode.USAGE).failure();
        chain.run("compact", "--min-run", "-1").expect(ExitCode.USAGE).failure();
        chain.run("compact", "nothing").expect(ExitCode.NO_INPUT).failure();
    }

    @Test
    void anImageBelowIsTakenInAndCanGo() throws IOException {
        RamFile ram = RamFile.random(folder.resolve("other"), 64, 9);
        CommandRun.json("save", "image", "--memory", ram, "--store", chain.store(), "--json");
        ram.change(3);
        chain.json("capture", "on", "--memory", ram, "--parent", "image");
        chain.run("rm", "image").expect(ExitCode.CONFLICT).failure();
        JsonView plan = chain.json("compact", "on", "--dry-run");
        assertEquals(
                true,
                plan.objects("steps").getFirst().objects("snapshots").getFirst().get("losesBase"));
        chain.run("compact", "on").expect(ExitCode.OK);
        chain.run("rm", "image").expect(ExitCode.OK);
        assertArrayEquals(ram.bytes(), chain.restored("on"));
        assertTrue(chain.json("describe", "on").isNull("base"));
    }

    @Test
    void aMiddleGenerationGoesAndItsSuccessorsStay() throws IOException {
        chain.run("rm", "g1").expect(ExitCode.OK);
        assertAllThere("g0", "g2");
        String list = chain.run("ls").expect(ExitCode.OK).out();
        assertTrue(list.contains(" g1 (gone) "), list);
        JsonView author =
                chain.json("history", "g2", "0xa000")
                        .objects("changes")
                        .getFirst()
                        .object("author");
        assertTrue(author.isNull("name"));
        assertEquals(1L, author.get("generation"));
        String blame = chain.run("blame", "g2").expect(ExitCode.OK).out();
        assertTrue(blame.contains("\n(gone) "), blame);
    }

    private long bytesVerified() {
        return chain.json("verify").objects("results").stream()
                .flatMap(result -> result.objects("read").stream())
                .mapToLong(read -> read.number("byteCount"))
                .sum();
    }

    private long bytesStored() {
        return chain.json("stats").objects("layers").stream()
                .mapToLong(layer -> layer.number("storedBlockCount") * RamFile.PAGE_BYTES)
                .sum();
    }

    @Test
    void nothingThatIsSharedIsVerifiedTwice() {
        assertEquals(bytesStored(), bytesVerified());
        chain.run("compact", "g2").expect(ExitCode.OK);
        assertEquals(bytesStored(), bytesVerified());
    }

    @Test
    void aBadBlockIsFoundInEverySnapshotThatReadsIt() throws IOException {
        // The second block of the first layer is page 2, which all read.
        Path layer = chain.store().resolve("g0/memory.layer");
        byte[] bytes = Files.readAllBytes(layer);
        bytes[RamFile.PAGE_BYTES + 5] ^= 1;
        Files.write(layer, bytes);
        CommandRun run = chain.run("verify", "--json").expect(ExitCode.DAMAGED);
        for (JsonView result : run.json().objects("results")) {
            assertEquals(false, result.get("ok"), result.toString());
            assertTrue(result.text("problem").contains("page"), result.toString());
        }
        // And one that a single snapshot reads is not the others' fault.
        bytes[RamFile.PAGE_BYTES + 5] ^= 1;
        Files.write(layer, bytes);
        Path own = chain.store().resolve("g2/memory.layer");
        byte[] ownBytes = Files.readAllBytes(own);
        ownBytes[9] ^= 1;
        Files.write(own, ownBytes);
        List<JsonView> results =
                chain.run("verify", "--json").expect(ExitCode.DAMAGED).json().objects("results");
        assertEquals(
                List.of(false, true, true),
                results.stream().map(result -> result.get("ok")).toList());
    }

    @Test
    void pruneSaysOfEachSnapshotWhy() throws IOException {
        chain.run("tag", "golden", "g0").expect(ExitCode.OK);
        JsonView plan = chain.json("prune", "--keep-last", "1", "--dry-run");
        assertEquals(true, plan.get("dryRun"));
        assertTrue(plan.isNull("removed"));
        List<JsonView> choices = plan.objects("choices");
        assertEquals(
                List.of("g2", "g1", "g0"),
                choices.stream().map(choice -> choice.get("name")).toList());
        assertEquals(
                List.of(false, true, false),
                choices.stream().map(choice -> choice.get("remove")).toList());
        assertTrue(
                choices.getLast().get("reasons").toString().contains("golden"),
                choices.getLast().toString());
        assertAllThere("g0", "g1", "g2");

        CommandRun text = chain.run("prune", "--keep-last", "1").expect(ExitCode.OK);
        assertTrue(text.out().contains("removed 1 snapshot of 3, freed "), text.out());
        chain.run("describe", "g1").expect(ExitCode.NO_INPUT).failure();
        assertAllThere("g0", "g2");
    }

    @Test
    void pruneByNameTakesNothingElse() throws IOException {
        JsonView json = chain.json("prune", "g0", "g1");
        assertEquals(List.of("g1", "g0"), json.get("removed"));
        assertEquals(List.of(), json.get("left"));
        assertAllThere("g2");
        chain.run("prune", "nothing").expect(ExitCode.NO_INPUT).failure();
    }

    @Test
    void pruneByAgeKeepsWhatIsYoung() throws IOException {
        assertEquals(List.of(), chain.json("prune", "--older-than", "1d").get("removed"));
        assertAllThere("g0", "g1", "g2");
        chain.run("prune", "--older-than", "tomorrow").expect(ExitCode.USAGE);
    }

    @Test
    void aPruneThatSaysNothingIsRefused() {
        String failure = chain.run("prune").expect(ExitCode.USAGE).failure();
        assertTrue(failure.contains("--older-than"), failure);
        chain.run("prune", "--keep-last", "-1").expect(ExitCode.USAGE).failure();
    }

    @Test
    void wrennsGenerationsGoOutAndComeBack() throws IOException {
        Path directory = folder.resolve("wrenn");
        JsonView out = chain.json("export", "g2", "--wrenn", directory);
        List<JsonView> generations = out.objects("generations");
        assertEquals(3, generations.size());
        for (JsonView generation : generations) {
            Path header = Path.of(generation.text("directory")).resolve("memfile.header");
            assertTrue(Files.exists(header), header.toString());
        }
        chain.run("export", "g2", "--wrenn", directory).expect(ExitCode.CONFLICT).failure();

        Path other = folder.resolve("other store");
        JsonView back =
                CommandRun.json("import", "w", "--wrenn", directory, "--store", other, "--json");
        assertEquals("wrenn", back.get("format"));
        List<JsonView> imported = back.objects("generations");
        assertEquals("w", imported.getLast().get("name"));
        assertEquals(3, imported.size());
        for (int generation = 0; generation < 3; generation++) {
            Path file = folder.resolve("back" + generation);
            CommandRun.of("restore", imported.get(generation).get("name"), file, "--store", other)
                    .expect(ExitCode.OK);
            assertArrayEquals(chain.memory(generation), Files.readAllBytes(file));
        }
        JsonView again =
                CommandRun.json("import", "w", "--wrenn", directory, "--store", other, "--json");
        assertTrue(again.objects("generations").stream().noneMatch(each -> each.flag("imported")));
        CommandRun.of("import", "w", "--wrenn", folder.resolve("no"), "--store", other)
                .expect(ExitCode.NO_INPUT)
                .failure();
    }

    @Test
    void aMemoryFileOfFirecrackersIsALayer() throws IOException {
        RamFile ram = RamFile.random(folder.resolve("full"), 32, 4);
        JsonView full = chain.json("import", "f0", "--firecracker", ram);
        assertEquals("firecracker", full.get("format"));
        assertEquals("layer", full.get("kind"));
        assertArrayEquals(ram.bytes(), chain.restored("f0"));

        byte[] expected = ram.bytes();
        Path diff = folder.resolve("diff");
        try (var file = new RandomAccessFile(diff.toFile(), "rw")) {
            file.setLength(expected.length);
            file.seek(5 * RamFile.PAGE_BYTES);
            byte[] page = new byte[RamFile.PAGE_BYTES];
            Arrays.fill(page, (byte) 7);
            file.write(page);
            System.arraycopy(page, 0, expected, 5 * RamFile.PAGE_BYTES, page.length);
        }
        chain.json("import", "f1", "--firecracker", diff, "--parent", "f0");
        assertArrayEquals(expected, chain.restored("f1"));

        ram.change(9);
        Object[] dense = {"f2", "--firecracker", ram, "--parent", "f1"};
        String failure = chain.run("import", dense).expect(ExitCode.UNAVAILABLE).failure();
        assertFalse(failure.isEmpty());
        chain.json("import", "f2", "--firecracker", ram, "--parent", "f1", "--full");
        assertArrayEquals(ram.bytes(), chain.restored("f2"));
    }

    @Test
    void whatWouldBeOverlookedIsRefused() {
        Object[][] wrong = {
            {"x"},
            {"x", "--wrenn", "a", "--firecracker", "b"},
            {"x", "--wrenn", "a", "--parent", "g0"},
            {"x", "--openvmm", "a", "--parent", "g0"},
            {"x", "--firecracker", "a", "--full"},
            {"x", "--pair", "a.snap", "--full"},
            {"x", "--pair", "a.snap", "--region", "0+1m"},
            {"x", "--pair", "a.snap", "--state", "s"},
            {"x", "--firecracker", "a", "--parent", "g0", "--region", "0+1m"},
        };
        for (Object[] each : wrong) {
            chain.run("import", each).expect(ExitCode.USAGE);
        }
        chain.run("export", "g0", "--wrenn", "a", "--pair", "b.snap").expect(ExitCode.USAGE);
    }
}
