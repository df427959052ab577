package io.coldframe.state;

import static io.coldframe.state.Refusals.FILE;
import static io.coldframe.state.Refusals.assertRefused;
import static io.coldframe.state.Refusals.assertSays;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/// A state file is checked in one order, and each check has its own refusal.
final class EnvelopeRefusalTest {

    @Test
    void everyFlippedBitIsFound() throws SnapshotException {
        byte[] file = StateFiles.sample();
        for (int bit = 0; bit < file.length * Byte.SIZE; bit++) {
            byte[] flipped = file.clone();
            flipped[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
            assertRefused(Kind.CORRUPT, Reason.CHECKSUM, flipped);
        }
    }

    @Test
    void everyCutIsFound() throws SnapshotException {
        byte[] file = StateFiles.sample();
        for (int end = 0; end < file.length; end++) {
            Reason reason = end < Crc64.BYTE_COUNT ? Reason.TOO_SHORT : Reason.CHECKSUM;
            assertRefused(Kind.CORRUPT, reason, Arrays.copyOf(file, end));
        }
    }

    @Test
    void everyCutOfThePayloadIsFoundAlthoughTheSumIsRight() throws SnapshotException {
        byte[] file = StateFiles.sample();
        int end = file.length - Crc64.BYTE_COUNT;
        for (int cut = EnvelopeHeader.BYTE_COUNT; cut < end; cut++) {
            byte[] payload = Arrays.copyOfRange(file, EnvelopeHeader.BYTE_COUNT, cut);
            assertRefused(Kind.CORRUPT, Reason.ENCODING, StateFiles.withPayload(payload));
        }
    }

    @Test
    void aFileOfZerosIsRefusedWhateverItsLength() {
        for (int byteCount : new int[] {8, 9, 40, 41, 4096, StateEnvelope.LIMIT_BYTES}) {
            SnapshotException refusal =
                    assertRefused(Kind.CORRUPT, Reason.CHECKSUM, new byte[byteCount]);
            assertSays("all " + byteCount + " bytes are zero", refusal);
        }
    }

    @Test
    void zerosBehindAFileAreFoundAlthoughTheSumIsRight() throws SnapshotException {
        byte[] file = StateFiles.sample();
        for (int zeros = 1; zeros < 100; zeros++) {
            byte[] longer = Arrays.copyOf(file, file.length + zeros);
            assertEquals(0, Crc64.of(longer));
            assertRefused(Kind.CORRUPT, Reason.ENCODING, longer);
        }
    }

    @Test
    void zerosBeforeAFileAreFoundAlthoughTheSumIsRight() throws SnapshotException {
        byte[] file = StateFiles.sample();
        for (int zeros = 1; zeros < 100; zeros++) {
            byte[] longer = new byte[zeros + file.length];
            System.arraycopy(file, 0, longer, zeros, file.length);
            assertRefused(Kind.CORRUPT, Reason.MAGIC, longer);
        }
    }

    @Test
    void whatIsTooShortForAHeaderIsNoEncoding() {
        for (int byteCount = 9; byteCount < 40; byteCount++) {
            byte[] file = new byte[byteCount];
            file[0] = 1;
            StateEnvelope.seal(file);
            assertRefused(Kind.CORRUPT, Reason.ENCODING, file);
        }
        assertRefused(Kind.CORRUPT, Reason.MAGIC, StateFiles.withByte(new byte[40], 0, 1));
    }

    @Test
    void theLimitIsTheSameForWriterAndReader() throws SnapshotException {
        MachineState largest = StateFiles.stateOfFileBytes(StateEnvelope.LIMIT_BYTES);
        byte[] file = StateFiles.of(largest);
        assertEquals(10_000_000, file.length);
        assertEquals(largest, StateEnvelope.decode(file, FILE).state());
        assertEquals(largest, StateEnvelope.decode(MemorySegment.ofArray(file), FILE).state());

        MachineState larger = StateFiles.stateOfFileBytes(StateEnvelope.LIMIT_BYTES + 1);
        StateEnvelope envelope = new StateEnvelope(larger, Optional.empty());
        SnapshotException refusal =
                assertRefused(Kind.UNSUPPORTED, Reason.TOO_LARGE, () -> envelope.encode(FILE));
        assertSays("encoded it has 9999961 bytes, and the limit is 9999960", refusal);
    }

    @Test
    void oneByteMoreThanTheLimitIsRefusedUnread() {
        byte[] file = new byte[StateEnvelope.LIMIT_BYTES + 1];
        file[0] = 1;
        assertRefused(Kind.CORRUPT, Reason.TOO_LARGE, file);
        assertRefused(
                Kind.CORRUPT,
                Reason.TOO_LARGE,
                () -> StateEnvelope.decode(MemorySegment.ofArray(file), FILE));
    }

    @Test
    void anUnknownMagicIsToldWithBothThatAreKnown() throws SnapshotException {
        byte[] file = StateFiles.withLong(StateFiles.sample(), 0, 0x1122_3344_5566_7788L);
        SnapshotException refusal = assertRefused(Kind.CORRUPT, Reason.MAGIC, file);
        assertSays("0x1122334455667788", refusal);
        assertSays("0x07101984aaaa0000 (aarch64)", refusal);
        assertSays("0x0710198486640000 (x86_64)", refusal);
    }

    @Test
    void theMagicOfAnArchitectureToComeIsNotCalledCorrupt() throws SnapshotException {
        byte[] file = StateFiles.withLong(StateFiles.sample(), 0, 0x0710_1984_5515_0000L);
        assertRefused(Kind.UNSUPPORTED, Reason.MAGIC, file);
    }

    @Test
    void theOtherArchitectureIsRefusedWithFoundAndExpected() throws SnapshotException {
        StateEnvelope envelope = StateEnvelope.decode(StateFiles.sample(), FILE);
        envelope.checkArchitecture(Architecture.AARCH64, FILE);
        SnapshotException refusal =
                assertRefused(
                        Kind.UNSUPPORTED,
                        Reason.MAGIC,
                        () -> envelope.checkArchitecture(Architecture.X86_64, FILE));
        assertSays("0x07101984aaaa0000 (aarch64), not 0x0710198486640000 (x86_64)", refusal);
    }

    @Test
    void anotherMajorAndALaterMinorVersionAreRefused() throws SnapshotException {
        byte[] file = StateFiles.sample();
        for (int major : new int[] {0, 4, 6, 0xFFFF}) {
            byte[] other = StateFiles.withShort(file, 8, major);
            SnapshotException refusal = assertRefused(Kind.UNSUPPORTED, Reason.VERSION, other);
            assertSays("the version is " + major + ".0.0, and this release reads 5.0", refusal);
        }
        for (int minor : new int[] {1, 2, 0xFFFF}) {
            byte[] later = StateFiles.withShort(file, 10, minor);
            assertRefused(Kind.UNSUPPORTED, Reason.VERSION, later);
        }
    }

    @Test
    void thePatchVersionIsFree() throws SnapshotException {
        for (int patch : new int[] {0, 1, 77, 0xFFFF}) {
            byte[] file = StateFiles.withShort(StateFiles.sample(), 12, patch);
            StateEnvelope envelope = StateEnvelope.decode(file, FILE);
            assertEquals(new Version(5, 0, patch), envelope.version());
            assertEquals(Arrays.toString(file), Arrays.toString(envelope.encode(FILE)));
        }
    }

    @Test
    void anEnvelopeThatThisReleaseWouldNotReadIsNotMade() throws SnapshotException {
        StateEnvelope good = StateEnvelope.decode(StateFiles.sample(), FILE);
        Version later = new Version(5, 1, 0);
        assertThrows(
                IllegalArgumentException.class,
                () -> new StateEnvelope(later, good.state(), good.memory(), good.unknown()));
    }

    @Test
    void theChecksHaveAnOrder() throws SnapshotException {
        byte[] sample = StateFiles.sample();
        byte[] otherVersion = StateFiles.withShort(sample, 8, 6);
        byte[] otherMagicToo = StateFiles.withLong(otherVersion, 0, 1);
        byte[] otherSumToo = otherMagicToo.clone();
        otherSumToo[otherSumToo.length - 1] ^= 1;
        // A later version may say what it likes behind the header.
        byte[] nonsenseToo = StateFiles.withByte(otherVersion, 40, 0xFF);
        assertRefused(Kind.UNSUPPORTED, Reason.VERSION, otherVersion);
        assertRefused(Kind.UNSUPPORTED, Reason.VERSION, nonsenseToo);
        assertRefused(Kind.CORRUPT, Reason.MAGIC, otherMagicToo);
        assertRefused(Kind.CORRUPT, Reason.CHECKSUM, otherSumToo);
    }

    @Test
    void aHeaderThatContradictsItselfIsRefused() throws SnapshotException {
        byte[] file = StateFiles.sample();
        assertSays("\"barch64\"", refusedHeader(StateFiles.withByte(file, 16, 'b')));
        assertSays("\"aarch64!\"", refusedHeader(StateFiles.withByte(file, 23, '!')));
        assertSays("\"aa?ch64\"", refusedHeader(StateFiles.withByte(file, 18, 0x1B)));
        assertSays("\"aa?ch64?\"", refusedHeader(StateFiles.withByte(file, 18, 0)));
        assertSays("at byte 14", refusedHeader(StateFiles.withByte(file, 14, 1)));
        assertSays("at byte 24", refusedHeader(StateFiles.withByte(file, 24, file[24] + 1)));
        assertSays("at byte 24", refusedHeader(StateFiles.withLong(file, 24, -1)));
    }

    private static SnapshotException refusedHeader(byte[] file) {
        return assertRefused(Kind.CORRUPT, Reason.ENCODING, file);
    }

    @Test
    void aMissingFileAndOneThatIsNoneAreToldApart(@TempDir Path folder) throws Exception {
        SnapshotException missing =
                assertThrows(
                        SnapshotException.class,
                        () -> StateEnvelope.read(folder.resolve("none.snap")));
        assertEquals(Kind.MISSING, missing.kind());
        SnapshotException directory =
                assertThrows(SnapshotException.class, () -> StateEnvelope.read(folder));
        assertEquals(Kind.UNSUPPORTED, directory.kind());

        Path file = folder.resolve("vm.snap");
        Files.write(file, StateFiles.sample());
        assertEquals(256, StateEnvelope.read(file).state().vmInfo().memoryMib());
        Files.write(file, new byte[StateEnvelope.LIMIT_BYTES + 1000]);
        SnapshotException tooLarge =
                assertThrows(SnapshotException.class, () -> StateEnvelope.read(file));
        assertEquals(Reason.TOO_LARGE, tooLarge.reason());
        assertSays(file.toString(), tooLarge);
    }
}
