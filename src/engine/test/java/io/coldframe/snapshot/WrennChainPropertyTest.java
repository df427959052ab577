package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Progress;
import io.coldframe.Soak;
import io.coldframe.image.OnExisting;
import io.coldframe.judge.WrennJudge;
import io.coldframe.memory.GuestMemory;
import io.coldframe.wrenn.Memories;
import io.coldframe.wrenn.WrennFiles;
import io.coldframe.wrenn.WrennGeneration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;

/// Random chains, whose files the judge makes, come into a store as the memories that they are, and
/// go out of it as the files that they were.
final class WrennChainPropertyTest {

    @TempDir private Path folder;

    @Test
    void randomChainsComeInAndGoOut() throws Exception {
        SplittableRandom seeds = new SplittableRandom();
        for (int round = 0; round < Soak.count(5, 300); round++) {
            long seed = seeds.nextLong();
            try {
                check(new SplittableRandom(seed), folder.resolve("round" + round));
            } catch (AssertionError | IOException | RuntimeException failure) {
                throw new AssertionError("seed " + seed, failure);
            }
        }
    }

    private static void check(SplittableRandom random, Path place) throws Exception {
        List<byte[]> memories = new ArrayList<>();
        List<WrennJudge> judges = new ArrayList<>();
        Path chain = Files.createDirectories(place.resolve("chain"));
        byte[] memory = Memories.random(random.nextInt(1, 50) * Memories.BLOCK, random);
        int count = random.nextInt(1, 6);
        for (int generation = 0; generation < count; generation++) {
            UUID build = new UUID(random.nextLong(), random.nextLong());
            if (generation == 0) {
                judges.add(WrennJudge.first(memory, build));
            } else {
                Memories.change(memory, random, 1 + random.nextInt(8));
                judges.add(judges.getLast().next(memories.getLast(), memory, build));
            }
            memories.add(memory.clone());
            // Each only has its own file: those of its parents lie beside their headers.
            Path directory = Files.createDirectory(chain.resolve("g" + generation));
            Files.write(directory.resolve(WrennFiles.HEADER), judges.getLast().encoded());
            Files.write(
                    directory.resolve(WrennFiles.compactName(build)),
                    judges.getLast().compact(memory));
        }
        SnapshotStore store = SnapshotStore.createOrOpen(place.resolve("store"));
        List<WrennGeneration> found = WrennGeneration.in(chain, "vm");
        WrennImportReport in = Bridges.importWrenn(store, found, Progress.NONE);
        WrennExportReport out =
                Bridges.exportWrenn(
                        store, "vm", place.resolve("out"), OnExisting.REFUSE, Progress.NONE);
        assertEquals(count, in.generations().size());
        assertEquals(count, out.generations().size());
        for (int generation = 0; generation < count; generation++) {
            checkStored(store, in.generations().get(generation).name(), memories.get(generation));
            checkExported(out.generations().get(generation), judges, memories, generation);
        }
    }

    private static void checkStored(SnapshotStore store, String name, byte[] expected)
            throws Exception {
        try (GuestMemory memory = Guests.ofPages(expected.length / Guests.PAGE)) {
            store.load(name, memory, Progress.NONE);
            assertArrayEquals(expected, Guests.bytes(memory), name);
        }
    }

    private static void checkExported(
            WrennExportReport.Generation exported,
            List<WrennJudge> judges,
            List<byte[]> memories,
            int generation)
            throws IOException {
        WrennJudge judge = judges.get(generation);
        Path directory = exported.directory();
        assertTrue(exported.isOriginal(), exported::toString);
        assertArrayEquals(
                judge.encoded(), Files.readAllBytes(directory.resolve(WrennFiles.HEADER)));
        for (int earlier = 0; earlier <= generation; earlier++) {
            Path file = directory.resolve(WrennFiles.compactName(judges.get(earlier).build()));
            if (Files.exists(file)) {
                assertArrayEquals(
                        judges.get(earlier).compact(memories.get(earlier)),
                        Files.readAllBytes(file));
            }
        }
        assertArrayEquals(
                memories.get(generation),
                judge.memory(build -> directory.resolve(WrennFiles.compactName(build))));
    }
}
