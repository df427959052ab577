package io.coldframe.inspect;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.layer.BlockPlace;
import io.coldframe.layer.ExtentMap;
import io.coldframe.layer.LayerIndex;
import io.coldframe.layer.LayerRef;
import io.coldframe.memory.PageSize;
import io.coldframe.snapshot.Snapshot;
import io.coldframe.snapshot.VerifyReport;
import io.coldframe.snapshot.VerifyReport.Verified;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CancellationException;

/// Verifies one snapshot after the other, and reads no block of a layer twice: what one snapshot
/// has proven is not read again for the next that shares it.
///
/// **Threads.** One.
public final class StoreVerification {

    // Long enough that a read of the disk is worth its call.
    private static final long PIECE_BYTES = 2 << 20;

    private final Map<UUID, BitSet> proven = new HashMap<>();

    /// A verification that has proven nothing yet.
    public StoreVerification() {}

    /// Reads what is left to prove of a snapshot, its state included, and compares it with its
    /// sums.
    ///
    /// @param snapshot an open one
    /// @param progress hears how far it is with this one, and may cancel
    /// @return what was read
    /// @throws SnapshotException as [Snapshot#verify]
    public VerifyReport verify(Snapshot snapshot, Progress progress) throws SnapshotException {
        if (snapshot.layers().isEmpty()) {
            return snapshot.verify(progress);
        }
        LayerIndex index = snapshot.layers().get().index();
        List<UUID> layers = index.layers().stream().map(LayerRef::id).toList();
        // A whole one is read by more than one thread; and only so an image below it is read.
        VerifyReport report =
                index.base().isPresent() || layers.stream().noneMatch(proven::containsKey)
                        ? snapshot.verify(progress)
                        : verifyRest(snapshot, index, layers, progress);
        forEachExtent(index, layers, (blocks, _, stored, count) -> mark(blocks, stored, count));
        return report;
    }

    private static void mark(BitSet blocks, int firstStored, int blockCount) {
        blocks.set(firstStored, firstStored + blockCount);
    }

    private VerifyReport verifyRest(
            Snapshot snapshot, LayerIndex index, List<UUID> layers, Progress progress)
            throws SnapshotException {
        try (Arena arena = Arena.ofConfined()) {
            snapshot.stateBytes(arena);
            Rest rest = new Rest(snapshot, index, progress, arena.allocate(PIECE_BYTES));
            forEachExtent(
                    index,
                    layers,
                    (blocks, block, stored, count) ->
                            rest.totalBytes +=
                                    rest.bytes(count - provenCount(blocks, stored, count)));
            forEachExtent(index, layers, rest::read);
            rest.proceed(0);
            return new VerifyReport(
                    List.of(
                            new Verified(
                                    snapshot.name(), snapshot.manifest().id(), rest.doneBytes)));
        } catch (SnapshotException failure) {
            if (failure.kind() == Kind.CORRUPT) {
                // It names the guest's page, too.
                snapshot.verify(progress);
            }
            throw failure;
        }
    }

    private static int provenCount(BitSet blocks, int firstStored, int blockCount) {
        return blocks.get(firstStored, firstStored + blockCount).cardinality();
    }

    /// Takes an extent of stored blocks.
    @FunctionalInterface
    private interface ExtentVisitor {
        void visit(BitSet blocks, long firstBlock, int firstStored, int blockCount)
                throws SnapshotException;
    }

    private void forEachExtent(LayerIndex index, List<UUID> layers, ExtentVisitor visitor)
            throws SnapshotException {
        ExtentMap map = index.map();
        for (int extent = 0; extent < map.extentCount(); extent++) {
            if (map.place(extent) == BlockPlace.DATA) {
                UUID layer = layers.get(map.layer(extent));
                visitor.visit(
                        proven.computeIfAbsent(layer, _ -> new BitSet()),
                        map.firstBlock(extent),
                        Math.toIntExact(map.storedBlock(extent)),
                        Math.toIntExact(map.endBlock(extent) - map.firstBlock(extent)));
            }
        }
    }

    /// Reads what is not proven.
    private static final class Rest {
        private final Snapshot snapshot;
        private final PageSize block;
        private final long byteCount;
        private final Progress progress;
        private final MemorySegment buffer;
        private long totalBytes;
        private long doneBytes;

        Rest(Snapshot snapshot, LayerIndex index, Progress progress, MemorySegment buffer) {
            this.snapshot = snapshot;
            this.block = index.blockSize();
            this.byteCount = index.byteCount();
            this.progress = progress;
            this.buffer = buffer;
        }

        long bytes(long blockCount) {
            return block.bytes(blockCount);
        }

        void read(BitSet proven, long firstBlock, int firstStored, int blockCount)
                throws SnapshotException {
            int end = firstStored + blockCount;
            for (int at = proven.nextClearBit(firstStored); at < end; ) {
                int next = proven.nextSetBit(at);
                int runEnd = next < 0 ? end : Math.min(next, end);
                readRun(firstBlock + (at - firstStored), runEnd - at);
                at = proven.nextClearBit(runEnd);
            }
        }

        private void readRun(long firstBlock, int blockCount) throws SnapshotException {
            long end = Authors.end(block, firstBlock + blockCount, byteCount);
            for (long at = block.bytes(firstBlock); at < end; ) {
                long pieceBytes = Math.min(PIECE_BYTES, end - at);
                snapshot.source().read(at, buffer.asSlice(0, pieceBytes));
                proceed(pieceBytes);
                at += pieceBytes;
            }
        }

        void proceed(long moreBytes) {
            doneBytes += moreBytes;
            if (!progress.proceed(doneBytes, Math.max(doneBytes, totalBytes))) {
                throw new CancellationException("cancelled while verifying");
            }
        }
    }
}
