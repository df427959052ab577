package io.coldframe.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// A process that may not write long files (RLIMIT_FSIZE) is told so and goes on, and what was
/// there before still is.
final class FileSizeLimitTest {
    private static final Path PRLIMIT = Path.of("/usr/bin/prlimit");
    private static final List<Work> WORKS =
            List.of(
                    PairWork.REPLACED_MAPPED,
                    PairWork.REPLACED_BUFFERED,
                    PairWork.REPLACED_DIFF_DIRECT,
                    StoreWork.NEW_FULL_MAPPED,
                    StoreWork.NEW_DIFF_DIRECT,
                    StoreWork.REPLACED_FULL);

    @TempDir private Path scratch;

    /// The work of a name.
    static Work named(String name) {
        return WORKS.stream().filter(work -> work.toString().equals(name)).findAny().orElseThrow();
    }

    @Test
    void aLimitOfTheFileSizeIsSaidAndChangesNothing() throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(PRLIMIT), "macOS has no prlimit");
        Map<Work, String> before = new HashMap<>();
        List<String> arguments = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (Work work : WORKS) {
            Path folder = Files.createDirectory(scratch.resolve(work.toString()));
            before.put(work, prepared(work, folder));
            arguments.addAll(List.of(work.toString(), folder.toString()));
            expected.add(work + " OUT_OF_SPACE");
        }
        // Longer than state and sums, shorter than any memory.
        List<String> limit = List.of(PRLIMIT.toString(), "--fsize=16384");
        Process child =
                ChildJvm.start(
                        ChildJvm.command(
                                limit,
                                List.of("-XX:-UsePerfData", "-Xmx256m"),
                                LimitedSaver.class,
                                arguments.toArray(new String[0])));
        try (Stream<String> said = child.inputReader().lines()) {
            assertEquals(expected, said.toList());
        }
        assertEquals(0, child.waitFor());
        for (Work work : WORKS) {
            Path folder = scratch.resolve(work.toString());
            assertEquals(before.get(work), work.read(folder));
            Work.checkSwept(folder);
            work.comeNext(folder);
        }
    }

    private static String prepared(Work work, Path folder) throws IOException {
        try (ScriptedGuest guest = work.guest()) {
            work.prepare(folder, guest);
        }
        return work.read(folder);
    }
}
