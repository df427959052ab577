package io.coldframe.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.memory.HostPages.Advice;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;

final class AnonymousMemoryTest extends EngineMappedContract {

    @Override
    GuestMemory open(GuestLayout layout) throws IOException {
        return GuestMemory.anonymous(layout);
    }

    @Override
    boolean mayFault() {
        return false;
    }

    @Test
    void itHasNoDescriptor() throws IOException {
        try (GuestMemory memory = open(TWO)) {
            assertEquals(OptionalInt.empty(), memory.descriptor());
        }
    }

    @Test
    void itIsPrivateAndReservesNothing() throws IOException {
        try (GuestMemory memory = open(GuestLayout.of(MIB))) {
            Smaps mapping = Smaps.at(memory.segment(0).address());
            assertEquals("rw-p", mapping.access());
            assertTrue(mapping.flags().contains("nr"), mapping::toString);
            assertEquals(0, mapping.residentBytes());
        }
    }

    @Test
    void aSmallPageIsAllThatATouchTakes() throws IOException {
        try (GuestMemory memory = GuestMemory.anonymous(GuestLayout.of(8 * MIB), Advice.SMALL)) {
            MemorySegment segment = memory.segment(0);
            assertTrue(Smaps.at(segment.address()).flags().contains("nh"));
            long page = Reservation.hostPage().bytes();
            for (int touched = 1; touched <= 5; touched++) {
                segment.set(BYTE, touched * MIB, (byte) 1);
                assertEquals(touched * page, Smaps.at(segment.address()).residentBytes());
            }
        }
    }

    @Test
    void hugePagesAreAskedForWhereTheyFit() throws IOException {
        GuestLayout layout = GuestLayout.of(8 * MIB).then(GIB, 2 * MIB);
        try (GuestMemory memory = GuestMemory.anonymous(layout, Advice.TRANSPARENT_HUGE)) {
            for (int region = 0; region < 2; region++) {
                long address = memory.segment(region).address();
                assertTrue(PageSize.MIB_2.isAligned(address));
                assertTrue(Smaps.at(address).flags().contains("hg"));
            }
            assumeFalse(transparentHugePagesAreOff(), "transparent huge pages are off");
            MemorySegment segment = memory.segment(0);
            segment.set(BYTE, 5 * MIB, (byte) 1);
            Smaps mapping = Smaps.at(segment.address());
            assertEquals(2 * MIB, mapping.bytes("AnonHugePages"));
            assertEquals(2 * MIB, mapping.residentBytes());
        }
    }

    private static boolean transparentHugePagesAreOff() throws IOException {
        Path setting = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");
        return !Files.exists(setting) || Files.readString(setting).contains("[never]");
    }

    /// Only there can a hypervisor map a huge page of the host as one of the guest.
    @Test
    void aRegionLiesInAHugePageAsItDoesInTheGuest() throws IOException {
        GuestLayout layout = GuestLayout.startingAt(MIB, 4 * MIB).then(GIB + 5 * MIB, 4 * MIB);
        for (HostPages pages : new HostPages[] {Advice.AS_CONFIGURED, Advice.TRANSPARENT_HUGE}) {
            try (GuestMemory memory = GuestMemory.anonymous(layout, pages)) {
                for (GuestRegion region : memory.regions()) {
                    long address = memory.segment(region.index()).address();
                    assertTrue(PageSize.MIB_2.isAligned(address - region.guestAddress()));
                }
            }
        }
    }

    @Test
    void aPoolThatHasTooFewPagesIsUnsupportedAndLeaksNothing() throws Exception {
        HostPages pages = new HostPages.Pooled(PageSize.MIB_2);
        GuestLayout layout = GuestLayout.of(TIB);
        Leaks.assertNone(
                () -> {
                    SnapshotException refused =
                            assertThrows(
                                    SnapshotException.class,
                                    () -> GuestMemory.anonymous(layout, pages));
                    assertEquals(Kind.UNSUPPORTED, refused.kind());
                    assertTrue(refused.toString().contains("524288 free pages of 2 MiB"));
                });
    }

    @Test
    void aRegionOfBrokenPagesIsRefused() {
        HostPages pages = new HostPages.Pooled(PageSize.MIB_2);
        assertThrows(
                IllegalArgumentException.class,
                () -> GuestMemory.anonymous(GuestLayout.of(3 * MIB), pages));
    }

    @Test
    void memoryThatCannotFaultIsNotGuarded() throws IOException {
        try (GuestMemory memory = open(TWO)) {
            InternalError error = new InternalError("not about this memory");
            InternalError thrown =
                    assertThrows(
                            InternalError.class,
                            () ->
                                    memory.runGuarded(
                                            "failing",
                                            () -> {
                                                throw error;
                                            }));
            assertSame(error, thrown);
        }
    }
}
