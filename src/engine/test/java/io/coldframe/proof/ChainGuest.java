package io.coldframe.proof;

import io.coldframe.SnapshotException;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageGrid;
import io.coldframe.memory.PageSize;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;

/// A guest that does at random what has been got wrong before: it makes pages zero, writes what is
/// there already, the first or the last byte of a page, and the same page in many places. A plain
/// array remembers.
///
/// **Threads.** One.
final class ChainGuest implements AutoCloseable {
    private static final int PAGE = 4096;
    private static final int PAGES_MAX = 48;

    private final SplittableRandom random;
    private final GuestMemory memory;
    private final DirtyBitmap dirty;
    private final byte[] array;

    private ChainGuest(
            SplittableRandom random, GuestMemory memory, DirtyBitmap dirty, byte[] array) {
        this.random = random;
        this.memory = memory;
        this.dirty = dirty;
        this.array = array;
    }

    /// A guest of random size, of one page as often as not of many. It is all zero, all data, or
    /// some of each.
    ///
    /// @param granule of its dirty pages
    static ChainGuest random(SplittableRandom random, PageSize granule) throws SnapshotException {
        int pageCount = random.nextInt(5) == 0 ? 1 : 1 + random.nextInt(PAGES_MAX);
        GuestLayout layout = GuestLayout.startingAt(0x1000L * random.nextInt(9), PAGE);
        if (pageCount > 1) {
            int firstCount = 1 + random.nextInt(pageCount);
            layout = GuestLayout.startingAt(0, (long) firstCount * PAGE);
            if (firstCount < pageCount) {
                long gap = (long) random.nextInt(3) * PAGE;
                long end = layout.regions().getLast().endGuestAddress();
                layout = layout.then(end + gap, (long) (pageCount - firstCount) * PAGE);
            }
        }
        int byteCount = Math.toIntExact(layout.byteCount());
        ChainGuest guest =
                new ChainGuest(
                        random,
                        GuestMemory.anonymous(layout),
                        DirtyBitmap.create(new PageGrid(0, byteCount, granule)),
                        new byte[byteCount]);
        guest.fill();
        return guest;
    }

    private void fill() throws SnapshotException {
        int kind = random.nextInt(5);
        for (int at = 0; kind > 0 && at < array.length; at += PAGE) {
            put(at, kind == 1 || random.nextBoolean() ? page() : new byte[PAGE]);
        }
    }

    /// Never all zero.
    private byte[] page() {
        byte[] page = new byte[PAGE];
        switch (random.nextInt(4)) {
            case 0 -> random.nextBytes(page);
            case 1 -> Arrays.fill(page, (byte) (1 + random.nextInt(3)));
            case 2 -> page[0] = 1;
            default -> page[PAGE - 1] = 1;
        }
        return page;
    }

    /// Does some of it.
    void run() throws SnapshotException {
        for (int left = random.nextInt(8); left > 0; left--) {
            int at = random.nextInt(array.length);
            int pageAt = at - at % PAGE;
            switch (random.nextInt(7)) {
                case 0 -> put(at, bytes(at));
                case 1 -> put(pageAt, page());
                case 2, 3 -> put(pageAt, new byte[PAGE]);
                case 4 -> put(pageAt, Arrays.copyOfRange(array, pageAt, pageAt + PAGE));
                case 5 -> put(at, new byte[] {(byte) random.nextInt(2)});
                default -> copy(pageAt);
            }
        }
    }

    private byte[] bytes(int at) {
        byte[] bytes = new byte[1 + random.nextInt(Math.min(5 * PAGE, array.length - at))];
        if (random.nextInt(3) > 0) {
            random.nextBytes(bytes);
        }
        return bytes;
    }

    /// A page of elsewhere: the same content in another place, as `fork` makes it.
    private void copy(int to) throws SnapshotException {
        int from = random.nextInt(array.length / PAGE) * PAGE;
        put(to, Arrays.copyOfRange(array, from, from + PAGE));
    }

    private void put(int at, byte[] bytes) throws SnapshotException {
        memory.copyFrom(at, MemorySegment.ofArray(bytes));
        System.arraycopy(bytes, 0, array, at, bytes.length);
        dirty.markBytes(at, bytes.length);
    }

    /// The guest is what it was once. It has written nothing since.
    void comeBackTo(byte[] then) throws SnapshotException {
        put(0, then.clone());
        dirty.clear();
    }

    /// Its memory in a file, of which some zeros are holes, and some are not.
    Path toFile(Path file) throws IOException {
        Files.deleteIfExists(file);
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.setLength(array.length);
            for (int at = 0; at < array.length; at += PAGE) {
                boolean isZero = Arrays.equals(page(at), new byte[PAGE]);
                if (!isZero || random.nextInt(3) == 0) {
                    out.seek(at);
                    out.write(page(at));
                }
            }
        }
        return file;
    }

    private byte[] page(int at) {
        return Arrays.copyOfRange(array, at, at + PAGE);
    }

    /// Whether the bitmap says that something of a range was written.
    boolean isDirty(long at, long byteCount) {
        PageSize granule = dirty.grid().pageSize();
        long next = dirty.nextDirty(granule.page(at));
        return next < dirty.pageCount() && granule.bytes(next) < at + byteCount;
    }

    GuestMemory memory() {
        return memory;
    }

    DirtyBitmap dirty() {
        return dirty;
    }

    byte[] bytes() {
        return array.clone();
    }

    @Override
    public void close() {
        dirty.close();
        memory.close();
    }
}
