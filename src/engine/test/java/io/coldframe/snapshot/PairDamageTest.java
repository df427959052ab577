package io.coldframe.snapshot;

import static io.coldframe.snapshot.Refusals.assertRefused;
import static io.coldframe.snapshot.Refusals.assertSays;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Blob;
import io.coldframe.Progress;
import io.coldframe.Sha256;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.Soak;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageSize;
import io.coldframe.state.Crc64;
import io.coldframe.state.MemoryBinding;
import io.coldframe.state.StateEnvelope;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// A pair that is not as it was saved is refused, or what is loaded is what was saved.
final class PairDamageTest {

    private static final int MIB = Machines.MIB;

    @TempDir private Path folder;
    private PairPaths paths;
    private SaveReport saved;

    @BeforeEach
    void save() throws SnapshotException {
        paths = PairPaths.of(folder.resolve("x.snap"));
        saved = save(paths, 1);
    }

    private static SaveReport save(PairPaths paths, int value) throws SnapshotException {
        try (GuestMemory memory = Machines.patterned(value)) {
            return SnapshotPair.save(SaveRequest.full(paths, Machines.machine(value), memory));
        }
    }

    @Test
    void everyTruncationOfTheStateIsCorrupt() throws IOException {
        byte[] whole = Files.readAllBytes(paths.state());
        for (int length = 0; length < whole.length; length++) {
            Files.write(paths.state(), Arrays.copyOf(whole, length));
            SnapshotException refused =
                    assertThrows(SnapshotException.class, () -> SnapshotPair.load(paths));
            assertEquals(Kind.CORRUPT, refused.kind(), refused.getMessage());
            assertSays(refused, "x.snap");
        }
    }

    @Test
    void everyBitOfTheStateCounts() throws IOException {
        byte[] whole = Files.readAllBytes(paths.state());
        for (int bit = 0; bit < whole.length * Byte.SIZE; bit++) {
            byte[] flipped = flipped(whole, bit);
            assertRefused(
                    Kind.CORRUPT,
                    Reason.CHECKSUM,
                    () -> StateOfPair.decode(flipped, paths.state()),
                    "x.snap");
        }
    }

    /// The sum at the end is no protection against somebody who means it: with a right sum, too,
    /// any state is refused or read, and nothing else happens.
    @Test
    void aStateThatWasChangedAndSealedAgainIsRefusedOrRead() throws IOException {
        byte[] whole = Files.readAllBytes(paths.state());
        for (int bit = 0; bit < (whole.length - Crc64.BYTE_COUNT) * Byte.SIZE; bit++) {
            readOrRefuse(sealed(flipped(whole, bit)));
        }
        long seed = System.nanoTime();
        System.out.println("changed states: seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < Soak.count(5_000, 50_000); round++) {
            byte[] changed = Arrays.copyOf(whole, whole.length - random.nextInt(3) * 16);
            for (int change = random.nextInt(6); change >= 0; change--) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt();
            }
            readOrRefuse(sealed(changed));
        }
    }

    private void readOrRefuse(byte[] bytes) {
        try {
            StateOfPair read = StateOfPair.decode(bytes, paths.state());
            // Whatever was read names a memory by the sums that it has.
            assertEquals(read.sums().digest(), read.binding().digest());
        } catch (SnapshotException refused) {
            boolean isOfFile = refused.kind() == Kind.CORRUPT || refused.kind() == Kind.UNSUPPORTED;
            assertTrue(isOfFile, () -> refused.toString());
            assertSays(refused, "x.snap");
        }
    }

    private static byte[] flipped(byte[] whole, int bit) {
        byte[] flipped = whole.clone();
        flipped[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
        return flipped;
    }

    private static byte[] sealed(byte[] bytes) {
        int end = bytes.length - Crc64.BYTE_COUNT;
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(end, Crc64.of(bytes, 0, end));
        return bytes;
    }

    @Test
    void aBitOfTheMemoryIsFoundAndNamed() throws IOException {
        byte[] whole = Files.readAllBytes(paths.memory());
        long seed = System.nanoTime();
        System.out.println("bits of a memory: seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < Soak.count(30, 500); round++) {
            int bit = random.nextInt(whole.length * Byte.SIZE);
            Files.write(paths.memory(), flipped(whole, bit));
            int page = bit / Byte.SIZE / 4096;
            SnapshotException refused =
                    assertRefused(
                            Kind.CORRUPT,
                            Reason.MISMATCH,
                            () -> SnapshotPair.verifyPair(paths, Progress.NONE),
                            "x.mem",
                            "offset " + page * 4096L,
                            "guest page " + page,
                            saved.memoryDigest().hex());
            assertEquals(3, String.valueOf(refused.getMessage()).split("digest|named").length);
            assertRefused(Kind.CORRUPT, Reason.MISMATCH, () -> SnapshotPair.load(paths), "x.mem");
        }
    }

    @Test
    void aMemoryOfAnotherPairIsRefusedWithBothDigests() throws IOException {
        PairPaths other = PairPaths.of(folder.resolve("y.snap"));
        SaveReport otherSaved = save(other, 2);
        Files.copy(other.memory(), folder.resolve("swapped"));
        Files.delete(paths.memory());
        Files.move(folder.resolve("swapped"), paths.memory());
        String[] digests = {saved.memoryDigest().hex(), otherSaved.memoryDigest().hex()};
        assertRefused(Kind.CORRUPT, Reason.MISMATCH, () -> SnapshotPair.load(paths), digests);
        assertRefused(
                Kind.CORRUPT,
                Reason.MISMATCH,
                () -> SnapshotPair.verifyPair(paths, Progress.NONE),
                digests);
    }

    @Test
    void aMemoryOfAnotherLengthIsCorrupt() throws IOException {
        byte[] whole = Files.readAllBytes(paths.memory());
        Files.write(paths.memory(), Arrays.copyOf(whole, MIB - 1));
        assertRefused(
                Kind.CORRUPT,
                Reason.TOO_SHORT,
                () -> SnapshotPair.load(paths),
                "x.mem",
                "" + (MIB - 1),
                "" + MIB);
        Files.write(paths.memory(), Arrays.copyOf(whole, MIB + 1));
        assertRefused(
                Kind.CORRUPT,
                Reason.TOO_LARGE,
                () -> SnapshotPair.verifyPair(paths, Progress.NONE),
                "x.mem",
                "" + (MIB + 1),
                "" + MIB);
    }

    @Test
    void aDamagedPartOfAChainIsNamed() throws IOException {
        PairPaths diff = PairPaths.of(folder.resolve("diff.snap"));
        try (GuestMemory memory = Machines.patterned(3);
                DirtyBitmap dirty = Machines.bitmap(PageSize.KIB_4)) {
            dirty.markPage(5);
            SnapshotPair.save(SaveRequest.diff(diff, Machines.machine(3), memory).dirty(dirty));
        }
        List<PairPaths> chain = List.of(paths, diff);
        SnapshotPair.load(chain, Progress.NONE).close();
        byte[] whole = Files.readAllBytes(diff.memory());
        // Where the diff holds nothing there may be anything: a copy may have filled its holes.
        Files.write(diff.memory(), flipped(whole, 6 * 4096 * Byte.SIZE));
        SnapshotPair.verifyPair(diff, Progress.NONE);
        SnapshotPair.load(chain, Progress.NONE).close();
        Files.write(diff.memory(), flipped(whole, 5 * 4096 * Byte.SIZE));
        assertRefused(
                Kind.CORRUPT,
                Reason.MISMATCH,
                () -> SnapshotPair.load(chain, Progress.NONE),
                "diff.mem",
                "guest page 5");
        Files.write(diff.memory(), whole);
        byte[] base = Files.readAllBytes(paths.memory());
        Files.write(paths.memory(), flipped(base, 7 * 4096 * Byte.SIZE));
        assertRefused(
                Kind.CORRUPT,
                Reason.MISMATCH,
                () -> SnapshotPair.load(chain, Progress.NONE),
                "x.mem",
                "guest page 7");
    }

    @Test
    void aStateWhosePartsContradictEachOtherIsRefused() throws IOException {
        StateEnvelope good = StateEnvelope.read(paths.state());
        MemoryBinding binding = good.memory().orElseThrow();
        Blob sums = binding.encodedSums();
        Sha256 digest = binding.digest();
        assertContradiction(new MemoryBinding(false, MIB + 1, digest, sums));
        assertContradiction(new MemoryBinding(true, MIB, digest, sums));
        assertContradiction(new MemoryBinding(false, MIB, Sha256.of(new byte[1]), sums));
        write(new StateEnvelope(Machines.machine(2, 1), good.memory()));
        assertRefused(Kind.CORRUPT, Reason.MISMATCH, () -> SnapshotPair.load(paths), "x.snap");
        write(new StateEnvelope(good.state(), Optional.empty()));
        assertRefused(Kind.UNSUPPORTED, Reason.MISMATCH, () -> SnapshotPair.load(paths), "x.snap");
    }

    private void assertContradiction(MemoryBinding binding) throws IOException {
        write(new StateEnvelope(Machines.machine(1), Optional.of(binding)));
        assertRefused(Kind.CORRUPT, Reason.MISMATCH, () -> SnapshotPair.load(paths), "x.snap");
    }

    private void write(StateEnvelope envelope) throws IOException {
        Files.write(paths.state(), envelope.encode(paths.state()));
    }

    @Test
    void whatIsNoFileIsRefusedAndNotWaitedFor() throws Exception {
        Files.delete(paths.memory());
        Files.createSymbolicLink(paths.memory(), folder.resolve("elsewhere"));
        assertThrows(SnapshotException.class, () -> SnapshotPair.load(paths));
        Files.delete(paths.state());
        new ProcessBuilder("mkfifo", paths.state().toString()).start().waitFor();
        assertRefused(Kind.UNSUPPORTED, Reason.UNSPECIFIED, () -> SnapshotPair.load(paths));
        assertRefused(Kind.UNSUPPORTED, Reason.UNSPECIFIED, () -> SnapshotPair.describe(paths));
    }
}
