package io.coldframe.image;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coldframe.SnapshotException;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageGrid;
import io.coldframe.memory.PageSize;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/// Guest memory in two regions with a gap between them, and a plain copy of it.
///
/// 70 pages of 4 KiB, so that the last page of 16 KiB is short, and one spans both regions.
final class WriterFixture implements AutoCloseable {
    static final int FIRST_BYTES = 33 * 4096;
    static final int BYTES = 70 * 4096;
    static final GuestLayout LAYOUT =
            GuestLayout.startingAt(0, FIRST_BYTES).then(1 << 20, BYTES - FIRST_BYTES);

    final GuestMemory memory;
    final byte[] model = new byte[BYTES];

    WriterFixture() throws SnapshotException {
        memory = GuestMemory.anonymous(LAYOUT);
        new Random(17).nextBytes(model);
        refresh();
    }

    /// Copies the model into the memory.
    void refresh() throws SnapshotException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment all = arena.allocate(BYTES);
            all.copyFrom(MemorySegment.ofArray(model));
            memory.copyFrom(0, all);
        }
    }

    static DirtyBitmap bitmap(PageSize page, long... dirty) {
        DirtyBitmap bitmap = DirtyBitmap.create(new PageGrid(0, BYTES, page));
        for (long each : dirty) {
            bitmap.markPage(each);
        }
        return bitmap;
    }

    static MemoryWriter open(Path target, PageSize page, WriteOptions options)
            throws SnapshotException {
        return MemoryWriter.open(target, OnExisting.REPLACE, BYTES, page, options);
    }

    /// What a diff of these pages must be: they, and zeros elsewhere.
    byte[] diff(PageSize page, long... held) {
        byte[] expected = new byte[BYTES];
        for (long each : held) {
            int from = (int) page.bytes(each);
            int end = (int) Math.min(BYTES, page.bytes(each + 1));
            System.arraycopy(model, from, expected, from, end - from);
        }
        return expected;
    }

    /// The names in a folder, drafts among them.
    static List<String> names(Path folder) throws IOException {
        try (var entries = Files.list(folder)) {
            return entries.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }

    static void assertDirty(DirtyBitmap bitmap, long... pages) {
        for (long each : pages) {
            assertEquals(true, bitmap.isPageDirty(each), "page " + each);
        }
        assertEquals(pages.length, bitmap.dirtyCount());
    }

    @Override
    public void close() {
        memory.close();
    }
}
