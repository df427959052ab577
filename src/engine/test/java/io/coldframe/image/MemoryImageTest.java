package io.coldframe.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.coldframe.Progress;
import io.coldframe.memory.PageSize;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;

/// What an image promises whoever holds it.
final class MemoryImageTest {
    @TempDir private Path folder;

    @Test
    void aClosedImageReadsNoOtherFile() throws Exception {
        Path file = folder.resolve("image");
        ImageSums sums;
        try (WriterFixture fixture = new WriterFixture();
                MemoryWriter writer =
                        WriterFixture.open(file, PageSize.KIB_4, WriteOptions.DEFAULT)) {
            writer.writeFull(fixture.memory);
            writer.commit();
            sums = writer.sums();
        }
        MemoryImage image = MemoryImage.open(file, sums);
        image.verify(WriterFixture.LAYOUT, Progress.NONE);
        image.close();
        image.close();
        // The kernel gives this one the number of the descriptor that was closed.
        try (MemoryImage other = MemoryImage.open(file, sums);
                Arena arena = Arena.ofConfined();
                AtomicDirectory directory =
                        AtomicDirectory.create(folder.resolve("directory"), OnExisting.REFUSE)) {
            MemorySegment page = arena.allocate(4096);
            List<Executable> uses =
                    List.of(
                            () -> image.verify(WriterFixture.LAYOUT, Progress.NONE),
                            () -> image.copyTo(0, page),
                            image::sumsFound,
                            () -> image.map(WriterFixture.LAYOUT).close(),
                            () ->
                                    image.copyInto(
                                            directory, "x", WriterFixture.LAYOUT, Progress.NONE));
            for (Executable use : uses) {
                assertEquals(
                        "closed: " + file,
                        assertThrows(IllegalStateException.class, use).getMessage());
            }
            other.verify(WriterFixture.LAYOUT, Progress.NONE);
        }
    }
}
