package io.coldframe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coldframe.image.OnExisting;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageGrid;
import io.coldframe.memory.PageSize;
import io.coldframe.snapshot.SnapshotRequest;
import io.coldframe.snapshot.SnapshotStore;
import io.coldframe.snapshot.StateSource;
import io.coldframe.state.Architecture;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/// The README shows the lines of this example, so they compile, run and say what it says.
final class ReadmeExampleTest {

    private static final Path README = Path.of("..", "..", "README.md");
    private static final Path THIS =
            Path.of("test", "java", "io", "coldframe", "ReadmeExampleTest.java");

    private static void example(Path directory, Path image) throws SnapshotException {
        // README: from here
        SnapshotStore store = SnapshotStore.createOrOpen(directory);
        PageGrid pages = new PageGrid(0, 64L << 20, PageSize.KIB_4);
        try (GuestMemory memory = GuestMemory.anonymous(GuestLayout.of(pages.byteCount()));
                DirtyBitmap dirty = DirtyBitmap.create(pages)) {
            StateSource state = StateSource.none(Architecture.X86_64, 1); // or vCPUs, or any bytes
            store.save(SnapshotRequest.full("booted", memory, state));
            memory.segment(0).set(ValueLayout.JAVA_LONG, 0x5000, 42); // a guest writes
            dirty.markWritten(0x5000, Long.BYTES); // and whoever runs it says where
            store.save(SnapshotRequest.diff("warm", "booted", memory, state).withDirty(dirty));
        }
        store.restore("warm", image, OnExisting.REFUSE, Progress.NONE); // checked, as a sparse file
        // README: to here
    }

    @Test
    void theExampleDoesWhatTheReadmeSays(@TempDir Path scratch) throws IOException {
        Path image = scratch.resolve("warm.img");
        example(scratch.resolve("snapshots"), image);
        byte[] expected = new byte[64 << 20];
        expected[0x5000] = 42;
        assertArrayEquals(expected, Files.readAllBytes(image));
    }

    @Test
    void theReadmeShowsTheExampleAsItStands() throws IOException {
        String source = Files.readString(THIS);
        int from = source.indexOf('\n', source.indexOf("// README: from here")) + 1;
        int to = source.lastIndexOf('\n', source.indexOf("// README: to here")) + 1;
        String example = source.substring(from, to - 1).stripIndent() + "\n";
        String readme = Files.readString(README);
        int start = readme.indexOf("```java\n") + "```java\n".length();
        assertEquals(example, readme.substring(start, readme.indexOf("```\n", start)));
    }
}
