package io.coldframe.bindings.linux;

import io.coldframe.bindings.Abi;
import io.coldframe.bindings.CallState;
import io.coldframe.bindings.Errno;
import io.coldframe.bindings.Facility;
import io.coldframe.bindings.Libc;
import io.coldframe.bindings.Platform;
import io.coldframe.bindings.generated.linux.PagemapH;
import io.coldframe.bindings.generated.linux.page_region;
import io.coldframe.bindings.generated.linux.pm_scan_arg;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// Which pages of this process are in which state, told as ranges, and with write protection in the
/// same walk (Linux 6.7 and later).
///
/// A walk fills the caller's vector and stops when that is full; [#walkEnd()] is where. So:
///
/// ```
/// for (long at = start; at < end; at = scan.walkEnd()) {
///     int ranges = scan.scan(at, end, vector);
///     …
/// }
/// ```
///
/// **Lifetime.** Owns one descriptor and its own argument. Vectors are the caller's.
///
/// **Threads.** One thread at a time; each thread opens its own.
public final class PagemapScan implements AutoCloseable {
    /// The bytes of one range in a vector.
    public static final long RANGE_BYTE_COUNT = page_region.sizeof();

    private static final Path PAGEMAP = Path.of("/proc/self/pagemap");

    private final Descriptor pagemap;
    private final Arena arena;
    private final CallState state;
    private final MemorySegment argument;

    private PagemapScan(Descriptor pagemap, PageQuery query) {
        this.pagemap = pagemap;
        this.arena = Arena.ofShared();
        this.state = CallState.in(arena);
        this.argument = pm_scan_arg.allocate(arena);
        pm_scan_arg.size(argument, pm_scan_arg.sizeof());
        pm_scan_arg.flags(argument, query.flags());
        pm_scan_arg.category_inverted(argument, query.invertedBits());
        pm_scan_arg.category_mask(argument, query.maskBits());
        pm_scan_arg.category_anyof_mask(argument, PageState.bits(query.any()));
        pm_scan_arg.return_mask(argument, PageState.bits(query.told()));
    }

    /// A scan for one query, tried on an empty range; or why this kernel has none.
    public static Facility<PagemapScan> open(PageQuery query) {
        if (!Platform.current().isLinux()) {
            return Facility.missing("PAGEMAP_SCAN is part of Linux", "");
        }
        int opened = Libc.open(PAGEMAP, Abi.O_RDONLY | Abi.O_CLOEXEC, 0);
        if (opened < 0) {
            return Facility.missing(
                    "open(" + PAGEMAP + ") answers " + Errno.text(-opened), "mount /proc");
        }
        PagemapScan scan = new PagemapScan(new Descriptor(PAGEMAP.toString(), opened), query);
        int answer = scan.scan(0, 0, MemorySegment.NULL);
        if (answer < 0) {
            scan.close();
            return Facility.missing(
                    "PAGEMAP_SCAN for " + query + " answers " + Errno.text(-answer),
                    answer == -Errno.ENOTTY ? "Linux 6.7 or later" : "");
        }
        return Facility.available(scan);
    }

    /// Walks `[start, end)`, whole pages, until the end or until the vector is full.
    ///
    /// With [PageQuery#protect()] exactly what the vector tells is protected again.
    ///
    /// @param vector native; [MemorySegment#NULL] to protect without telling
    /// @return how many ranges the vector holds, or the negated errno
    public int scan(long start, long end, MemorySegment vector) {
        pm_scan_arg.start(argument, start);
        pm_scan_arg.end(argument, end);
        pm_scan_arg.walk_end(argument, start);
        pm_scan_arg.vec(argument, vector.address());
        pm_scan_arg.vec_len(argument, vector.byteSize() / RANGE_BYTE_COUNT);
        return Libc.ioctl(state, pagemap.number(), PagemapH.PAGEMAP_SCAN(), argument, vector);
    }

    /// Where the last walk stopped.
    public long walkEnd() {
        return pm_scan_arg.walk_end(argument);
    }

    /// The first byte of a range.
    public static long start(MemorySegment vector, int place) {
        return page_region.start(at(vector, place));
    }

    /// The first byte after a range.
    public static long end(MemorySegment vector, int place) {
        return page_region.end(at(vector, place));
    }

    /// What is told about a range: [PageState#bits] of those asked for that it has.
    public static long states(MemorySegment vector, int place) {
        return page_region.categories(at(vector, place));
    }

    private static MemorySegment at(MemorySegment vector, int place) {
        return vector.asSlice(place * RANGE_BYTE_COUNT, RANGE_BYTE_COUNT);
    }

    @Override
    public void close() {
        if (pagemap.isOpen()) {
            // First, because this is what fails while a call is under way.
            arena.close();
            pagemap.close();
        }
    }
}
