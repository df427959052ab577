package io.coldframe.bindings.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.bindings.Abi;
import io.coldframe.bindings.Errno;
import io.coldframe.bindings.Libc;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Future;

/// How a userfaultfd is reached, and what the handshake grants.
final class UserfaultfdTest {
    private static final Set<UffdFeature> NONE = Set.of();

    @ParameterizedTest
    @EnumSource
    void everyWayLeadsToOneThatServesAFault(UffdWay way) throws Exception {
        Userfaultfd opened = Facilities.assume(Userfaultfd.open(way, NONE, NONE));
        try (Faulter faulter = new Faulter(opened)) {
            MemorySegment memory = TestMemory.anonymous(faulter.arena(), 1);
            assertTrue(faulter.uffd().register(memory, Set.of(UffdMode.MISSING)) > 0);
            Future<Long> load = faulter.load(memory);
            if (way == UffdWay.USER_FAULTS_ONLY) {
                // The fault is the kernel's own, inside write(2): it is not served.
                assertEquals(-Errno.EFAULT, Faulter.result(load));
            } else {
                assertEquals(UffdMessages.PAGEFAULT, faulter.nextEvent());
                faulter.handler().zero(memory.address(), memory.byteSize(), UffdHandler.Wake.NOW);
                assertEquals(0, Faulter.result(load));
            }
        }
    }

    @Test
    void theFirstWayThatIsOpenIsTold() {
        Userfaultfd.Opened opened = Facilities.assume(Userfaultfd.open(NONE, NONE));
        opened.uffd().close();
        assertTrue(EnumSet.allOf(UffdWay.class).contains(opened.way()));
    }

    @Test
    void theHandshakeGrantsWhatIsAskedForAndKnown() {
        Set<UffdFeature> known = Facilities.assume(Userfaultfd.known(UffdWay.SYSTEM_CALL));
        // EVENT_FORK needs a privilege and is left out here.
        Set<UffdFeature> asked = EnumSet.complementOf(EnumSet.of(UffdFeature.EVENT_FORK));
        try (Userfaultfd uffd =
                Facilities.require(Userfaultfd.open(UffdWay.SYSTEM_CALL, NONE, asked))) {
            Set<UffdFeature> expected = EnumSet.copyOf(asked);
            expected.retainAll(known);
            assertEquals(expected, uffd.features());
        }
        try (Userfaultfd uffd =
                Facilities.require(Userfaultfd.open(UffdWay.SYSTEM_CALL, NONE, NONE))) {
            assertEquals(NONE, uffd.features());
        }
    }

    @Test
    void thisKernelKnowsEveryFeatureThatWeUse() {
        Set<UffdFeature> known = Facilities.assume(Userfaultfd.known(UffdWay.SYSTEM_CALL));
        assertEquals(EnumSet.allOf(UffdFeature.class), known);
    }

    @Test
    void bitsAndNamesAreEachOthersInverse() {
        for (UffdFeature feature : UffdFeature.values()) {
            long bit = UffdFeature.bits(Set.of(feature));
            assertEquals(1, Long.bitCount(bit), feature::name);
            assertEquals(Set.of(feature), UffdFeature.of(bit));
        }
        assertEquals(NONE, UffdFeature.of(1L << 63));
    }

    @Test
    void memoryHasOneWatcher() {
        try (Userfaultfd one = open();
                Userfaultfd other = open();
                Arena arena = Arena.ofConfined()) {
            MemorySegment memory = TestMemory.anonymous(arena, 4);
            assertTrue(one.register(memory, Set.of(UffdMode.MISSING)) > 0);
            assertEquals(-Errno.EBUSY, other.register(memory, Set.of(UffdMode.MISSING)));
            assertEquals(0, one.unregister(memory));
            assertTrue(other.register(memory, Set.of(UffdMode.MISSING)) > 0);
        }
    }

    @Test
    void aRangeThatIsNotPagesIsRefused() {
        try (Userfaultfd uffd = open();
                Arena arena = Arena.ofConfined()) {
            MemorySegment memory = TestMemory.anonymous(arena, 4);
            assertEquals(
                    -Errno.EINVAL,
                    uffd.register(memory.asSlice(1, 4096), Set.of(UffdMode.MISSING)));
        }
    }

    @Test
    void aClosedOneIsNotADescriptorOfSomebodyElse() {
        Userfaultfd uffd = open();
        uffd.close();
        uffd.close();
        assertThrows(IllegalStateException.class, uffd::descriptor);
        assertThrows(
                IllegalStateException.class,
                () -> uffd.register(MemorySegment.NULL, Set.of(UffdMode.MISSING)));
    }

    @Test
    void anAdoptedDescriptorServesAndIsClosed() throws Exception {
        Userfaultfd opened = open();
        int duplicate = Libc.fcntl(opened.descriptor(), Abi.F_DUPFD_CLOEXEC, 0);
        opened.close();
        try (Faulter faulter = new Faulter(Userfaultfd.adopt(duplicate, NONE))) {
            MemorySegment memory = TestMemory.anonymous(faulter.arena(), 1);
            assertTrue(faulter.uffd().register(memory, Set.of(UffdMode.MISSING)) > 0);
            Future<Long> load = faulter.load(memory);
            assertEquals(UffdMessages.PAGEFAULT, faulter.nextEvent());
            faulter.handler().zero(memory.address(), memory.byteSize(), UffdHandler.Wake.NOW);
            assertEquals(0, Faulter.result(load));
        }
        assertEquals(-Errno.EBADF, Libc.close(duplicate));
        assertThrows(IllegalArgumentException.class, () -> Userfaultfd.adopt(-1, NONE));
    }

    private static Userfaultfd open() {
        return Facilities.assume(Userfaultfd.open(NONE, NONE)).uffd();
    }
}
