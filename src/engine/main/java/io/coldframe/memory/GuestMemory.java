package io.coldframe.memory;

import io.coldframe.SnapshotException;
import io.coldframe.os.Failures;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;

/// The memory of a guest: one or more regions, laid end to end as the *image*.
///
/// ```java
/// try (GuestMemory memory = GuestMemory.anonymous(GuestLayout.of(512L << 20))) {
///     memory.segment(0).set(ValueLayout.JAVA_LONG, 0x1000, 42);
/// }
/// ```
///
/// Memory is made by the engine ([#anonymous], [#memfd]), mapped from a file ([#mapped]) or lent by
/// whoever embeds the engine ([#lent]). What the engine maps lies between guards: native code that
/// strays out of a region faults and corrupts nothing. No byte passes through the Java heap.
///
/// **Memory that may fault.** When a mapped file is cut, its pages are gone, and a load or store of
/// them faults. What becomes of that depends on what the JVM is running. An [InternalError] soon
/// after comes out of
/// - loops of [MemorySegment] `get` and `set`, and accesses by a [java.lang.invoke.VarHandle],
/// - `copy`, `copyFrom`, `fill` and `toArray` of a [MemorySegment], `get` and `put` of a buffer.
///
/// An error or a *short count* comes out of system calls, such as the `write` of a channel. And the
/// whole process ends in
/// - `mismatch` of segments, and `mismatch`, `equals` and `compareTo` of buffers,
/// - [java.util.zip.CRC32C], `CRC32`, `Adler32` and `Deflater` over a buffer on it,
/// - all other native code that reads it, such as `memcmp`.
///
/// So where [#mayFault(int)] holds, do nothing of the last list, and the rest only by [#guarded]: a
/// load that faulted has given garbage, and the error may come later than the code that believed
/// it. A checksum is taken of a copy.
///
/// **Lifetime.** [#close()] releases what the engine mapped or opened, and nothing that was lent.
/// After it, every method that hands out or touches memory throws [IllegalStateException], and so
/// do the views of mapped memory that were handed out before. Views of lent memory live as long as
/// their lender says.
///
/// **Threads.** Any, for everything.
public final class GuestMemory implements AutoCloseable {
    private final GuestLayout layout;
    private final List<MemorySegment> segments;
    private final Arena arena;
    private final BackingFile file;
    private final FaultGuard guard;
    private final boolean isFileMapped;
    private final boolean mayFault;

    /// @param arena ends the mappings when it is closed
    private GuestMemory(
            GuestLayout layout,
            List<MemorySegment> segments,
            Arena arena,
            BackingFile file,
            FaultGuard guard) {
        this.layout = layout;
        this.segments = List.copyOf(segments);
        this.arena = arena;
        this.file = file;
        this.guard = guard;
        this.isFileMapped = file.mayShrink();
        this.mayFault = isFileMapped || segments.stream().anyMatch(MemorySegment::isMapped);
    }

    /// {@return zeros that take memory when they are written: the layout may be larger than the
    /// host}
    ///
    /// @param layout where the regions are
    /// @throws SnapshotException if the kernel refuses it
    public static GuestMemory anonymous(GuestLayout layout) throws SnapshotException {
        return anonymous(layout, HostPages.Advice.AS_CONFIGURED);
    }

    /// {@return zeros on pages of one kind}
    ///
    /// @param layout where the regions are
    /// @param pages which pages of the host
    /// @throws IllegalArgumentException if a region is not made of whole pages
    /// @throws SnapshotException of kind `UNSUPPORTED` if the host does not have such pages
    public static GuestMemory anonymous(GuestLayout layout, HostPages pages)
            throws SnapshotException {
        return map(() -> layout, Mapping.anonymous(pages), BackingFile.none());
    }

    /// {@return zeros that another process can map too, by the [#descriptor()]}
    ///
    /// @param name what `/proc` shows for the memory; no more than 249 bytes
    /// @param layout where the regions are
    /// @throws SnapshotException if the kernel refuses it
    public static GuestMemory memfd(String name, GuestLayout layout) throws SnapshotException {
        return memfd(name, layout, HostPages.Advice.AS_CONFIGURED);
    }

    /// {@return zeros that another process can map too, on pages of one kind}
    ///
    /// Each region lies in the memfd at its image offset. The length is sealed: nobody who is sent
    /// the descriptor can cut, lengthen or further seal it.
    ///
    /// @param name what `/proc` shows for the memory; no more than 249 bytes
    /// @param layout where the regions are
    /// @param pages which pages of the host
    /// @throws IllegalArgumentException if a region is not made of whole pages
    /// @throws SnapshotException of kind `UNSUPPORTED` if the host does not have such pages
    public static GuestMemory memfd(String name, GuestLayout layout, HostPages pages)
            throws SnapshotException {
        // First, because the kernel makes no file of parts of pooled pages either.
        Mapping.requireWholePages(layout, pages);
        BackingFile file = BackingFile.memfd(name, layout.byteCount(), pages);
        return map(() -> layout, Mapping.memfd(file.descriptor(), pages), file);
    }

    /// {@return a whole file as one region at guest address 0}
    ///
    /// @param path the file
    /// @param mapping what stores do
    /// @throws SnapshotException of kind `CORRUPT` if the length is not a positive multiple of
    ///     [GuestLayout#PAGE]
    public static GuestMemory mapped(Path path, FileMapping mapping) throws SnapshotException {
        BackingFile file = BackingFile.open(path, mapping);
        return map(file::asOneRegion, Mapping.file(file.descriptor(), mapping), file);
    }

    /// {@return a file that holds the regions end to end, as QEMU and Firecracker write it}
    ///
    /// A final symbolic link is refused: whoever trusts it passes [Path#toRealPath]. A file that is
    /// cut later is a [SnapshotException] from [#guarded], [#copyTo], [#copyFrom] and
    /// [#ensurePresent].
    ///
    /// @param path the file
    /// @param layout where the regions are
    /// @param mapping what stores do
    /// @throws SnapshotException of kind `CORRUPT` if the length is not that of the layout
    public static GuestMemory mapped(Path path, GuestLayout layout, FileMapping mapping)
            throws SnapshotException {
        BackingFile file = BackingFile.open(path, mapping);
        return map(
                () -> file.requireLengthOf(layout), Mapping.file(file.descriptor(), mapping), file);
    }

    /// {@return one lent segment as one region at guest address 0}
    ///
    /// @param segment as [#lent(GuestLayout, List)] says
    public static GuestMemory lent(MemorySegment segment) {
        return lent(GuestLayout.of(segment.byteSize()), List.of(segment));
    }

    /// {@return segments that stay their lender's}
    ///
    /// They are native, accessible from any thread, and alive for as long as this object is used.
    /// Trackers want them to begin where a page of the host does.
    ///
    /// A lender who has mapped a file by other means than a `FileChannel` uses [#mapped] instead:
    /// such a segment does not tell that it may fault.
    ///
    /// @param layout where the regions are
    /// @param segments one for each region, of the same length
    /// @throws IllegalArgumentException if a segment is not what it must be
    public static GuestMemory lent(GuestLayout layout, List<MemorySegment> segments) {
        LentSegments.check(layout, segments);
        return new GuestMemory(
                layout, segments, Arena.ofShared(), BackingFile.none(), FaultGuard.overLent());
    }

    /// Maps all regions, or ends what was mapped and closes the file.
    private static GuestMemory map(LayoutSource source, Mapping mapping, BackingFile file)
            throws SnapshotException {
        Arena arena = Arena.ofShared();
        try {
            GuestLayout layout = source.layout();
            List<MemorySegment> segments = new ArrayList<>();
            for (GuestRegion region : layout.regions()) {
                segments.add(mapping.map(region, arena));
            }
            FaultGuard guard =
                    file.mayShrink()
                            ? FaultGuard.over(file, layout.byteCount())
                            : FaultGuard.overNothing();
            return new GuestMemory(layout, segments, arena, file, guard);
        } catch (Throwable failure) {
            Failures.closeAfter(failure, arena, file);
            throw failure;
        }
    }

    /// Where the layout comes from: the length of an open file may have a say in it.
    @FunctionalInterface
    private interface LayoutSource {
        GuestLayout layout() throws SnapshotException;
    }

    /// {@return where the regions are in the guest and in the image}
    public GuestLayout layout() {
        return layout;
    }

    /// {@return the regions in the order of the image}
    public List<GuestRegion> regions() {
        return layout.regions();
    }

    /// {@return the length of the image}
    public long byteCount() {
        return layout.byteCount();
    }

    /// {@return whether touching this region can fault because it is a mapped file}
    ///
    /// See above for what is safe then. Memory that the engine made never does.
    ///
    /// @param region the index of the region
    public boolean mayFault(int region) {
        return isFileMapped || segments.get(region).isMapped();
    }

    /// {@return whether touching any region can fault}
    public boolean mayFault() {
        return mayFault;
    }

    /// {@return the descriptor of a memfd or of a mapped file, to share with another process; empty
    /// for other memory}
    ///
    /// It stays ours and is closed by [#close()]: whoever needs it longer duplicates it.
    public OptionalInt descriptor() {
        requireOpen();
        return file.isPresent() ? OptionalInt.of(file.descriptor()) : OptionalInt.empty();
    }

    /// {@return a view of one whole region; read-only where the memory is}
    ///
    /// @param region the index of the region
    public MemorySegment segment(int region) {
        requireOpen();
        return segments.get(region);
    }

    /// {@return a view of image bytes that lie in one region}
    ///
    /// @param imageOffset where they begin
    /// @param byteCount how many
    /// @throws IndexOutOfBoundsException if the range is not in the image
    /// @throws IllegalArgumentException if it crosses from a region into the next
    public MemorySegment slice(long imageOffset, long byteCount) {
        requireOpen();
        Objects.checkFromIndexSize(imageOffset, byteCount, layout.byteCount());
        // Nothing, at the end of the image, is still somewhere.
        GuestRegion region = layout.regionAt(Math.min(imageOffset, layout.byteCount() - 1));
        if (byteCount > region.endImageOffset() - imageOffset) {
            throw new IllegalArgumentException(
                    "%d bytes at image offset 0x%x leave %s"
                            .formatted(byteCount, imageOffset, region));
        }
        return segments.get(region.index()).asSlice(imageOffset - region.imageOffset(), byteCount);
    }

    /// {@return views of image bytes, in order: one for each region that the range touches, none if
    /// it is empty}
    ///
    /// @param imageOffset where they begin
    /// @param byteCount how many
    /// @throws IndexOutOfBoundsException if the range is not in the image
    public List<MemorySegment> slices(long imageOffset, long byteCount) {
        requireOpen();
        return layout.parts(imageOffset, byteCount).stream()
                .map(part -> part.of(segments))
                .toList();
    }

    /// Copies image bytes to `target`, as many as it has, across the borders of regions.
    ///
    /// @param imageOffset where they begin
    /// @param target as long as there are bytes to copy
    /// @throws IndexOutOfBoundsException if the range is not in the image
    /// @throws SnapshotException if a page is gone; how much was copied is undefined then
    public void copyTo(long imageOffset, MemorySegment target) throws SnapshotException {
        runGuarded(
                "copying %d bytes from image offset 0x%x".formatted(target.byteSize(), imageOffset),
                () -> {
                    long at = 0;
                    for (MemorySegment slice : slices(imageOffset, target.byteSize())) {
                        MemorySegment.copy(slice, 0, target, at, slice.byteSize());
                        at += slice.byteSize();
                    }
                });
    }

    /// Copies all bytes of `source` into the image, across the borders of regions.
    ///
    /// @param imageOffset where they go
    /// @param source the bytes
    /// @throws IndexOutOfBoundsException if the range is not in the image
    /// @throws IllegalArgumentException if the memory is read-only
    /// @throws SnapshotException if a page is gone; how much was copied is undefined then
    public void copyFrom(long imageOffset, MemorySegment source) throws SnapshotException {
        runGuarded(
                "copying %d bytes to image offset 0x%x".formatted(source.byteSize(), imageOffset),
                () -> {
                    long at = 0;
                    for (MemorySegment slice : slices(imageOffset, source.byteSize())) {
                        MemorySegment.copy(source, at, slice, 0, slice.byteSize());
                        at += slice.byteSize();
                    }
                });
    }

    /// Runs code that reads or writes this memory, and returns what it returns only if none of its
    /// loads and stores has faulted and the file still has its length. Otherwise what it computed
    /// is garbage, whatever it returned or threw.
    ///
    /// Costs nothing where the memory cannot fault, and two system calls where it can: so guard a
    /// range of pages, not a page. Each thread guards its own accesses.
    ///
    /// @param what what is being done, for the message
    /// @param access the code
    /// @param <T> what it returns
    /// @param <X> what else it throws
    /// @return what `access` returns
    /// @throws X what `access` throws
    /// @throws SnapshotException of kind `CORRUPT` if the file was cut, `SYSCALL` if a page could
    ///     not be read or written though it was not
    public <T, X extends Exception> T guarded(String what, GuardedAccess<T, X> access)
            throws X, SnapshotException {
        requireOpen();
        return mayFault ? guard.run(what, access) : access.run();
    }

    /// As [#guarded], for code that returns nothing.
    ///
    /// @param what what is being done, for the message
    /// @param action the code
    /// @param <X> what else it throws
    /// @throws X what `action` throws
    /// @throws SnapshotException as [#guarded]
    public <X extends Exception> void runGuarded(String what, GuardedAction<X> action)
            throws X, SnapshotException {
        guarded(
                what,
                () -> {
                    action.run();
                    return true;
                });
    }

    /// Makes image bytes present, so that Java code can read them without a fault.
    ///
    /// Where pages come from a pager of this process, Java code must not be the first to touch
    /// them: it would wait inside the kernel while the JVM thinks that it runs Java, and at the
    /// next collection the pager and the JVM would wait for each other. Here the wait is a native
    /// call. Anonymous pages that nobody has written take no memory by it.
    ///
    /// @param imageOffset where they begin
    /// @param byteCount how many
    /// @throws IndexOutOfBoundsException if the range is not in the image
    /// @throws SnapshotException of kind `CORRUPT` if a file was cut, `UNSUPPORTED` if the kernel
    ///     cannot do it, and `SYSCALL` if a page cannot be had
    public void ensurePresent(long imageOffset, long byteCount) throws SnapshotException {
        requireOpen();
        for (RegionPart part : layout.parts(imageOffset, byteCount)) {
            MemorySegment region = segments.get(part.region().index());
            Presence.ensure(region, part, guard);
        }
        // A file that was cut within a page is zeros there, and no fault.
        guard.requireWhole("making present");
    }

    /// Releases what the engine mapped or opened; again does nothing.
    ///
    /// @throws IllegalStateException if a native call is using a view of mapped memory; nothing has
    ///     changed then, and it can be closed later
    @Override
    public synchronized void close() {
        if (arena.scope().isAlive()) {
            arena.close();
            file.close();
        }
    }

    private void requireOpen() {
        if (!arena.scope().isAlive()) {
            throw new IllegalStateException("closed: " + this);
        }
    }

    @Override
    public String toString() {
        return "guest memory of " + layout;
    }
}
