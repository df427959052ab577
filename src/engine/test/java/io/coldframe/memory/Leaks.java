package io.coldframe.memory;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// Shows that something leaves no mapping and no descriptor behind, by what the kernel counts.
final class Leaks {
    private static final int REPEATS = 200;

    // What the JVM maps and opens by itself meanwhile. Far less than one for each repeat.
    private static final int NOISE = REPEATS / 4;

    private Leaks() {}

    @FunctionalInterface
    interface Attempt {
        void run() throws Exception;
    }

    /// Runs `attempt` often, after once for what is loaded and linked at first use.
    static void assertNone(Attempt attempt) throws Exception {
        attempt.run();
        long mappings = Smaps.count();
        long descriptors = descriptors();
        for (int repeat = 0; repeat < REPEATS; repeat++) {
            attempt.run();
        }
        long moreMappings = Smaps.count() - mappings;
        long moreDescriptors = descriptors() - descriptors;
        assertTrue(moreMappings < NOISE, () -> moreMappings + " mappings more");
        assertTrue(moreDescriptors < NOISE, () -> moreDescriptors + " descriptors more");
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }
}
