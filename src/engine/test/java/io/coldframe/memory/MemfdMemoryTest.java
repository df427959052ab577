package io.coldframe.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.bindings.Abi;
import io.coldframe.bindings.Errno;
import io.coldframe.bindings.Libc;
import io.coldframe.bindings.NativeMemory;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

final class MemfdMemoryTest extends EngineMappedContract {

    @Override
    GuestMemory open(GuestLayout layout) throws IOException {
        return GuestMemory.memfd("guest-ram", layout);
    }

    @Override
    boolean mayFault() {
        return false;
    }

    /// Another mapping of the descriptor, as a VMM would have one.
    @Test
    void whoeverHasTheDescriptorSeesTheImage() throws IOException {
        try (GuestMemory memory = open(TWO);
                Arena arena = Arena.ofConfined()) {
            int fd = memory.descriptor().orElseThrow();
            long address =
                    NativeMemory.mmap(
                            0, 5 * PAGE, Abi.PROT_READ | Abi.PROT_WRITE, Abi.MAP_SHARED, fd, 0);
            MemorySegment other =
                    NativeMemory.segment(
                            address, 5 * PAGE, arena, () -> NativeMemory.munmap(address, 5 * PAGE));
            memory.segment(1).set(WORD, 8, 42);
            assertEquals(42, other.get(WORD, 3 * PAGE + 8));
            other.set(WORD, PAGE, 43);
            assertEquals(43, memory.segment(0).get(WORD, PAGE));
        }
    }

    @Test
    void itsLengthIsSealedForEver() throws IOException {
        try (GuestMemory memory = open(TWO)) {
            int fd = memory.descriptor().orElseThrow();
            int seals = Abi.F_SEAL_SHRINK | Abi.F_SEAL_GROW | Abi.F_SEAL_SEAL;
            assertEquals(seals, Libc.fcntl(fd, Abi.F_GET_SEALS, 0) & seals);
            assertEquals(-Errno.EPERM, Libc.ftruncate(fd, PAGE));
            assertEquals(-Errno.EPERM, Libc.ftruncate(fd, 6 * PAGE));
            assertEquals(-Errno.EPERM, Libc.fcntl(fd, Abi.F_ADD_SEALS, Abi.F_SEAL_FUTURE_WRITE));
        }
    }

    @Test
    void noChildInheritsTheDescriptor() throws IOException {
        try (GuestMemory memory = open(TWO)) {
            int fd = memory.descriptor().orElseThrow();
            assertEquals(Abi.FD_CLOEXEC, Libc.fcntl(fd, Abi.F_GETFD, 0));
        }
    }

    @Test
    void itIsSharedAndReservesNothing() throws IOException {
        try (GuestMemory memory = open(TWO)) {
            Smaps mapping = Smaps.at(memory.segment(1).address());
            assertEquals("rw-s", mapping.access());
            assertTrue(mapping.flags().contains("nr"), mapping::toString);
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
                                    () -> GuestMemory.memfd("pooled", layout, pages));
                    assertEquals(Kind.UNSUPPORTED, refused.kind());
                });
    }

    @Test
    void aRegionThatIsNotMadeOfWholePagesIsRefused() {
        HostPages pages = new HostPages.Pooled(PageSize.MIB_2);
        GuestLayout halfAPage = GuestLayout.of(2 * MIB).then(GIB, MIB);
        GuestLayout notWhereAPageIs = GuestLayout.of(MIB).then(GIB, 3 * MIB);
        for (GuestLayout layout : new GuestLayout[] {halfAPage, notWhereAPageIs}) {
            IllegalArgumentException refused =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> GuestMemory.memfd("pooled", layout, pages));
            assertTrue(refused.toString().contains("whole host pages of 2 MiB"));
        }
    }

    @Test
    void pagesThatNoHostHasAreUnsupported() {
        HostPages pages = new HostPages.Pooled(PageSize.KIB_16);
        SnapshotException refused =
                assertThrows(
                        SnapshotException.class,
                        () -> GuestMemory.memfd("pooled", GuestLayout.of(MIB), pages));
        assertEquals(Kind.UNSUPPORTED, refused.kind());
    }
}
