package io.coldframe.image;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.memory.GuestLayout;
import io.coldframe.work.ProgressMeter;
import io.coldframe.work.Workers;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.TreeMap;

/// Reads all that one image holds, and sums it.
///
/// **Threads.** One runs it.
final class ImageCheck {

    // A read that keeps a device busy, and fits the last cache.
    private static final long UNIT_BYTES = 1L << 20;

    private final MemoryImage image;
    private final SumsBuilder shape;
    private final HeldUnits units;
    private final ProgressMeter meter;

    ImageCheck(MemoryImage image, Progress progress) {
        this.image = image;
        this.shape = image.sums().rebuild();
        this.units = new HeldUnits(shape, UNIT_BYTES);
        this.meter = new ProgressMeter(progress, units.heldBytes());
    }

    /// How many bytes are to be read.
    long heldBytes() {
        return units.heldBytes();
    }

    /// Compares all sums.
    ///
    /// @throws SnapshotException that names the first block whose sum differs
    void verify(GuestLayout layout) throws SnapshotException {
        TreeMap<Long, Integer> bad = new TreeMap<>();
        run(
                (block, sum) -> {
                    if (sum != image.sums().sum(block)) {
                        synchronized (bad) {
                            bad.put(block, sum);
                        }
                        // Whatever comes before was handed out before, and is still looked at.
                        units.stop();
                    }
                });
        if (!bad.isEmpty()) {
            long block = bad.firstKey();
            long firstPage = image.sums().nextWritten(block << shape.header().blockShift());
            long imageOffset = image.sums().pageSize().bytes(firstPage);
            String where =
                    ", guest page %d at guest address 0x%x"
                            .formatted(firstPage, layout.guestAddress(imageOffset));
            throw image.badBlock(block, bad.firstEntry().getValue(), where);
        }
    }

    /// Hands out every sum, from any of several threads.
    void run(BlockSummer.Complete<SnapshotException> complete) throws SnapshotException {
        Workers.runReaders(() -> readAll(complete), units::stop);
        meter.add(0);
    }

    private void readAll(BlockSummer.Complete<SnapshotException> complete)
            throws SnapshotException {
        try (Arena arena = Arena.ofConfined()) {
            BlockSummer summer = new BlockSummer(shape.header().blockSize().shift(), arena);
            MemorySegment buffer = arena.allocate(UNIT_BYTES, DirectWriter.ALIGNMENT.bytes());
            for (Optional<WriteUnit> unit = units.next(); unit.isPresent(); unit = units.next()) {
                units.forEachRun(
                        unit.get(),
                        (imageOffset, byteCount) -> {
                            for (long at = 0; at < byteCount; at += UNIT_BYTES) {
                                long length = Math.min(UNIT_BYTES, byteCount - at);
                                MemorySegment piece = buffer.asSlice(0, length);
                                image.read(imageOffset + at, piece);
                                summer.add(imageOffset + at, piece, 0, length, complete);
                            }
                        });
                summer.finish(complete);
                meter.add(unit.get().byteCount());
            }
        }
    }
}
