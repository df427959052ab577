package io.coldframe.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/// Memory on pages of the host's pool. The test fills the pool itself where it may.
final class PooledPagesTest {
    private static final Path POOL = Path.of("/proc/sys/vm/nr_hugepages");
    private static final HostPages PAGES = new HostPages.Pooled(PageSize.MIB_2);
    private static final long MIB = 1L << 20;
    private static final int PAGE_COUNT = 4;

    private static String before = "";

    @BeforeAll
    static void fillThePool() throws IOException {
        assumeTrue(Files.isWritable(POOL), () -> POOL + " is not writable: run as root");
        before = Files.readString(POOL).strip();
        Files.writeString(POOL, Integer.toString(Integer.parseInt(before) + PAGE_COUNT));
        int pages = Integer.parseInt(Files.readString(POOL).strip());
        if (pages < Integer.parseInt(before) + PAGE_COUNT) {
            abort("the host has no %d huge pages to spare for %s".formatted(PAGE_COUNT, POOL));
        }
    }

    @AfterAll
    static void emptyThePool() throws IOException {
        if (!before.isEmpty()) {
            Files.writeString(POOL, before);
        }
    }

    @Test
    void anonymousMemoryLiesOnThem() throws IOException {
        try (GuestMemory memory = GuestMemory.anonymous(GuestLayout.of(4 * MIB), PAGES)) {
            checkPages(memory);
        }
    }

    @Test
    void aMemfdLiesOnThem() throws IOException {
        GuestLayout layout = GuestLayout.of(2 * MIB).then(1L << 30, 2 * MIB);
        try (GuestMemory memory = GuestMemory.memfd("pooled", layout, PAGES)) {
            memory.segment(1).set(ValueLayout.JAVA_LONG, 8, 42);
            checkPages(memory);
        }
    }

    private static void checkPages(GuestMemory memory) throws IOException {
        MemorySegment segment = memory.segment(0);
        assertTrue(PageSize.MIB_2.isAligned(segment.address()));
        segment.set(ValueLayout.JAVA_LONG, 8, 42);
        Smaps mapping = Smaps.at(segment.address());
        assertEquals(2 * MIB, mapping.bytes("KernelPageSize"));
        assertTrue(mapping.flags().contains("ht"), mapping::toString);
        assertEquals(2 * MIB, mapping.bytes("Private_Hugetlb") + mapping.bytes("Shared_Hugetlb"));
    }

    /// A touch that finds the pool empty would be a fault: what is promised is set aside.
    @Test
    void allPagesAreReservedBeforeTheFirstTouch() throws IOException {
        long reserved = reservedPages();
        try (GuestMemory memory = GuestMemory.anonymous(GuestLayout.of(4 * MIB), PAGES)) {
            assertEquals(reserved + 2, reservedPages());
            assertEquals(4 * MIB, memory.byteCount());
        }
        assertEquals(reserved, reservedPages());
    }

    private static long reservedPages() throws IOException {
        return Files.readAllLines(Path.of("/proc/meminfo")).stream()
                .filter(line -> line.startsWith("HugePages_Rsvd:"))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
                .findFirst()
                .orElseThrow();
    }
}
