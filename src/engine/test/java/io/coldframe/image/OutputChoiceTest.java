package io.coldframe.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.coldframe.bindings.Platform;
import io.coldframe.crash.FileSystems;
import io.coldframe.crash.Volume;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.PageSize;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ArgumentsSource;

import java.nio.file.Path;
import java.util.Map;

/// What runs where, as `docs/writing.md` has it in a table.
@ParameterizedClass(name = "{0}")
@ArgumentsSource(FileSystems.class)
final class OutputChoiceTest {
    private static final Map<String, Output> FULL =
            Map.of(
                    "ext4", Output.DIRECT,
                    "xfs", Output.DIRECT,
                    "btrfs", Output.DIRECT,
                    "tmpfs", Output.BUFFERED);
    private static final Map<String, Output> SCATTERED =
            Map.of(
                    "ext4", Output.DIRECT,
                    "xfs", Output.DIRECT,
                    "btrfs", Output.BUFFERED,
                    "tmpfs", Output.BUFFERED);

    private final String type;
    private final Path target;

    OutputChoiceTest(Volume volume) {
        type = volume.toString();
        target = volume.newFolder().resolve("memory.bin");
    }

    @Test
    void aFullImageGoesPastThePageCacheWhereTheFileSystemDoesThat() throws Exception {
        check(FULL, false);
    }

    @Test
    void scatteredPagesAreSpreadWhereTheFileSystemInsertsHoles() throws Exception {
        check(SCATTERED, true);
    }

    private void check(Map<String, Output> expected, boolean diff) throws Exception {
        assumeTrue(Platform.current().isLinux(), "macOS: nothing goes past its page cache");
        try (WriterFixture guest = new WriterFixture();
                DirtyBitmap dirty = WriterFixture.bitmap(PageSize.KIB_4, 3, 60);
                MemoryWriter writer =
                        WriterFixture.open(target, PageSize.KIB_4, WriteOptions.DEFAULT)) {
            if (diff) {
                writer.writeDiff(guest.memory, dirty);
            } else {
                writer.writeFull(guest.memory);
            }
            WriteReport report = writer.report();
            if (expected.containsKey(type)) {
                assertEquals(expected.get(type), report.output(), report::toString);
            }
            assertTrue(!report.why().isEmpty(), report::toString);
        }
    }
}
