package io.coldframe.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/// Indexes that were written once and must be read for ever: a test that has to be changed to pass
/// is a format that has.
///
/// Each file has 32 bytes in a line, in hexadecimal, and the name of its sample.
final class IndexGoldenTest {
    private static final Path FOLDER = Path.of("test", "resources", "io", "coldframe", "layer");
    private static final int BYTES_PER_LINE = 32;

    @Test
    void theFormatIsAsItWas() throws Exception {
        for (Map.Entry<String, byte[]> sample : IndexSamples.all().entrySet()) {
            Path file = FOLDER.resolve(sample.getKey().replace(' ', '-') + ".hex");
            assertEquals(Files.readAllLines(file), lines(sample.getValue()), sample.getKey());
        }
    }

    @Test
    void whatWasWrittenIsStillRead() throws Exception {
        for (Map.Entry<String, byte[]> sample : IndexSamples.all().entrySet()) {
            Path file = FOLDER.resolve(sample.getKey().replace(' ', '-') + ".hex");
            byte[] bytes = HexFormat.of().parseHex(String.join("", Files.readAllLines(file)));
            try (LayerIndex index = LayerIndex.decode(MemorySegment.ofArray(bytes), file)) {
                assertArrayEquals(sample.getValue(), IndexSamples.bytes(index));
            }
        }
    }

    static List<String> lines(byte[] bytes) {
        List<String> lines = new ArrayList<>();
        for (int at = 0; at < bytes.length; at += BYTES_PER_LINE) {
            int end = Math.min(bytes.length, at + BYTES_PER_LINE);
            lines.add(HexFormat.of().formatHex(bytes, at, end));
        }
        return lines;
    }
}
