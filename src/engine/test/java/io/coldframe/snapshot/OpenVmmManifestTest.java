package io.coldframe.snapshot;

import static io.coldframe.snapshot.Refusals.assertSays;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.UnknownFields;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/// The bytes of `manifest.bin`, which are OpenVMM's.
final class OpenVmmManifestTest {

    // Put together by hand from the protobuf specification: tags, then values.
    private static final String BYTES =
            "0801" // 1: version 1
                    + "1206" // 2: a message of 6 bytes
                    + "08d285d8cc04" // 2.1: 1234567890 seconds, nanos are zero and left out
                    + "1a0a746573742d302e312e30" // 3: test-0.1.0
                    + "208008" // 4: 1024
                    + "2802" // 5: 2
                    + "308020" // 6: 4096
                    + "3a067838365f3634"; // 7: x86_64

    static OpenVmmManifest manifest(long memorySizeBytes) {
        return manifest(memorySizeBytes, 2);
    }

    static OpenVmmManifest manifest(long memorySizeBytes, int vpCount) {
        return OpenVmmManifest.of(
                Instant.ofEpochSecond(1234567890),
                "test-0.1.0",
                memorySizeBytes,
                vpCount,
                4096,
                "x86_64");
    }

    @Test
    void theBytesAreThoseOfOpenVmm() throws SnapshotException {
        assertEquals(BYTES, HexFormat.of().formatHex(manifest(1024).encode()));
        assertEquals(manifest(1024), decoded(BYTES));
    }

    @Test
    void zerosAndWhatIsEmptyIsLeftOut() throws SnapshotException {
        OpenVmmManifest zeros =
                new OpenVmmManifest(0, Instant.EPOCH, "", 0, 0, 0, "", UnknownFields.NONE);
        assertEquals(0, zeros.encode().length);
        assertEquals(zeros, decoded(""));
    }

    @Test
    void aTimeBeforeTheEpochIsATwosComplementAndNoZigzag() throws SnapshotException {
        OpenVmmManifest before =
                new OpenVmmManifest(
                        0,
                        Instant.ofEpochSecond(-2, 500_000_000),
                        "",
                        0,
                        0,
                        0,
                        "",
                        UnknownFields.NONE);
        // Minus two in ten bytes, then five hundred million.
        String bytes = "1211" + "08feffffffffffffffff01" + "1080cab5ee01";
        assertEquals(bytes, HexFormat.of().formatHex(before.encode()));
        assertEquals(before, decoded(bytes));
    }

    @Test
    void theLargestNumbersComeBack() throws SnapshotException {
        OpenVmmManifest largest =
                new OpenVmmManifest(
                        0xFFFF_FFFFL,
                        Instant.ofEpochSecond(Instant.MAX.getEpochSecond(), 999_999_999),
                        "x",
                        Long.MAX_VALUE,
                        0xFFFF_FFFFL,
                        0xFFFF_FFFFL,
                        "y",
                        UnknownFields.NONE);
        assertEquals(largest, OpenVmmManifest.decode(largest.encode(), "test"));
    }

    @Test
    void fieldsMayComeInAnyOrder() throws SnapshotException {
        String turned = "3a067838365f3634" + "308020" + "2802" + "208008";
        String rest = "1a0a746573742d302e312e30" + "120608d285d8cc04" + "0801";
        assertEquals(manifest(1024), decoded(turned + rest));
    }

    @Test
    void whatALaterOpenVmmHasAddedIsKept() throws SnapshotException {
        String added =
                "4005" // 8: a number
                        + "4a03616263" // 9: a text
                        + "a506" // 100: four bytes
                        + "01020304"
                        + "a906" // 101: eight bytes
                        + "0102030405060708";
        OpenVmmManifest later = decoded(BYTES + added);
        assertEquals(manifest(1024).architecture(), later.architecture());
        assertEquals(BYTES + added, HexFormat.of().formatHex(later.encode()));
        assertEquals(later, decoded(BYTES + added));
    }

    @Test
    void whatALaterTimeHasAddedIsPassedOver() throws SnapshotException {
        // The time with a text of three bytes before its seconds.
        String time = "120b" + "1a03616263" + "08d285d8cc04";
        assertEquals(manifest(1024), decoded(BYTES.replace("120608d285d8cc04", time)));
    }

    @Test
    void everyTruncationThatIsNotBetweenFieldsIsCorrupt() {
        byte[] whole = HexFormat.of().parseHex(BYTES);
        List<Integer> borders = List.of(0, 2, 10, 22, 25, 27, 30, 38);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            if (!borders.contains(length)) {
                assertCorrupt(cut);
            }
        }
    }

    @Test
    void aFlippedBitIsRefusedOrReadAsSomethingElse() throws SnapshotException {
        byte[] whole = HexFormat.of().parseHex(BYTES);
        OpenVmmManifest good = manifest(1024);
        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] flipped = whole.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            try {
                OpenVmmManifest read = OpenVmmManifest.decode(flipped, "test");
                assertTrue(!read.equals(good), "bit " + bit + " changes nothing: " + read);
            } catch (SnapshotException refused) {
                assertEquals(Kind.CORRUPT, refused.kind(), "bit " + bit);
            }
        }
    }

    @Test
    void whatTheFieldsCannotHoldIsRefused() {
        for (String bytes :
                List.of(
                        "08ffffffffffffffff7f", // a version of 63 bits
                        "08808080808010", // a version of 33 bits and more
                        "20ffffffffffffffffff01", // a memory of 2^64 - 1
                        "1a02fffe", // a text that is not UTF-8
                        "12021080", // a time that is cut
                        "120a10ffffffffffffffffff01", // a message that says a byte less
                        "120b10ffffffffffffffffff01", // minus one nanosecond
                        "12061080a8d6b907", // two thousand million nanoseconds
                        "120a08ffffffffffffffff7f", // a time after all times
                        "0a0101", // a version that is a text
                        "08010801")) { // a version that comes twice
            assertCorrupt(HexFormat.of().parseHex(bytes));
        }
        assertThrows(IllegalArgumentException.class, () -> manifest(-1));
    }

    private static void assertCorrupt(byte[] bytes) {
        SnapshotException refused =
                assertThrows(
                        SnapshotException.class,
                        () -> OpenVmmManifest.decode(bytes, "the/manifest.bin"),
                        () -> HexFormat.of().formatHex(bytes));
        assertEquals(Kind.CORRUPT, refused.kind());
        assertSays(refused, "the/manifest.bin");
    }

    @Test
    void theSnapshotFitsAMachineThatIsTheSame() throws SnapshotException {
        OpenVmmDirectory.validateManifest(manifest(1024), "x86_64", 1024, 2, 4096);
    }

    @Test
    void anotherVersionIsRefusedBeforeAllElse() {
        OpenVmmManifest good = manifest(1024);
        OpenVmmManifest other =
                new OpenVmmManifest(
                        999,
                        good.createdAt(),
                        good.openvmmVersion(),
                        good.memorySizeBytes(),
                        good.vpCount(),
                        good.pageSize(),
                        good.architecture(),
                        good.unknown());
        assertRefused(Reason.VERSION, other, "aarch64", 1, 1, 1, "version", "999", "1");
    }

    @Test
    void whatDiffersIsSaidInOrderWithBothValues() {
        OpenVmmManifest good = manifest(1024);
        Reason reason = Reason.INCOMPATIBLE;
        assertRefused(reason, good, "aarch64", 1, 1, 1, "architecture", "x86_64", "aarch64");
        assertRefused(reason, good, "x86_64", 9999, 1, 1, "memory size", "1024", "9999");
        assertRefused(reason, good, "x86_64", 1024, 99, 1, "VP count", "2", "99");
        assertRefused(reason, good, "x86_64", 1024, 2, 65536, "page size", "4096", "65536");
    }

    private static void assertRefused(
            Reason reason,
            OpenVmmManifest manifest,
            String architecture,
            long memorySizeBytes,
            long vpCount,
            long pageSize,
            String... parts) {
        SnapshotException refused =
                assertThrows(
                        SnapshotException.class,
                        () ->
                                OpenVmmDirectory.validateManifest(
                                        manifest,
                                        architecture,
                                        memorySizeBytes,
                                        vpCount,
                                        pageSize));
        assertEquals(Kind.UNSUPPORTED, refused.kind());
        assertEquals(reason, refused.reason());
        for (String part : parts) {
            assertSays(refused, part);
        }
    }

    private static OpenVmmManifest decoded(String hex) throws SnapshotException {
        byte[] bytes = HexFormat.of().parseHex(hex);
        OpenVmmManifest manifest = OpenVmmManifest.decode(bytes, "test");
        // Reading and writing again adds nothing and loses nothing.
        assertArrayEquals(
                manifest.encode(), OpenVmmManifest.decode(manifest.encode(), "test").encode());
        return manifest;
    }
}
