package io.coldframe.bindings.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// A hand-edited binding survives until the next generation and then takes its fix with it.
final class GeneratedSumsTest {

    @Test
    void everyGeneratedFileIsAsTheGeneratorLeftIt() throws Exception {
        Path bindings = TableRow.BINDINGS;
        List<String> actual = new ArrayList<>();
        try (var files = Files.walk(bindings.resolve("generated"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                byte[] digest =
                        MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
                actual.add(
                        HexFormat.of().formatHex(digest)
                                + "  "
                                + bindings.relativize(file).toString().replace('\\', '/'));
            }
        }
        List<String> expected = Files.readAllLines(bindings.resolve("generated.sha256"));
        assertEquals(expected.stream().sorted().toList(), actual.stream().sorted().toList());
    }
}
