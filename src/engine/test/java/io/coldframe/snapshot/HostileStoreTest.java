package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Progress;
import io.coldframe.Sha256;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.ImageSums;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageSize;
import io.coldframe.snapshot.FsckProblem.Kind;
import io.coldframe.snapshot.FsckProblem.Repair;
import io.coldframe.snapshot.Manifest.MemoryPart;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.stream.LongStream;

/// Stores that somebody made up to cost their reader memory or time.
final class HostileStoreTest {

    private static final long TIB = 1L << 40;

    @TempDir Path directory;

    private SnapshotStore store;

    @BeforeEach
    void saveASnapshot() throws Exception {
        store = SnapshotStore.createOrOpen(directory.resolve("store"));
        try (GuestMemory memory = Guests.ofPages(16)) {
            store.save(SnapshotRequest.full("base", memory, Guests.opaque("base")));
        }
    }

    private Path part(String snapshot, String file) {
        return store.directory().resolve(snapshot).resolve(file);
    }

    /// A file that takes next to nothing on the disk.
    private static void makeSparse(Path file, long byteCount) throws Exception {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
            channel.write(ByteBuffer.allocate(1), byteCount - 1);
        }
    }

    private static MemoryPart memoryPart(
            long byteCount, PageSize page, long written, long sumsBytes) {
        return new MemoryPart(
                Manifest.Kind.FULL,
                GuestLayout.of(byteCount),
                page,
                written,
                sumsBytes,
                Sha256.of(new byte[1]),
                Optional.empty(),
                Optional.empty());
    }

    private void rewrite(String name, MemoryPart memory) throws Exception {
        Manifest old = store.manifest(name);
        Manifest changed =
                new Manifest(
                        old.id(),
                        old.createdAt(),
                        old.architecture(),
                        old.vcpuCount(),
                        old.parent(),
                        old.generation(),
                        old.state(),
                        memory,
                        old.host(),
                        old.labels(),
                        old.unknown());
        Files.write(part(name, "manifest.bin"), changed.encode());
    }

    @Test
    void sumsAreNotLongerThanTheMemoryCanNeed() throws Exception {
        for (long pageCount : new long[] {1, 16, 63, 64, 65, 1000}) {
            long byteCount = pageCount * Guests.PAGE;
            long most = ImageSums.encodedByteCountMax(byteCount, PageSize.KIB_4);
            assertEquals(64 + (pageCount + 63) / 64 * 8 + 4 * pageCount, most);
            memoryPart(byteCount, PageSize.KIB_4, 0, most);
            assertThrows(
                    IllegalArgumentException.class,
                    () -> memoryPart(byteCount, PageSize.KIB_4, 0, most + 1));
        }
    }

    @Test
    void aMemoryThatIsLongerThanItsManifestSaysIsNotRead() throws Exception {
        makeSparse(part("base", "memory.bin"), TIB);
        Files.delete(part("base", "memory.sums"));
        Progress none =
                (done, total) -> {
                    throw new AssertionError("read " + done + " of " + total);
                };
        SnapshotException refused =
                assertThrows(
                        SnapshotException.class,
                        () ->
                                SumsRebuild.rebuild(
                                        StoredSnapshot.read(store.directory().resolve("base")),
                                        none));
        assertEquals(Reason.TOO_LARGE, refused.reason());
        FsckReport report = store.fsck(new FsckOptions(true, none));
        assertEquals(Repair.QUARANTINE_SNAPSHOT, report.problems().getFirst().repair());
    }

    @Test
    void lookingForSumsThatFitAnAbsurdMemoryCanBeCancelled() throws Exception {
        long sumsBytes = ImageSums.encodedByteCount(TIB, PageSize.MIB_2);
        rewrite("base", memoryPart(TIB, PageSize.KIB_4, TIB / Guests.PAGE, sumsBytes));
        makeSparse(part("base", "memory.bin"), TIB);
        Files.delete(part("base", "memory.sums"));
        assertThrows(
                CancellationException.class,
                () -> store.fsck(new FsckOptions(true, (_, _) -> false)));
        FsckReport report = store.fsck(new FsckOptions(false, (_, _) -> false));
        assertEquals(
                List.of(Kind.MISSING_FILE),
                report.problems().stream().map(FsckProblem::kind).toList());
        assertThrows(CancellationException.class, () -> store.repair(report, (_, _) -> false));
        assertTrue(Files.notExists(part("base", "memory.sums")));
    }

    @Test
    void whatIsCountedStaysAtTheGreatestNumberAndNeverGoesBack() {
        long huge = Long.MAX_VALUE - 5;
        long[] last = new long[2];
        ProgressParts parts =
                new ProgressParts(
                        (done, total) -> {
                            assertTrue(done >= last[0] && done <= total, done + " of " + total);
                            last[0] = done;
                            last[1] = total;
                            return done < total;
                        },
                        LongStream.of(huge, huge, 3));
        Progress first = parts.next(huge);
        assertTrue(first.proceed(7, huge));
        assertTrue(first.proceed(2, huge));
        assertFalse(parts.next(huge).proceed(huge, huge));
        assertFalse(parts.next(3).proceed(3, 3));
        assertEquals(Long.MAX_VALUE, last[0]);
        assertEquals(Long.MAX_VALUE, last[1]);
    }

    @Test
    void aShortLastPageAtTheEndOfAllNumbersIsCounted() {
        long byteCount = Long.MAX_VALUE - (Guests.PAGE - 1);
        long pageCount = PageSize.MIB_2.pageCount(byteCount);
        MemoryPart memory = memoryPart(byteCount, PageSize.MIB_2, pageCount, 64);
        assertEquals(byteCount, memory.writtenByteCount());
    }
}
