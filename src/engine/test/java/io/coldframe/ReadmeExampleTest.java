package io.coldframe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coldframe.memory.BlockScan;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageGrid;
import io.coldframe.memory.PageRange;
import io.coldframe.memory.PageSize;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// The README shows the lines of this example, so they compile, run and say what it says.
final class ReadmeExampleTest {

    private static final Path README = Path.of("..", "..", "README.md");
    private static final Path THIS =
            Path.of("test", "java", "io", "coldframe", "ReadmeExampleTest.java");

    private static void example(PrintStream out) throws SnapshotException {
        // README: from here
        PageGrid pages = new PageGrid(0, 64L << 20, PageSize.KIB_4);
        try (GuestMemory memory = GuestMemory.anonymous(GuestLayout.of(pages.byteCount()));
                DirtyBitmap dirty = DirtyBitmap.create(pages)) {
            memory.segment(0).set(ValueLayout.JAVA_LONG, 0x5000, 42); // a guest writes
            dirty.markWritten(0x5000, Long.BYTES); // and whoever runs it says where
            BlockScan scan = BlockScan.of(memory.segment(0), pages.pageSize());
            dirty.drain(
                    (page, count) ->
                            scan.forEachRun(
                                    new PageRange(page, count),
                                    (state, first, n) -> out.println(state + " " + first)));
        }
        // README: to here, and it prints: DATA 5
    }

    @Test
    void theExamplePrintsWhatTheReadmeSays() throws SnapshotException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        example(new PrintStream(out, true, StandardCharsets.UTF_8));
        assertEquals("DATA 5", out.toString(StandardCharsets.UTF_8).strip());
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
