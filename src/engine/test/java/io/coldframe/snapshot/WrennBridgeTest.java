package io.coldframe.snapshot;

import static io.coldframe.snapshot.Refusals.assertRefused;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.OnExisting;
import io.coldframe.judge.WrennJudge;
import io.coldframe.memory.GuestMemory;
import io.coldframe.state.Architecture;
import io.coldframe.wrenn.Memories;
import io.coldframe.wrenn.Wrenn;
import io.coldframe.wrenn.WrennFiles;
import io.coldframe.wrenn.WrennGeneration;
import io.coldframe.wrenn.WrennHeader;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;

/// A chain of Wrenn's that crosses into a store and out of it is the same chain.
final class WrennBridgeTest {

    private static final String[] MEMORIES = {"ab..cdef", "ax..cd.f", "ax..cdyf", "......zz"};

    @TempDir private Path folder;
    private SnapshotStore store;
    private Path chain;
    private final List<UUID> builds = new ArrayList<>();

    @BeforeEach
    void open() throws IOException {
        store = SnapshotStore.createOrOpen(folder.resolve("store"));
        chain = Files.createDirectory(folder.resolve("chain"));
    }

    /// A directory for each memory, as the engine makes them; each has all that it needs.
    private void writeChain(String... memories) throws IOException {
        for (int generation = 0; generation < memories.length; generation++) {
            builds.add(new UUID(0x4000 + generation, Long.MIN_VALUE + generation));
            Path raw =
                    Memories.raw(
                            folder.resolve("raw" + generation), Memories.of(memories[generation]));
            Path place = Files.createDirectory(chain.resolve("g" + generation));
            UUID build = builds.get(generation);
            Path compact = place.resolve(WrennFiles.compactName(build));
            Path header = place.resolve(WrennFiles.HEADER);
            if (generation == 0) {
                Wrenn.processMemfile(raw, compact, header, build);
                continue;
            }
            Path before = chain.resolve("g" + (generation - 1));
            try (Stream<Path> files = Files.list(before)) {
                for (Path file : files.toList()) {
                    if (!file.endsWith(WrennFiles.HEADER)) {
                        Files.copy(file, place.resolve(file.getFileName()));
                    }
                }
            }
            Wrenn.processMemfileWithParent(
                    raw, compact, header, before.resolve(WrennFiles.HEADER), build);
        }
    }

    private WrennImportReport importAll(String name) throws SnapshotException {
        return Bridges.importWrenn(store, WrennGeneration.in(chain, name), Progress.NONE);
    }

    private WrennExportReport exportAll(String reference, Path target) throws SnapshotException {
        return Bridges.exportWrenn(store, reference, target, OnExisting.REFUSE, Progress.NONE);
    }

    private byte[] memory(String reference) throws Exception {
        long byteCount = store.manifest(reference).memory().byteCount();
        try (GuestMemory memory = Guests.ofPages((int) byteCount / Guests.PAGE)) {
            store.load(reference, memory, Progress.NONE);
            return Guests.bytes(memory);
        }
    }

    private static byte[] exported(Path directory) throws IOException {
        return WrennJudge.read(directory.resolve(WrennFiles.HEADER))
                .memory(build -> directory.resolve(WrennFiles.compactName(build)));
    }

    @Test
    void eachGenerationIsALayerOnTheOneBefore() throws Exception {
        writeChain(MEMORIES);
        WrennImportReport report = importAll("vm");
        assertEquals(
                List.of("vm.0", "vm.1", "vm.2", "vm"),
                report.generations().stream().map(WrennImportReport.Generation::name).toList());
        for (int generation = 0; generation < MEMORIES.length; generation++) {
            var each = report.generations().get(generation);
            assertArrayEquals(Memories.of(MEMORIES[generation]), memory(each.name()));
            assertEquals(builds.get(generation), each.buildId());
            Manifest manifest = each.saved().orElseThrow().manifest();
            assertEquals(generation, manifest.generation());
            assertEquals(
                    builds.get(generation).toString(), manifest.labels().get("wrenn.build-id"));
            assertEquals(
                    builds.getFirst().toString(), manifest.labels().get("wrenn.base-build-id"));
            store.verify(each.name(), Progress.NONE);
        }
        assertEquals(Optional.of("vm.2"), report.generations().getLast().parent());
    }

    @Test
    void whatCameFromTheEngineGoesBackWithTheSameBytes() throws Exception {
        writeChain(MEMORIES);
        importAll("vm");
        Path target = folder.resolve("out").resolve("deep");
        WrennExportReport report = exportAll("vm", target);
        assertEquals(4, report.generations().size());
        for (int generation = 0; generation < MEMORIES.length; generation++) {
            var each = report.generations().get(generation);
            assertTrue(each.isOriginal(), each::toString);
            assertSameFiles(chain.resolve("g" + generation), each.directory());
        }
    }

    /// Files that a directory has and its header does not name are not brought.
    private static void assertSameFiles(Path expected, Path found) throws IOException {
        try (Stream<Path> files = Files.list(found)) {
            for (Path file : files.toList()) {
                assertArrayEquals(
                        Files.readAllBytes(expected.resolve(file.getFileName())),
                        Files.readAllBytes(file),
                        file.toString());
            }
        }
        assertTrue(Files.exists(found.resolve(WrennFiles.HEADER)));
    }

    /// As Wrenn itself writes them: every block that is not zero again, changed or not.
    private void writeAsWrennDoes(String... memories) throws IOException {
        UUID base = new UUID(0x5000, Long.MIN_VALUE);
        for (int generation = 0; generation < memories.length; generation++) {
            UUID build = new UUID(0x5000 + generation, Long.MIN_VALUE);
            builds.add(build);
            Path place = Files.createDirectory(chain.resolve("g" + generation));
            byte[] memory = Memories.of(memories[generation]);
            WrennJudge first = WrennJudge.first(memory, build);
            byte[] header =
                    new WrennJudge(4096, memory.length, generation, build, base, first.records())
                            .encoded();
            Files.write(place.resolve(WrennFiles.HEADER), countingZeros(header));
            Files.write(place.resolve(WrennFiles.LEGACY_NAME), first.compact(memory));
        }
    }

    /// Wrenn numbers the zeros, too, though nobody looks for them anywhere.
    private static byte[] countingZeros(byte[] header) {
        ByteBuffer bytes = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
        long zeros = 0;
        for (int at = 64; at < header.length; at += 40) {
            if (bytes.getLong(at + 16) == 0 && bytes.getLong(at + 24) == 0) {
                bytes.putLong(at + 32, zeros);
                zeros += bytes.getLong(at + 8);
            }
        }
        return header;
    }

    @Test
    void blocksThatWrennStoresAgainAreStoredOnce() throws Exception {
        writeAsWrennDoes("abcdefgh", "abcXefgh", "abcXef.h");
        WrennImportReport report = importAll("vm");
        List<Long> stored =
                report.generations().stream()
                        .map(each -> each.saved().orElseThrow().pagesWritten())
                        .toList();
        assertEquals(List.of(8L, 1L, 0L), stored);
        assertArrayEquals(Memories.of("abcXef.h"), memory("vm"));
    }

    @Test
    void aGenerationThatIsMappedOtherwiseThanItWasGetsAnotherBuildId() throws Exception {
        writeAsWrennDoes("abcdefgh", "abcXefgh", "abcXef.h");
        importAll("vm");
        WrennExportReport report = exportAll("vm", folder.resolve("out"));
        assertTrue(report.generations().get(0).isOriginal());
        for (int generation = 1; generation < 3; generation++) {
            var each = report.generations().get(generation);
            assertFalse(each.isOriginal());
            assertNotEquals(builds.get(generation), each.written().buildId());
            assertEquals(store.manifest(each.name()).id(), each.written().buildId());
        }
        assertArrayEquals(
                Memories.of("abcXef.h"), exported(report.generations().getLast().directory()));
    }

    @Test
    void anImportThatIsMadeAgainBringsNothing() throws Exception {
        writeChain(MEMORIES);
        importAll("vm");
        WrennImportReport again = importAll("other");
        for (var each : again.generations()) {
            assertEquals(Optional.empty(), each.saved());
        }
        assertEquals("vm", again.generations().getLast().name());
        assertEquals(4, store.list().size());
    }

    @Test
    void anImportThatWasEndedIsGoneOnWith() throws Exception {
        writeChain(MEMORIES);
        int[] calls = new int[1];
        long two = 2L * 8 * Memories.BLOCK;
        assertThrows(
                CancellationException.class,
                () ->
                        Bridges.importWrenn(
                                store,
                                WrennGeneration.in(chain, "vm"),
                                (done, _) -> done <= two && calls[0]++ >= 0));
        assertTrue(store.list().size() < 4, () -> "nothing was left to do");
        importAll("vm");
        assertEquals(4, store.list().size());
        assertArrayEquals(Memories.of(MEMORIES[3]), memory("vm"));
    }

    @Test
    void anotherMapUnderTheSameBuildIdIsRefused() throws Exception {
        writeChain("ab", "ac");
        importAll("vm");
        Path header = chain.resolve("g1").resolve(WrennFiles.HEADER);
        WrennJudge judge = WrennJudge.read(header);
        byte[] other =
                new WrennJudge(
                                4096,
                                judge.byteCount(),
                                1,
                                judge.build(),
                                judge.base(),
                                WrennJudge.first(Memories.of("aa"), builds.get(0)).records())
                        .encoded();
        Files.write(header, other);
        assertRefused(
                Kind.CONFLICT,
                Reason.MISMATCH,
                () -> importAll("vm"),
                builds.get(1).toString(),
                header.toString());
    }

    @Test
    void branchesLieOnWhatTheyWereMadeOf() throws Exception {
        writeChain("abcd", "aXcd");
        UUID other = UUID.randomUUID();
        Path raw = Memories.raw(folder.resolve("branch"), Memories.of("abYd"));
        Path place = Files.createDirectory(chain.resolve("other"));
        Path before = chain.resolve("g0");
        Files.copy(
                before.resolve(WrennFiles.compactName(builds.getFirst())),
                place.resolve(WrennFiles.compactName(builds.getFirst())));
        Wrenn.processMemfileWithParent(
                raw,
                place.resolve(WrennFiles.compactName(other)),
                place.resolve(WrennFiles.HEADER),
                before.resolve(WrennFiles.HEADER),
                other);
        WrennImportReport report = importAll("vm");
        String branch = "vm.1." + other.toString().substring(0, 8);
        assertArrayEquals(Memories.of("abYd"), memory(branch));
        for (var each : report.generations().subList(1, 3)) {
            assertEquals(Optional.of("vm.0"), each.parent());
            assertEquals(1, each.saved().orElseThrow().pagesWritten());
        }
    }

    @Test
    void oneGenerationAloneIsTakenWithAllThatItNeeds() throws Exception {
        writeChain(MEMORIES);
        List<WrennGeneration> last = WrennGeneration.in(chain.resolve("g2"), "only");
        Bridges.importWrenn(store, last, Progress.NONE);
        assertArrayEquals(Memories.of(MEMORIES[2]), memory("only"));
        assertEquals(0, store.manifest("only").generation());
        // Its own file has more than Wrenn's has, so it can't have its id.
        var exported = exportAll("only", folder.resolve("out")).generations().getFirst();
        assertFalse(exported.isOriginal());
        assertArrayEquals(Memories.of(MEMORIES[2]), exported(exported.directory()));
    }

    @Test
    void filesThatLieInTheDirectoriesOfEarlierGenerationsAreFound() throws Exception {
        writeChain(MEMORIES);
        for (int generation = 1; generation < MEMORIES.length; generation++) {
            for (UUID earlier : builds.subList(0, generation)) {
                Files.delete(
                        chain.resolve("g" + generation).resolve(WrennFiles.compactName(earlier)));
            }
        }
        importAll("vm");
        assertArrayEquals(Memories.of(MEMORIES[3]), memory("vm"));
    }

    /// What a reader of a directory sees is what lies in it, whatever has that name elsewhere.
    @Test
    void aFileOfTheSameBuildInAnotherDirectoryIsAnotherFile() throws Exception {
        writeChain("abcd", "abXd");
        Path copy = chain.resolve("g1").resolve(WrennFiles.compactName(builds.getFirst()));
        Files.write(copy, Memories.of("aYcd"));
        importAll("vm");
        assertArrayEquals(Memories.of("abcd"), memory("vm.0"));
        assertArrayEquals(Memories.of("aYXd"), memory("vm"));
    }

    @Test
    void aFileThatDirectoriesShareIsNotComparedWithItself() throws Exception {
        writeChain("abcd", "abXd");
        String name = WrennFiles.compactName(builds.getFirst());
        Path copy = chain.resolve("g1").resolve(name);
        Files.delete(copy);
        Files.createLink(copy, chain.resolve("g0").resolve(name));
        var last = importAll("vm").generations().getLast().saved().orElseThrow();
        assertEquals(3, last.layer().orElseThrow().cleanBlocks());
        assertArrayEquals(Memories.of("abXd"), memory("vm"));
    }

    @Test
    void aSnapfileIsTheStateAndGoesBackAsItCame() throws Exception {
        writeChain("ab", "cd");
        byte[] state = new byte[100];
        ByteBuffer.wrap(state).order(ByteOrder.LITTLE_ENDIAN).putLong(Architecture.AARCH64.magic());
        Files.write(chain.resolve("g1").resolve("snapfile"), state);
        importAll("vm");
        assertEquals(Architecture.AARCH64, store.manifest("vm").architecture());
        assertEquals(0, store.manifest("vm.0").state().byteCount());
        Path last = exportAll("vm", folder.resolve("out")).generations().getLast().directory();
        assertArrayEquals(state, Files.readAllBytes(last.resolve("snapfile")));
        assertFalse(Files.exists(last.resolveSibling("vm.0").resolve("snapfile")));
    }

    @Test
    void whatWasCompactedGoesBackWithTheSameBytes() throws Exception {
        writeChain(MEMORIES);
        importAll("vm");
        store.compact(store.planCompaction(CompactionPolicy.intoOne(List.of("vm"))), Progress.NONE);
        WrennExportReport report = exportAll("vm", folder.resolve("out"));
        for (int generation = 0; generation < MEMORIES.length; generation++) {
            var each = report.generations().get(generation);
            assertTrue(each.isOriginal(), each::toString);
            assertSameFiles(chain.resolve("g" + generation), each.directory());
        }
    }

    @Test
    void whatAnAncestorThatIsGoneHidesIsNotExported() throws Exception {
        writeChain(MEMORIES);
        importAll("vm");
        store.delete("vm.1");
        WrennExportReport report = exportAll("vm.2", folder.resolve("out"));
        assertEquals(
                List.of("vm.2"),
                report.generations().stream().map(WrennExportReport.Generation::name).toList());
        assertArrayEquals(
                Memories.of(MEMORIES[2]), exported(report.generations().getFirst().directory()));
    }

    @Test
    void imagesAreExportedToo() throws Exception {
        try (GuestMemory memory = Guests.ofPages(6)) {
            Guests.write(memory, 1, 'a');
            Guests.write(memory, 5, 'b');
            store.save(SnapshotRequest.full("full", memory, Guests.opaque("")));
            byte[] first = Guests.bytes(memory);
            Guests.write(memory, 1, 0);
            Guests.write(memory, 2, 'c');
            store.save(SnapshotRequest.diff("diff", "full", memory, Guests.opaque("")));
            byte[] second = Guests.bytes(memory);
            WrennExportReport report = exportAll("diff", folder.resolve("out"));
            assertArrayEquals(first, exported(report.generations().get(0).directory()));
            Path last = report.generations().get(1).directory();
            assertArrayEquals(second, exported(last));
            WrennJudge header = WrennJudge.read(last.resolve(WrennFiles.HEADER));
            assertEquals(1, header.generation());
            assertEquals(store.manifest("full").id(), header.base());
            assertArrayEquals(
                    WrennJudge.first(first, header.base())
                            .next(first, second, header.build())
                            .encoded(),
                    header.encoded());
        }
    }

    @Test
    void aDirectoryThatIsThereIsReplacedOnlyWhenAsked() throws Exception {
        writeChain("ab");
        importAll("vm");
        Path out = folder.resolve("out");
        exportAll("vm", out);
        assertRefused(Kind.CONFLICT, Reason.EXISTS, () -> exportAll("vm", out), out + "/vm");
        Bridges.exportWrenn(store, "vm", out, OnExisting.REPLACE, Progress.NONE);
        assertArrayEquals(Memories.of("ab"), exported(out.resolve("vm")));
    }

    @Test
    void aMemoryThatIsNoGuestsIsRefused() throws Exception {
        UUID build = UUID.randomUUID();
        Path raw = Memories.raw(folder.resolve("raw"), new byte[5000]);
        Path header = chain.resolve(WrennFiles.HEADER);
        Wrenn.processMemfile(raw, chain.resolve(WrennFiles.compactName(build)), header, build);
        assertRefused(
                Kind.UNSUPPORTED,
                Reason.INCOMPATIBLE,
                () -> importAll("vm"),
                "5000 bytes",
                header.toString());
    }

    /// A bitmap of its pages would take 128 GiB.
    @Test
    void aHeaderOfAFewBytesMayMapAsMuchMemoryAsThereIs() throws Exception {
        long byteCount = WrennHeader.BYTE_COUNT_MAX;
        for (long generation = 0; generation < 2; generation++) {
            ByteBuffer header = ByteBuffer.allocate(104).order(ByteOrder.LITTLE_ENDIAN);
            header.putLong(0, 1).putLong(8, 4096).putLong(16, byteCount).putLong(24, generation);
            // The build, its base, and one record of zeros.
            header.putLong(32, 1 + generation).putLong(48, 1).putLong(64 + 8, byteCount);
            Path place = Files.createDirectory(chain.resolve("g" + generation));
            Files.write(place.resolve(WrennFiles.HEADER), header.array());
        }
        assertEquals(2, importAll("vm").generations().size());
        assertEquals(byteCount, store.manifest("vm").memory().byteCount());
        assertRefused(
                Kind.UNSUPPORTED,
                Reason.TOO_LARGE,
                () -> exportAll("vm", folder.resolve("out")),
                Long.toString(byteCount));
    }

    @Test
    void aDirectoryWithoutAHeaderIsNoChain() {
        assertRefused(Kind.MISSING, Reason.UNSPECIFIED, () -> importAll("vm"), chain.toString());
    }

    @Test
    void anExportOfADamagedBlockIsCorruptAndLeavesTheGenerationsBefore() throws Exception {
        writeChain("abcd", "abXd");
        importAll("vm");
        Path layer = folder.resolve("store").resolve("vm").resolve("memory.layer");
        byte[] bytes = Files.readAllBytes(layer);
        bytes[77] ^= 1;
        Files.write(layer, bytes);
        Path out = folder.resolve("out");
        SnapshotException refusal =
                assertThrows(SnapshotException.class, () -> exportAll("vm", out));
        assertEquals(Kind.CORRUPT, refusal.kind(), refusal::toString);
        assertArrayEquals(Memories.of("abcd"), exported(out.resolve("vm.0")));
        assertFalse(Files.exists(out.resolve("vm")));
    }
}
