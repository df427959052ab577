package io.coldframe.image;

import io.coldframe.SnapshotException;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.PageSize;

import java.nio.file.Path;

/// Writes images in a process whose files may not become so long.
public final class WriterLimitProbe {
    private static final long[] DIRTY = {2, 40, 69};

    private WriterLimitProbe() {}

    /// The folder to write in.
    public static void main(String[] arguments) throws Exception {
        Path target = Path.of(arguments[0]).resolve("memory.bin");
        try (WriterFixture guest = new WriterFixture()) {
            for (Output output : Output.values()) {
                for (boolean diff : new boolean[] {false, true}) {
                    System.out.println(attempt(guest, target, output, diff));
                }
            }
        }
    }

    private static String attempt(WriterFixture guest, Path target, Output output, boolean diff) {
        WriteOptions options = WriteOptions.DEFAULT.withOutput(output);
        try (DirtyBitmap dirty = WriterFixture.bitmap(PageSize.KIB_4, DIRTY)) {
            try (MemoryWriter writer = WriterFixture.open(target, PageSize.KIB_4, options)) {
                if (diff) {
                    writer.writeDiff(guest.memory, dirty);
                } else {
                    writer.writeFull(guest.memory, dirty);
                }
                return "written";
            } catch (SnapshotException failure) {
                return failure.kind() + " " + dirty.dirtyCount() + " " + failure.getMessage();
            }
        }
    }
}
