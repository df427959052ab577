package io.coldframe.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Something that the product does to what is in a folder, wholly or not at all.
interface Work {
    /// What [#read] answers where nothing was ever saved.
    String NOTHING = "nothing";

    /// A guest to save, some steps on its way.
    ScriptedGuest guest() throws IOException;

    /// Makes what is there before, of this guest, and lets it run on.
    void prepare(Path folder, ScriptedGuest guest) throws IOException;

    /// The work.
    void run(Path folder, ScriptedGuest guest) throws IOException;

    /// Whether the work takes the dirty pages of the guest, which become clean when it succeeds.
    boolean takesDirtyPages();

    /// Whether a refusal of a step after the one that counts may come when that is done.
    default boolean isDoneThoughRefused() {
        return false;
    }

    /// What is there, in words that tell one saved thing from another. Fails unless it is whole:
    /// every byte of memory and state is that of one and the same step.
    String read(Path folder) throws IOException;

    /// What whoever comes next does, in whose way nothing may be; it sweeps.
    void comeNext(Path folder) throws IOException;

    /// Fails if something below a folder is no more than a draft.
    static void checkSwept(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            List<String> left =
                    all.map(path -> folder.relativize(path).toString())
                            .filter(name -> name.endsWith(".draft") || name.endsWith(".kept"))
                            .toList();
            assertEquals(List.of(), left, "left behind");
        }
    }
}
