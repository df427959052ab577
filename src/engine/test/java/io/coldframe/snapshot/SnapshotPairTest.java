package io.coldframe.snapshot;

import static io.coldframe.snapshot.Refusals.assertSays;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Blob;
import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.OnExisting;
import io.coldframe.image.WriteOptions;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageGrid;
import io.coldframe.memory.PageSize;
import io.coldframe.state.Arm64Vcpu;
import io.coldframe.state.InterruptController;
import io.coldframe.state.MachineState;
import io.coldframe.state.Registers;
import io.coldframe.state.VcpuState;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;

/// What saving and loading a pair promises.
final class SnapshotPairTest {

    private static final int MIB = Machines.MIB;
    private static final PageSize PAGE = PageSize.KIB_16;

    @TempDir private Path folder;
    private PairPaths paths;

    @BeforeEach
    void name() {
        paths = PairPaths.of(folder.resolve("x.snap"));
    }

    private static byte[] part(Path file, int from, int byteCount) throws IOException {
        return Arrays.copyOfRange(Files.readAllBytes(file), from, from + byteCount);
    }

    private static byte[] full(int byteCount, int value) {
        byte[] bytes = new byte[byteCount];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    @Test
    void aFullPairHasEveryByteOfTheMemory() throws IOException {
        try (GuestMemory memory = Machines.patterned(1)) {
            SaveReport report =
                    SnapshotPair.save(SaveRequest.full(paths, Machines.machine(7), memory));
            assertFalse(report.isDiff());
            assertEquals(MIB / 4096, report.pagesWritten());
            assertEquals(Files.size(paths.state()), report.stateBytes());
            assertEquals("[x.mem, x.snap]", names());
            assertArrayEquals(
                    memory.segment(0).toArray(ValueLayout.JAVA_BYTE),
                    Files.readAllBytes(paths.memory()));
        }
    }

    @Test
    void aRegisterThatTheCallerDoesNotKnowIsRefused() throws SnapshotException {
        Registers registers = Registers.NONE.with(0xC080, 1).with(0xDEAD, 2);
        MachineState state =
                Machines.machine(7)
                        .withVcpus(List.of(new Arm64Vcpu(0).withSystemRegisters(registers)));
        try (GuestMemory memory = Machines.patterned(1)) {
            SnapshotPair.save(SaveRequest.full(paths, state, memory));
        }
        List<PairPaths> pairs = List.of(paths);
        Progress unheard =
                (_, _) -> {
                    throw new AssertionError("the memory was read");
                };
        SnapshotException refused =
                assertThrows(
                        SnapshotException.class,
                        () -> SnapshotPair.load(pairs, number -> number != 0xDEAD, unheard));
        assertEquals(Reason.INCOMPATIBLE, refused.reason());
        assertSays(refused, "vCPU 0 has register 0xdead", "x.snap");
        try (LoadedPair pair = SnapshotPair.load(pairs, number -> number >= 0, Progress.NONE)) {
            assertEquals(state, pair.envelope().state());
        }
    }

    @Test
    void aDiffHasTheDirtyPagesAndHolesElsewhere() throws IOException {
        try (GuestMemory memory = Machines.memory(9);
                DirtyBitmap dirty = Machines.bitmap(PAGE)) {
            dirty.markPage(1);
            dirty.markPage(3);
            SaveReport report = SnapshotPair.save(diff(memory).dirty(dirty).pageSize(PAGE));
            assertTrue(report.isDiff());
            assertEquals(2, report.pagesWritten());
            assertEquals(MIB, Files.size(paths.memory()));
            int page = PAGE.bytes();
            assertArrayEquals(full(page, 0), part(paths.memory(), 0, page));
            assertArrayEquals(full(page, 9), part(paths.memory(), page, page));
            assertArrayEquals(full(page, 0), part(paths.memory(), 2 * page, page));
            assertArrayEquals(full(page, 9), part(paths.memory(), 3 * page, page));
            int rest = MIB - 4 * page;
            assertArrayEquals(full(rest, 0), part(paths.memory(), 4 * page, rest));
        }
    }

    @Test
    void aCoarseBitmapIsWrittenInPagesOfTheFile() throws IOException {
        PageSize coarse = PageSize.ofBytes(512 << 10);
        try (GuestMemory memory = Machines.memory(9);
                DirtyBitmap dirty = Machines.bitmap(coarse)) {
            dirty.markPage(1);
            SaveReport report = SnapshotPair.save(diff(memory).dirty(dirty).pageSize(PAGE));
            assertEquals(32, report.pagesWritten());
            assertArrayEquals(full(MIB / 2, 0), part(paths.memory(), 0, MIB / 2));
            assertArrayEquals(full(MIB / 2, 9), part(paths.memory(), MIB / 2, MIB / 2));
        }
    }

    private SaveRequest diff(GuestMemory memory) {
        return SaveRequest.diff(paths, Machines.machine(7), memory);
    }

    @Test
    void aDiffWithoutABitmapIsRefused() throws IOException {
        try (GuestMemory memory = Machines.memory(9)) {
            assertMisuse(diff(memory), "bitmap");
        }
    }

    @Test
    void aDiffOfAMachineThatDoesNotTrackIsRefused() throws IOException {
        MachineState machine = Machines.machine(7);
        MachineState untracked = machine.withVmInfo(machine.vmInfo().withTrackDirtyPages(false));
        try (GuestMemory memory = Machines.memory(9);
                DirtyBitmap dirty = Machines.bitmap(PAGE)) {
            dirty.markPage(1);
            assertIncompatible(SaveRequest.diff(paths, untracked, memory).dirty(dirty));
            assertEquals(1, dirty.dirtyCount());
            // Full, it is saved.
            SnapshotPair.save(SaveRequest.full(paths, untracked, memory));
        }
    }

    @Test
    void aStateThatNoMachineIsRestoredFromIsRefused() throws IOException {
        MachineState good = Machines.machine(7);
        InterruptController empty = InterruptController.NONE;
        InterruptController cut = new InterruptController(Blob.of((byte) 1), 2, empty.unknown());
        List<MachineState> bad =
                List.of(
                        good.withVcpus(List.<VcpuState>of()),
                        good.withVmInfo(good.vmInfo().withSmt(true)),
                        good.withInterruptController(empty),
                        good.withInterruptController(cut));
        try (GuestMemory memory = Machines.memory(9)) {
            for (MachineState state : bad) {
                assertIncompatible(SaveRequest.full(paths, state, memory));
            }
        }
    }

    @Test
    void theLengthsOfStateMemoryAndBitmapAgree() throws IOException {
        PageGrid half = new PageGrid(0, MIB / 2, PAGE);
        try (GuestMemory memory = Machines.memory(9);
                DirtyBitmap dirty = DirtyBitmap.create(half)) {
            MachineState larger = Machines.machine(2, 7);
            assertMisuse(SaveRequest.full(paths, larger, memory), "" + MIB, "" + 2 * MIB);
            assertMisuse(diff(memory).dirty(dirty), "" + MIB, "" + MIB / 2);
            assertMisuse(
                    SaveRequest.full(paths, Machines.machine(7), memory).dirty(dirty),
                    "" + MIB,
                    "" + MIB / 2);
        }
    }

    @Test
    void aBitmapThatIsFinerThanTheFileIsRefused() throws IOException {
        try (GuestMemory memory = Machines.memory(9);
                DirtyBitmap dirty = Machines.bitmap(PageSize.KIB_4)) {
            assertMisuse(diff(memory).dirty(dirty).pageSize(PAGE), "4 KiB", "16 KiB");
        }
    }

    @Test
    void onlyADiffHasABase() throws IOException {
        try (GuestMemory memory = Machines.memory(9)) {
            SaveRequest full = SaveRequest.full(paths, Machines.machine(7), memory);
            assertMisuse(full.base(SnapshotPair.save(full).memoryDigest()), "diff");
        }
    }

    @Test
    void aStateThatIsTooLongIsRefusedBeforeAFileIsMade() throws IOException {
        MachineState large =
                Machines.machine(7)
                        .withInterruptController(
                                new InterruptController(Blob.of(new byte[10_000_000])));
        try (GuestMemory memory = Machines.memory(9)) {
            SnapshotException refused =
                    assertRefused(SaveRequest.full(paths, large, memory), SnapshotException.class);
            assertEquals(Reason.TOO_LARGE, refused.reason());
        }
    }

    @Test
    void aRefusedSaveLeavesThePairThatIsThere() throws IOException {
        MachineState good = Machines.machine(7);
        Files.writeString(paths.state(), "prior good state");
        Files.writeString(paths.memory(), "prior good mem");
        try (GuestMemory memory = Machines.memory(9)) {
            assertIncompatible(
                    SaveRequest.full(paths, good.withVmInfo(good.vmInfo().withSmt(true)), memory));
            assertEquals("prior good state", Files.readString(paths.state()));
            assertEquals("prior good mem", Files.readString(paths.memory()));
            SaveRequest refusing =
                    SaveRequest.full(paths, good, memory).onExisting(OnExisting.REFUSE);
            SnapshotException refused = assertRefused(refusing, SnapshotException.class);
            assertEquals(Reason.EXISTS, refused.reason());
            // What is there need not be ours to be replaced.
            SnapshotPair.save(SaveRequest.full(paths, good, memory));
        }
        SnapshotPair.load(paths).close();
    }

    @Test
    void pagesAreCleanAfterTheSaveAndDirtyAfterAFailure() throws IOException {
        try (GuestMemory memory = Machines.memory(9);
                DirtyBitmap dirty = Machines.bitmap(PageSize.KIB_4)) {
            dirty.markPages(3, 5);
            WriteOptions cancelling = WriteOptions.DEFAULT.withProgress((_, _) -> false);
            assertRefused(
                    diff(memory).dirty(dirty).options(cancelling), CancellationException.class);
            assertEquals(5, dirty.dirtyCount());
            SnapshotPair.save(diff(memory).dirty(dirty));
            assertEquals(0, dirty.dirtyCount());
            dirty.markPage(8);
            SnapshotPair.save(SaveRequest.full(paths, Machines.machine(7), memory).dirty(dirty));
            assertEquals(0, dirty.dirtyCount());
        }
    }

    @Test
    void whatIsLoadedIsWhatWasSaved() throws IOException {
        try (GuestMemory memory = Machines.patterned(1)) {
            MachineState machine = Machines.machine(7);
            SaveReport saved = SnapshotPair.save(SaveRequest.full(paths, machine, memory));
            byte[] before = Files.readAllBytes(paths.memory());
            for (int round = 0; round < 2; round++) {
                try (LoadedPair loaded = SnapshotPair.load(paths)) {
                    assertEquals(machine, loaded.envelope().state());
                    assertEquals(machine.normalised(), loaded.state());
                    assertEquals(paths.memory(), loaded.memoryFile());
                    assertEquals(-1, loaded.memory().segment(0).mismatch(memory.segment(0)));
                    // Private: the pair is not consumed.
                    loaded.memory().segment(0).fill((byte) 0xEE);
                }
                assertArrayEquals(before, Files.readAllBytes(paths.memory()));
            }
            PairVerification verified = SnapshotPair.verifyPair(paths, Progress.NONE);
            assertEquals(
                    new PairVerification(
                            false, MIB, MIB / 4096, saved.memoryDigest(), paths.memory()),
                    verified);
        }
    }

    @Test
    void diffsAreLaidOverTheirBase() throws IOException {
        PairPaths second = PairPaths.of(folder.resolve("second.snap"));
        PairPaths third = PairPaths.of(folder.resolve("third.snap"));
        try (GuestMemory memory = Machines.patterned(1);
                DirtyBitmap dirty = Machines.bitmap(PAGE)) {
            SaveReport report =
                    SnapshotPair.save(SaveRequest.full(paths, Machines.machine(1), memory));
            for (PairPaths each : List.of(second, third)) {
                int page = each.equals(second) ? 5 : 6;
                memory.slice(PAGE.bytes((long) page), PAGE.bytes()).fill((byte) page);
                // A page that the guest zeroed is zero, and not the base's.
                memory.slice(PAGE.bytes(page + 10L), PAGE.bytes()).fill((byte) 0);
                dirty.markPage(page);
                dirty.markPage(page + 10L);
                report =
                        SnapshotPair.save(
                                SaveRequest.diff(each, Machines.machine(page), memory)
                                        .dirty(dirty)
                                        .base(report.memoryDigest()));
            }
            List<PairPaths> chain = List.of(paths, second, third);
            try (LoadedPair loaded = SnapshotPair.load(chain, Progress.NONE)) {
                assertEquals(6, Machines.mark(loaded.state()));
                assertEquals(-1, loaded.memory().segment(0).mismatch(memory.segment(0)));
            }
            GuestLayout regions = GuestLayout.of(MIB / 4).then(1L << 32, MIB / 4 * 3);
            try (GuestMemory into = GuestMemory.anonymous(regions);
                    LoadedPair loaded = SnapshotPair.loadInto(chain, into, Progress.NONE)) {
                assertEquals(into, loaded.memory());
                byte[] all = new byte[MIB];
                into.copyTo(0, MemorySegment.ofArray(all));
                assertArrayEquals(memory.segment(0).toArray(ValueLayout.JAVA_BYTE), all);
            }
        }
    }

    @Test
    void aChainWhosePartsDoNotBelongTogetherIsRefused() throws IOException {
        PairPaths diff = PairPaths.of(folder.resolve("diff.snap"));
        PairPaths other = PairPaths.of(folder.resolve("other.snap"));
        try (GuestMemory memory = Machines.patterned(1);
                GuestMemory others = Machines.patterned(2);
                DirtyBitmap dirty = Machines.bitmap(PAGE)) {
            SaveReport base =
                    SnapshotPair.save(SaveRequest.full(paths, Machines.machine(1), memory));
            SaveReport otherBase =
                    SnapshotPair.save(SaveRequest.full(other, Machines.machine(1), others));
            dirty.markPage(1);
            SnapshotPair.save(
                    SaveRequest.diff(diff, Machines.machine(2), memory)
                            .dirty(dirty)
                            .base(base.memoryDigest()));
            SnapshotPair.load(List.of(paths, diff), Progress.NONE).close();
            assertRefusedChain(Kind.UNSUPPORTED, Reason.INCOMPATIBLE, "diff", diff);
            assertRefusedChain(Kind.UNSUPPORTED, Reason.INCOMPATIBLE, "full", paths, other);
            SnapshotException refused =
                    assertRefusedChain(
                            Kind.CORRUPT, Reason.MISMATCH, base.memoryDigest().hex(), other, diff);
            assertSays(refused, otherBase.memoryDigest().hex());
        }
        assertThrows(
                IllegalArgumentException.class, () -> SnapshotPair.load(List.of(), Progress.NONE));
    }

    private static SnapshotException assertRefusedChain(
            Kind kind, Reason reason, String part, PairPaths... baseFirst) {
        SnapshotException refused =
                assertThrows(
                        SnapshotException.class,
                        () -> SnapshotPair.load(List.of(baseFirst), Progress.NONE));
        assertEquals(kind, refused.kind(), refused.getMessage());
        assertEquals(reason, refused.reason(), refused.getMessage());
        assertSays(refused, part);
        return refused;
    }

    @Test
    void loadingIntoMemoryOfAnotherLengthIsMisuse() throws IOException {
        try (GuestMemory memory = Machines.memory(9);
                GuestMemory small = GuestMemory.anonymous(GuestLayout.of(4096))) {
            SnapshotPair.save(SaveRequest.full(paths, Machines.machine(7), memory));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> SnapshotPair.loadInto(List.of(paths), small, Progress.NONE));
        }
    }

    @Test
    void loadingAndVerifyingCanBeStopped() throws IOException {
        try (GuestMemory memory = Machines.memory(9)) {
            SnapshotPair.save(SaveRequest.full(paths, Machines.machine(7), memory));
        }
        assertThrows(
                CancellationException.class,
                () -> SnapshotPair.load(List.of(paths), (_, _) -> false));
        assertThrows(
                CancellationException.class, () -> SnapshotPair.verifyPair(paths, (_, _) -> false));
    }

    @Test
    void whatIsMissingIsSaid() throws IOException {
        assertMissing("x.snap");
        try (GuestMemory memory = Machines.memory(9)) {
            SnapshotPair.save(SaveRequest.full(paths, Machines.machine(7), memory));
        }
        Files.delete(paths.memory());
        assertMissing("x.mem");
    }

    private void assertMissing(String file) {
        SnapshotException refused =
                assertThrows(SnapshotException.class, () -> SnapshotPair.load(paths));
        assertEquals(Kind.MISSING, refused.kind());
        assertSays(refused, file);
    }

    @Test
    void namesAreDerivedFromTheStates() {
        assertEquals(folder.resolve("x.mem"), paths.memory());
        assertEquals(
                Path.of("a", "b.vmstate.mem"), PairPaths.of(Path.of("a", "b.vmstate")).memory());
        Path same = Path.of("x");
        assertThrows(IllegalArgumentException.class, () -> new PairPaths(same, same));
        assertThrows(IllegalArgumentException.class, () -> PairPaths.of(Path.of("/")));
    }

    private void assertMisuse(SaveRequest request, String... parts) throws IOException {
        IllegalArgumentException refused = assertRefused(request, IllegalArgumentException.class);
        for (String part : parts) {
            assertSays(refused, part);
        }
    }

    private void assertIncompatible(SaveRequest request) throws IOException {
        SnapshotException refused = assertRefused(request, SnapshotException.class);
        assertEquals(Reason.INCOMPATIBLE, refused.reason(), refused.getMessage());
    }

    /// Refused, and the folder is as it was.
    private <X extends Exception> X assertRefused(SaveRequest request, Class<X> type)
            throws IOException {
        String before = names();
        X refused = assertThrows(type, () -> SnapshotPair.save(request));
        assertEquals(before, names());
        return refused;
    }

    private String names() throws IOException {
        try (Stream<Path> names = Files.list(folder)) {
            return names.map(path -> path.getFileName().toString()).sorted().toList().toString();
        }
    }
}
