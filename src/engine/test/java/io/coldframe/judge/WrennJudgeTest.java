package io.coldframe.judge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;

/// A judge has to be judged: it takes a file written down by hand, and no other.
final class WrennJudgeTest {
    private static final UUID FIRST = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
    private static final UUID SECOND = UUID.fromString("0f0e0d0c-0b0a-0908-0706-050403020100");

    // Two blocks of data, a zero block, and one more of data that is short.
    private static final String HEADER =
            "0100000000000000"
                    + "0010000000000000"
                    + "0a30000000000000"
                    + "0000000000000000"
                    + "00112233445566778899aabbccddeeff"
                    + "00112233445566778899aabbccddeeff"
                    + "0000000000000000"
                    + "0020000000000000"
                    + "00112233445566778899aabbccddeeff"
                    + "0000000000000000"
                    + "0020000000000000"
                    + "0010000000000000"
                    + "00000000000000000000000000000000"
                    + "0000000000000000"
                    + "0030000000000000"
                    + "0010000000000000"
                    + "00112233445566778899aabbccddeeff"
                    + "0020000000000000";

    @TempDir private Path folder;

    private static byte[] memory() {
        byte[] memory = new byte[0x300A];
        Arrays.fill(memory, 0, 0x2000, (byte) 7);
        memory[0x3009] = 1;
        return memory;
    }

    private WrennJudge read(byte[] header) throws IOException {
        return WrennJudge.read(Files.write(folder.resolve("header"), header));
    }

    @Test
    void aHeaderWrittenByHandIsTheOneOfItsMemory() throws IOException {
        WrennJudge first = WrennJudge.first(memory(), FIRST);
        assertArrayEquals(HexFormat.of().parseHex(HEADER), first.encoded());
        assertEquals(first, read(first.encoded()));
        Path file = Files.write(folder.resolve("compact"), first.compact(memory()));
        assertEquals(0x3000, Files.size(file));
        assertArrayEquals(memory(), first.memory(build -> file));
    }

    @Test
    void theNextGenerationStoresWhatDiffers() throws IOException {
        byte[] memory = memory();
        memory[0x2005] = 3;
        Arrays.fill(memory, 0, 0x1000, (byte) 0);
        WrennJudge first = WrennJudge.first(memory(), FIRST);
        WrennJudge next = first.next(memory(), memory, SECOND);
        assertEquals(
                "[Run[offset=0, length=4096, build=00000000-0000-0000-0000-000000000000,"
                        + " stored=0], Run[offset=4096, length=4096, build="
                        + FIRST
                        + ", stored=4096], Run[offset=8192, length=4096, build="
                        + SECOND
                        + ", stored=0], Run[offset=12288, length=4096, build="
                        + FIRST
                        + ", stored=8192]]",
                next.records().toString());
        assertEquals(next, read(next.encoded()));
        assertEquals(1, next.generation());
        Path old = Files.write(folder.resolve("old"), first.compact(memory()));
        Path own = Files.write(folder.resolve("own"), next.compact(memory));
        assertEquals(0x1000, Files.size(own));
        assertArrayEquals(memory, next.memory(build -> build.equals(FIRST) ? old : own));
    }

    @Test
    void whatIsNotAsDescribedIsRefused() throws IOException {
        byte[] good = HexFormat.of().parseHex(HEADER);
        for (int length = 0; length < good.length; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            assertThrows(AssertionError.class, () -> read(cut), () -> "cut at " + cut.length);
        }
        // Its length, its place, and where it is in the memory, of every record.
        for (int record = 64; record < good.length; record += 40) {
            for (int at : new int[] {0, 1, 8, 9, 32}) {
                byte[] changed = good.clone();
                changed[record + at] ^= 0x10;
                assertThrows(AssertionError.class, () -> read(changed));
            }
        }
        Path cut = Files.write(folder.resolve("cut"), new byte[0x2000]);
        assertThrows(AssertionError.class, () -> read(good).memory(build -> cut));
    }
}
