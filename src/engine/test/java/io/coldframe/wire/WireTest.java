package io.coldframe.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;

import io.coldframe.Blob;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.UnknownFields;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// The codec by itself, on bytes written by hand and by protobuf-java.
final class WireTest {

    private static final int LIMIT = 10_000;

    private static byte[] written(Consumer<WireWriter> fields) throws SnapshotException {
        WireWriter out = new WireWriter(LIMIT);
        fields.accept(out);
        byte[] bytes = out.toBytes("file");
        assertEquals(bytes.length, out.byteCount());
        return bytes;
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }

    private static <T> T read(String digits, MessageReader<T> reader) throws SnapshotException {
        byte[] bytes = hex(digits);
        return WireReader.read(bytes, 0, bytes.length, "the file", reader);
    }

    /// What is read of the first field.
    private static <T> T first(String digits, MessageReader<T> reader) throws SnapshotException {
        return read(
                digits,
                in -> {
                    assertTrue(in.next());
                    return reader.read(in);
                });
    }

    private static int firstInt(String digits, MessageReader<Integer> reader)
            throws SnapshotException {
        return first(digits, reader);
    }

    private static void assertCorrupt(String says, String digits, MessageReader<?> reader) {
        SnapshotException refusal =
                assertThrows(SnapshotException.class, () -> first(digits, reader));
        assertEquals(Kind.CORRUPT, refusal.kind());
        assertEquals(Reason.ENCODING, refusal.reason());
        assertTrue(refusal.toString().contains(says), refusal::toString);
        assertTrue(refusal.toString().endsWith("[the file]"), refusal::toString);
    }

    @Test
    void everyLengthOfANumberIsAsProtobufWritesIt() throws Exception {
        for (int bits = 0; bits <= Long.SIZE; bits++) {
            long value = bits == 0 ? 0 : -1L >>> (Long.SIZE - bits);
            ByteArrayOutputStream theirs = new ByteArrayOutputStream();
            CodedOutputStream out = CodedOutputStream.newInstance(theirs);
            out.writeUInt64(3, value);
            out.flush();
            OptionalLong here = OptionalLong.of(value);
            assertArrayEquals(theirs.toByteArray(), written(to -> to.optionalUint64(3, here)));
            String digits = HexFormat.of().formatHex(theirs.toByteArray());
            assertEquals(value, first(digits, WireReader::uint64));
        }
    }

    @Test
    void numbersThatAreNotAsShortAsTheyCanBeAreReadAsProtobufReadsThem() throws Exception {
        for (String digits :
                new String[] {"8000", "808000", "ff8080808000", "80808080808080808000"}) {
            long theirs = CodedInputStream.newInstance(hex(digits)).readUInt64();
            assertEquals(theirs, first("08" + digits, WireReader::uint64), digits);
        }
    }

    @Test
    void defaultsAreLeftOut() throws SnapshotException {
        byte[] bytes =
                written(
                        out -> {
                            out.uint64(1, 0);
                            out.uint32(2, 0);
                            out.bool(3, false);
                            out.string(4, "");
                            out.bytes(5, new byte[0]);
                            out.bytes(6, Blob.EMPTY);
                            out.fixed64s(9);
                            out.optionalUint64(10, OptionalLong.empty());
                            out.optionalUint32(11, OptionalInt.empty());
                            out.unknown(UnknownFields.NONE);
                        });
        assertEquals(0, bytes.length);
    }

    @Test
    void whatIsExplicitIsWrittenWhateverItIs() throws SnapshotException {
        byte[] bytes =
                written(
                        out -> {
                            out.optionalUint64(1, OptionalLong.of(0));
                            out.optionalUint32(2, OptionalInt.of(-1));
                            out.explicitString(3, "");
                            out.message(4, inner -> {});
                            out.mapEntry(5, 0, 0);
                        });
        assertArrayEquals(hex("0800 10ffffffff0f 1a00 2200 2a0408001000"), bytes);
    }

    @Test
    void aMessageOfEveryLengthHasItsLengthInFront() throws SnapshotException {
        for (int byteCount = 1; byteCount < 300; byteCount++) {
            byte[] content = new byte[byteCount];
            Arrays.fill(content, (byte) byteCount);
            byte[] bytes =
                    written(out -> out.message(1, to -> to.message(2, in -> in.bytes(3, content))));
            Blob read =
                    WireReader.read(
                            bytes,
                            0,
                            bytes.length,
                            "file",
                            in -> {
                                assertTrue(in.next());
                                return in.message(
                                        inner -> {
                                            assertTrue(inner.next());
                                            return inner.message(
                                                    innermost -> {
                                                        assertTrue(innermost.next());
                                                        return innermost.bytes();
                                                    });
                                        });
                            });
            assertEquals(Blob.of(content), read);
        }
    }

    @Test
    void fieldsOutOfOrderAreAMistakeOfTheWriter() {
        WireWriter out = new WireWriter(LIMIT);
        out.uint64(2, 1);
        assertThrows(AssertionError.class, () -> out.uint64(1, 1));
    }

    @Test
    void theLimitIsKeptToTheByteAndWhatIsBeyondIsCounted() throws SnapshotException {
        for (int limit = 0; limit < 60; limit++) {
            WireWriter out = new WireWriter(limit);
            out.message(
                    1,
                    inner -> {
                        inner.bytes(1, new byte[20]);
                        inner.fixed64s(2, 1, 2);
                        inner.string(3, "text");
                        inner.mapEntry(4, 5, 6);
                    });
            long needed = 1 + 1 + 22 + 18 + 6 + 6;
            assertEquals(needed, out.byteCount());
            if (limit >= needed) {
                assertEquals(needed, out.toBytes("file").length);
            } else {
                SnapshotException refusal =
                        assertThrows(SnapshotException.class, () -> out.toBytes("file"));
                assertEquals(Kind.UNSUPPORTED, refusal.kind());
                assertEquals(Reason.TOO_LARGE, refusal.reason());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "00, a field's number is 0",
        "0700, a field's number is 0",
        "0b, a group",
        "0c, a group",
        "0e, wire type 6",
        "0f, wire type 7",
        "80, end within a number",
        "ffffffffffffffffff01, a field's number is",
        "8080808010 00, a field's number is 536870912",
        "80808080808080808080 01, more than 10 bytes",
        "80808080808080808002, more than 64 bits"
    })
    void aTagThatIsNoneIsRefused(String digits, String says) {
        assertCorrupt(says, digits, WireReader::uint64);
    }

    @ParameterizedTest
    @CsvSource({
        "08, end within a number",
        "08ff, end within a number",
        "08ffffffffffffffffff02, more than 64 bits",
        "0a00, a length and bytes",
        "0d00000000, 4 bytes",
        "090000000000000000, 8 bytes"
    })
    void aNumberThatIsNoneIsRefused(String digits, String says) {
        assertCorrupt(says, digits, WireReader::uint64);
    }

    @Test
    void aNumberThatDoesNotFitIsRefused() throws SnapshotException {
        assertEquals(-1, firstInt("08ffffffff0f", WireReader::uint32));
        assertCorrupt("32 bits", "088080808010", WireReader::uint32);
        assertCorrupt("32 bits", "08ffffffff0f", WireReader::int32);
        assertEquals(-1, firstInt("08ffffffffffffffffff01", WireReader::int32));
        assertEquals(-1L, first("08ffffffffffffffffff01", WireReader::int64));
        assertEquals(true, first("0801", WireReader::bool));
        assertCorrupt("field 1 is 2, at most 1", "0802", WireReader::bool);
        assertCorrupt("18446744073709551615", "08ffffffffffffffffff01", in -> in.uint32(7));
    }

    @Test
    void aFixedNumberThatIsCutIsRefused() {
        assertCorrupt("needs 8 bytes, and 7 are left", "0901020304050607", WireTest::kept);
        assertCorrupt("needs 4 bytes, and 3 are left", "0d010203", WireTest::kept);
    }

    @Test
    void packedNumbersAreCounted() throws SnapshotException {
        assertArrayEquals(
                new long[] {1, 2},
                first("0a1001000000000000000200000000000000", in -> in.fixed64s(2)));
        assertCorrupt(
                "more than 1 numbers",
                "0a1001000000000000000200000000000000",
                in -> in.fixed64s(1));
        assertCorrupt("not 8 for each", "0a0701020304050607", in -> in.fixed64s(2));
    }

    @ParameterizedTest
    @CsvSource({
        "0a01, 'has 1 bytes, and 0 are left'",
        "0a0300, 'has 3 bytes, and 1 are left'",
        "0affffffff07, 'has 2147483647 bytes, and 0 are left'",
        "0affffffffffffffffff01, 'has 18446744073709551615 bytes, and 0 are left'"
    })
    void aLengthBeyondTheEndIsRefused(String digits, String says) {
        assertCorrupt(says, digits, WireReader::bytes);
        assertCorrupt(says, digits, WireReader::string);
        assertCorrupt(says, digits, in -> in.message(WireReader::unknown));
        assertCorrupt(says, digits, in -> in.fixed64s(100));
        assertCorrupt(says, digits, WireTest::kept);
    }

    @Test
    void aMessageMayNotReachBeyondTheOneAroundIt() {
        MessageReader<Blob> innermost =
                in -> {
                    assertTrue(in.next());
                    return in.bytes();
                };
        assertCorrupt(
                "has 2 bytes, and 1 are left, at byte 2",
                "0a03 0a02aa aaaaaa",
                in -> in.message(innermost));
    }

    @ParameterizedTest
    @CsvSource({"0a01ff", "0a02c080", "0a03eda080", "0a04f4908080", "0a01c3"})
    void aTextThatIsNotUtf8IsRefused(String digits) {
        assertCorrupt("not UTF-8", digits, WireReader::string);
    }

    @Test
    void aFieldThatComesTwiceIsRefusedUnlessItIsRepeated() throws SnapshotException {
        MessageReader<Long> twice =
                in -> {
                    in.uint64();
                    assertTrue(in.next());
                    return in.uint64();
                };
        assertCorrupt("field 1 comes twice, at byte 2", "08010801", twice);
        String texts =
                first(
                        "0a01610a0162",
                        in -> {
                            String one = in.eachString();
                            assertTrue(in.next());
                            return one + in.eachString();
                        });
        assertEquals("ab", texts);
    }

    @Test
    void whatAConstructorRefusesIsCorrupt() {
        assertCorrupt(
                "too small, at byte 2",
                "0a00",
                in ->
                        in.message(
                                inner -> {
                                    throw new IllegalArgumentException("too small");
                                }));
    }

    private static UnknownFields kept(WireReader in) throws SnapshotException {
        do {
            in.keepUnknown();
        } while (in.next());
        return in.unknown();
    }

    @Test
    void unknownFieldsAreKeptAsTheyCameAndWrittenLast() throws SnapshotException {
        String fields = "5805 5d01020304 590102030405060708 5a03616263 5805 500a";
        UnknownFields unknown = first(fields, WireTest::kept);
        assertEquals(Blob.of(hex(fields)), unknown.encoded());
        assertArrayEquals(
                hex("0801" + fields.replace(" ", "")),
                written(
                        out -> {
                            out.uint64(1, 1);
                            out.unknown(unknown);
                        }));
    }

    @Test
    void unknownNumbersAreKeptAsShortAsTheyCanBe() throws SnapshotException {
        assertEquals(Blob.of(hex("5805")), first("d88000 858000", WireTest::kept).encoded());
    }

    @Test
    void skippingAFieldLeadsToTheNext() throws SnapshotException {
        long last =
                first(
                        "5805 5d01020304 590102030405060708 5a03616263 082a",
                        in -> {
                            while (in.field() != 1) {
                                in.skip();
                                assertTrue(in.next());
                            }
                            return in.uint64();
                        });
        assertEquals(42, last);
    }

    @Test
    void ofBadBytesALengthBeyondTheEndGoesToTheEnd() throws IOException {
        byte[] bytes = hex("0a7f 0a7f 616263");
        String text =
                WireReader.readWhatIsLeft(
                        bytes,
                        0,
                        bytes.length,
                        "file",
                        in -> {
                            assertTrue(in.next());
                            return in.message(
                                    inner -> {
                                        assertTrue(inner.next());
                                        return inner.string();
                                    });
                        });
        assertEquals("abc", text);
    }

    @Test
    void aLoneHalfOfASurrogatePairIsRefusedAndAWholePairIsNot() throws IOException {
        WireWriter out = new WireWriter(100);
        for (String lone : List.of("\ud83d", "a\ude00", "\ude00\ud83d")) {
            assertThrows(IllegalArgumentException.class, () -> out.string(1, lone));
            assertThrows(IllegalArgumentException.class, () -> out.explicitString(1, lone));
        }
        assertEquals(0, out.byteCount());
        out.string(1, "\ud83d\ude00");
        assertArrayEquals(hex("0a04 f09f9880"), out.toBytes("file"));
    }
}
