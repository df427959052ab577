package io.coldframe.cli.doctor;

import io.coldframe.bindings.Abi;
import io.coldframe.bindings.NativeMemory;
import io.coldframe.bindings.linux.PageQuery;
import io.coldframe.bindings.linux.PagemapScan;
import io.coldframe.bindings.linux.UffdFeature;
import io.coldframe.bindings.linux.UffdHandler;
import io.coldframe.bindings.linux.UffdMessages;
import io.coldframe.bindings.linux.UffdMode;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;

/// What tells the pages of this process that were written.
final class TrackingChecks {

    private static final String GROUP = "write tracking";
    private static final int PAGE_COUNT = 4;
    private static final int WRITTEN_PAGE = 2;
    private static final String WRITTEN = "" + WRITTEN_PAGE;
    private static final String ASYNC_REMEDY = "Linux 6.7 or later; on arm64, 6.10";

    private TrackingChecks() {}

    static List<Check> all() {
        return List.of(
                Check.of(GROUP, "userfaultfd.wp", TrackingChecks::writeProtect),
                Check.of(GROUP, "userfaultfd.wp-async", TrackingChecks::async),
                Check.of(GROUP, "userfaultfd.wp-unpopulated", TrackingChecks::unpopulated),
                Check.of(GROUP, "userfaultfd.wp-hugetlbfs-shmem", TrackingChecks::shared),
                Check.of(GROUP, "pagemap-scan", TrackingChecks::pagemapScan));
    }

    private static Mapped anonymous() throws Refused {
        return Mapped.anonymous(PAGE_COUNT * NativeMemory.pageByteCount(), 0, "mmap");
    }

    private static void protect(Faults faults, MemorySegment memory) throws Refused {
        faults.register(memory, UffdMode.WRITE_PROTECT);
        int answer = faults.handler().protect(memory.address(), memory.byteSize());
        Refused.check(answer, "UFFDIO_WRITEPROTECT");
    }

    private static void write(MemorySegment memory) {
        long offset = WRITTEN_PAGE * NativeMemory.pageByteCount();
        memory.set(ValueLayout.JAVA_BYTE, offset, (byte) 1);
    }

    /// The pages written since they were protected, as in `0 2`.
    private static String written(PagemapScan scan, MemorySegment memory) throws Refused {
        long pageByteCount = NativeMemory.pageByteCount();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ranges =
                    arena.allocate(PAGE_COUNT * PagemapScan.RANGE_BYTE_COUNT, Long.BYTES);
            long end = memory.address() + memory.byteSize();
            int count = Refused.check(scan.scan(memory.address(), end, ranges), "PAGEMAP_SCAN");
            StringJoiner pages = new StringJoiner(" ");
            for (int place = 0; place < count; place++) {
                long to = PagemapScan.end(ranges, place);
                for (long at = PagemapScan.start(ranges, place); at < to; at += pageByteCount) {
                    pages.add(Long.toString((at - memory.address()) / pageByteCount));
                }
            }
            return pages.toString();
        }
    }

    private static Outcome judge(String found, String expected, String well) {
        return found.equals(expected)
                ? Outcome.available(well)
                : Outcome.missing(
                        "pages told as written: [%s] instead of [%s]".formatted(found, expected),
                        "");
    }

    /// The protection that asks: a write waits until it is lifted.
    private static Outcome writeProtect() throws Refused {
        String remedy = "Linux 5.7 or later; on arm64, 6.10";
        try (Mapped mapped = anonymous();
                HeldCall call = new HeldCall();
                Faults faults = Faults.with(Set.of(UffdFeature.PAGEFAULT_FLAG_WP), remedy)) {
            mapped.segment().fill((byte) 1);
            return writeAgainst(faults, mapped.segment(), call);
        }
    }

    private static Outcome writeAgainst(Faults faults, MemorySegment memory, HeldCall call)
            throws Refused {
        protect(faults, memory);
        if (!faults.servesNativeCalls()) {
            return Outcome.available("protected; no write was held up");
        }
        call.start(() -> NativeMemory.madvise(memory, Abi.MADV_POPULATE_WRITE));
        Optional<MemorySegment> message = faults.await();
        if (message.isEmpty() || !UffdMessages.faultIsWriteProtect(message.get(), 0)) {
            return Outcome.missing("a write to a protected page was not held up", "");
        }
        int lifted =
                faults.handler()
                        .unprotect(memory.address(), memory.byteSize(), UffdHandler.Wake.NOW);
        Refused.check(lifted, "UFFDIO_WRITEPROTECT");
        Refused.check(call.await(), "madvise(MADV_POPULATE_WRITE)");
        return Outcome.available("a write waited until the protection was lifted");
    }

    /// The protection that only remembers.
    private static Outcome async() throws Refused {
        Set<UffdFeature> features = Set.of(UffdFeature.PAGEFAULT_FLAG_WP, UffdFeature.WP_ASYNC);
        try (Mapped mapped = anonymous();
                Faults faults = Faults.with(features, ASYNC_REMEDY);
                PagemapScan scan = Refused.need(PagemapScan.open(PageQuery.written(false)))) {
            mapped.segment().fill((byte) 1);
            protect(faults, mapped.segment());
            write(mapped.segment());
            return judge(
                    written(scan, mapped.segment()),
                    WRITTEN,
                    "a write did not wait, and its page is told");
        }
    }

    private static Outcome unpopulated() throws Refused {
        Set<UffdFeature> features =
                Set.of(
                        UffdFeature.PAGEFAULT_FLAG_WP,
                        UffdFeature.WP_ASYNC,
                        UffdFeature.WP_UNPOPULATED);
        try (Mapped mapped = anonymous();
                Faults faults = Faults.with(features, ASYNC_REMEDY);
                PagemapScan scan = Refused.need(PagemapScan.open(PageQuery.written(false)))) {
            protect(faults, mapped.segment());
            write(mapped.segment());
            return judge(
                    written(scan, mapped.segment()),
                    WRITTEN,
                    "pages that nobody touched yet are protected too");
        }
    }

    private static Outcome shared() throws Refused {
        String remedy = "Linux 5.19 or later; on arm64, 6.10";
        Set<UffdFeature> features =
                Set.of(UffdFeature.PAGEFAULT_FLAG_WP, UffdFeature.WP_HUGETLBFS_SHMEM);
        long byteCount = PAGE_COUNT * NativeMemory.pageByteCount();
        try (OpenFile file = OpenFile.inMemory(0, byteCount);
                Mapped mapped = Mapped.shared(file, byteCount);
                HeldCall call = new HeldCall();
                Faults faults = Faults.with(features, remedy)) {
            mapped.segment().fill((byte) 1);
            return writeAgainst(faults, mapped.segment(), call);
        }
    }

    /// Tells and protects again in one walk, so each scan tells only what the last did not.
    private static Outcome pagemapScan() throws Refused {
        Set<UffdFeature> features =
                Set.of(
                        UffdFeature.PAGEFAULT_FLAG_WP,
                        UffdFeature.WP_ASYNC,
                        UffdFeature.WP_UNPOPULATED);
        try (PagemapScan scan = Refused.need(PagemapScan.open(PageQuery.written(true)));
                Mapped mapped = anonymous();
                Faults faults = Faults.with(features, ASYNC_REMEDY)) {
            MemorySegment memory = mapped.segment();
            protect(faults, memory);
            String none = written(scan, memory);
            write(memory);
            String once = written(scan, memory);
            String after = written(scan, memory);
            return judge(
                    String.join(",", none, once, after),
                    "," + WRITTEN + ",",
                    "a walk told the written page and protected it again");
        }
    }
}
