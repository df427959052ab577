package io.coldframe.snapshot;

import static io.coldframe.snapshot.Refusals.assertRefused;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Sha256;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.Soak;
import io.coldframe.image.AtomicPair;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageSize;
import io.coldframe.state.Architecture;
import io.coldframe.state.MetadataService;
import io.coldframe.state.StateEnvelope;
import io.coldframe.state.Version;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// What can be said of a pair without loading it.
final class PairDescriptionTest {

    @TempDir private Path folder;
    private PairPaths paths;
    private SaveReport saved;

    @BeforeEach
    void save() throws SnapshotException {
        paths = PairPaths.of(folder.resolve("x.snap"));
        try (GuestMemory memory = Machines.memory(1)) {
            saved =
                    SnapshotPair.save(
                            SaveRequest.full(
                                    paths,
                                    Machines.machine(1)
                                            .withMetadataService(new MetadataService("{}")),
                                    memory));
        }
    }

    private PairDescription sound() {
        return new PairDescription(
                paths.state(),
                OptionalLong.of(0x0710_1984_AAAA_0000L),
                Optional.of(Architecture.AARCH64),
                Optional.of(new Version(5, 0, 0)),
                OptionalInt.of(2),
                OptionalLong.of(1),
                Optional.of(true),
                OptionalInt.of(1),
                Optional.of(true),
                Optional.of(false),
                Optional.of(saved.memoryDigest()),
                Optional.empty(),
                paths.memory(),
                OptionalLong.of(Machines.MIB),
                List.of(),
                true,
                Optional.empty());
    }

    @Test
    void aSoundPairIsDescribed() throws SnapshotException {
        assertEquals(sound(), SnapshotPair.describe(paths));
    }

    @Test
    void aMissingMemoryIsNoFailure() throws IOException {
        Files.delete(paths.memory());
        PairDescription found = SnapshotPair.describe(paths);
        assertTrue(found.memoryFileByteCount().isEmpty());
        assertTrue(found.problem().isEmpty());
        assertTrue(found.isCrcOk());
    }

    @Test
    void aBadSumHidesNothing() throws IOException {
        byte[] bytes = Files.readAllBytes(paths.state());
        bytes[bytes.length - 1] ^= 1;
        Files.write(paths.state(), bytes);
        PairDescription found = SnapshotPair.describe(paths);
        PairDescription sound = sound();
        assertFalse(found.isCrcOk());
        assertTrue(found.problem().orElseThrow().contains("CRC-64"), found.toString());
        assertEquals(sound.magic(), found.magic());
        assertEquals(sound.architecture(), found.architecture());
        assertEquals(sound.version(), found.version());
        assertEquals(sound.vcpuCount(), found.vcpuCount());
        assertEquals(sound.memoryMib(), found.memoryMib());
        assertEquals(sound.trackDirtyPages(), found.trackDirtyPages());
        assertEquals(sound.deviceCount(), found.deviceCount());
        assertEquals(sound.metadataServicePresent(), found.metadataServicePresent());
        assertEquals(sound.memoryDigest(), found.memoryDigest());
    }

    @Test
    void whateverIsCutOrFlippedIsDescribed() throws IOException {
        byte[] whole = Files.readAllBytes(paths.state());
        int step = Soak.count(7, 1);
        for (int length = 0; length < whole.length; length += step) {
            Files.write(paths.state(), Arrays.copyOf(whole, length));
            assertBroken();
        }
        for (int at = 0; at < whole.length; at += step) {
            byte[] flipped = whole.clone();
            flipped[at] ^= (byte) (1 << at % Byte.SIZE);
            Files.write(paths.state(), flipped);
            assertBroken();
        }
    }

    private void assertBroken() throws SnapshotException {
        PairDescription found = SnapshotPair.describe(paths);
        assertFalse(found.isCrcOk());
        assertTrue(found.problem().isPresent());
    }

    @Test
    void aStateThatIsTooLongIsDescribedAsFarAsItGoes() throws IOException {
        byte[] bytes = Files.readAllBytes(paths.state());
        Files.write(paths.state(), Arrays.copyOf(bytes, StateEnvelope.LIMIT_BYTES + 1));
        assertBroken();
        assertEquals(sound().magic(), SnapshotPair.describe(paths).magic());
    }

    @Test
    void aDiffIsDescribedWithItsBase() throws SnapshotException {
        PairPaths diff = PairPaths.of(folder.resolve("diff.snap"));
        try (GuestMemory memory = Machines.memory(1);
                DirtyBitmap dirty = Machines.bitmap(PageSize.KIB_4)) {
            SnapshotPair.save(
                    SaveRequest.diff(diff, Machines.machine(1), memory)
                            .dirty(dirty)
                            .base(saved.memoryDigest()));
        }
        PairDescription found = SnapshotPair.describe(diff);
        assertEquals(Optional.of(true), found.isDiff());
        assertEquals(Optional.of(saved.memoryDigest()), found.memoryBase());
        assertEquals(OptionalInt.of(1), found.deviceCount());
        assertEquals(Optional.of(false), found.metadataServicePresent());
    }

    @Test
    void memoryThatLiesAsideIsTheMemory() throws IOException {
        Path aside = AtomicPair.kept(paths.memory(), saved.memoryDigest());
        Files.move(paths.memory(), aside);
        Files.write(paths.memory(), new byte[5]);
        Path other = AtomicPair.kept(paths.memory(), Sha256.of(new byte[1]));
        Files.write(other, new byte[9]);
        PairDescription found = SnapshotPair.describe(paths);
        assertEquals(aside, found.memoryFile());
        assertEquals(OptionalLong.of(Machines.MIB), found.memoryFileByteCount());
        assertEquals(List.of(other), found.otherKeptFiles());
        try (LoadedPair pair = SnapshotPair.load(paths)) {
            assertEquals(found.memoryFile(), pair.memoryFile());
        }
    }

    @Test
    void aPairThatIsNotThereIsMissing() throws IOException {
        Files.delete(paths.state());
        assertRefused(
                Kind.MISSING, Reason.UNSPECIFIED, () -> SnapshotPair.describe(paths), "x.snap");
    }

    @Test
    void aPairIsDescribedThroughALinkAsItIsLoaded() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link.snap"), paths.state());
        PairPaths linked = new PairPaths(link, paths.memory());
        PairDescription found = SnapshotPair.describe(linked);
        assertEquals(Optional.of(saved.memoryDigest()), found.memoryDigest());
        assertTrue(found.problem().isEmpty());
    }
}
