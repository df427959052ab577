package io.coldframe.image;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coldframe.Sha256;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

final class AtomicSmokeTest {
    @TempDir Path folder;

    @Test
    void files() throws Exception {
        for (OnExisting on : List.of(OnExisting.REFUSE, OnExisting.REPLACE)) {
            try (AtomicFile file = AtomicFile.create(folder.resolve("a"), on)) {
                file.write(("hello " + on).getBytes(java.nio.charset.StandardCharsets.UTF_8));
                file.commit();
            }
            assertEquals("hello " + on, Files.readString(folder.resolve("a")));
        }
        assertEquals(1, Drafts.list(folder).size());
    }

    @Test
    void directories() throws Exception {
        for (OnExisting on : List.of(OnExisting.REFUSE, OnExisting.REPLACE)) {
            try (AtomicDirectory file = AtomicDirectory.create(folder.resolve("a"), on)) {
                file.write("x", ("hello " + on).getBytes(java.nio.charset.StandardCharsets.UTF_8));
                file.commit();
            }
            assertEquals("hello " + on, Files.readString(folder.resolve("a/x")));
        }
        assertEquals(1, Drafts.list(folder).size());
        AtomicDirectory.remove(folder.resolve("a"), CommitCheck.NONE);
        assertEquals(0, Drafts.list(folder).size());
    }

    @Test
    void pairs() throws Exception {
        for (OnExisting on : List.of(OnExisting.REFUSE, OnExisting.REPLACE)) {
            try (AtomicPair pair =
                    AtomicPair.create(folder.resolve("s"), folder.resolve("m"), on)) {
                pair.memory()
                        .append(("hello " + on).getBytes(java.nio.charset.StandardCharsets.UTF_8));
                pair.commit(new byte[] {1}, Optional.of(Sha256.of(new byte[0])));
            }
            assertEquals("hello " + on, Files.readString(folder.resolve("m")));
        }
        assertEquals(2, Drafts.list(folder).size());
    }
}
