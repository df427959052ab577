package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coldframe.MutationTarget;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/// Changed tags, which are read from files.
public final class TagMutations implements MutationTarget {
    private static final Path MEMORY = Path.of("/dev/shm");

    private final Path folder;

    /// Made by name.
    public TagMutations() throws IOException {
        folder =
                Files.isWritable(MEMORY)
                        ? Files.createTempDirectory(MEMORY, "coldframe")
                        : Files.createTempDirectory("coldframe");
        folder.toFile().deleteOnExit();
    }

    @Override
    public List<byte[]> samples() {
        return List.of(tag(new UUID(1, 2)), tag(new UUID(-1, -1)), tag(UUID.randomUUID()));
    }

    private static byte[] tag(UUID id) {
        return (id + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void decode(byte[] input, Object resource) throws IOException {
        Path file = folder.resolve(resource.toString());
        Files.write(file, input);
        try {
            // Digits may be large or small letters.
            String text = new String(input, StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT);
            assertEquals(text, Tags.read(file) + "\n");
        } finally {
            Files.delete(file);
        }
    }
}
