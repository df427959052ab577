package io.coldframe.bindings.linux;

import static io.coldframe.bindings.linux.TestMemory.PAGE_BYTE_COUNT;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.bindings.Abi;
import io.coldframe.bindings.Errno;
import io.coldframe.bindings.NativeMemory;
import io.coldframe.bindings.linux.UffdHandler.Wake;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Set;
import java.util.concurrent.Future;

/// Faults and what resolves them.
final class UffdHandlerTest {

    private static Faulter open(UffdFeature... features) {
        return new Faulter(Facilities.assume(Userfaultfd.open(Set.of(features), Set.of())).uffd());
    }

    private static MemorySegment watched(Faulter faulter, long pageCount, UffdMode... modes) {
        MemorySegment memory = TestMemory.anonymous(faulter.arena(), pageCount);
        long ioctls = faulter.uffd().register(memory, Set.of(modes));
        assertTrue(ioctls > 0, () -> "register: " + ioctls);
        return memory;
    }

    private static MemorySegment source(Faulter faulter, long pageCount) {
        MemorySegment source = TestMemory.anonymous(faulter.arena(), pageCount);
        for (long page = 0; page < pageCount; page++) {
            TestMemory.page(source, page).fill((byte) (0x41 + page));
        }
        return source;
    }

    @Test
    void aMissingPageIsCopiedInAndTheThreadGoesOn() throws Exception {
        try (Faulter faulter = open()) {
            MemorySegment memory = watched(faulter, 8, UffdMode.MISSING);
            MemorySegment source = source(faulter, 2);
            MemorySegment page = TestMemory.page(memory, 5);
            Future<Long> load = faulter.load(page);
            assertEquals(UffdMessages.PAGEFAULT, faulter.nextEvent());
            assertEquals(page.address(), UffdMessages.faultAddress(faulter.messages(), 0));
            assertFalse(UffdMessages.faultIsWrite(faulter.messages(), 0));
            assertFalse(UffdMessages.faultIsMinor(faulter.messages(), 0));
            assertFalse(UffdMessages.faultIsWriteProtect(faulter.messages(), 0));
            assertEquals(
                    PAGE_BYTE_COUNT,
                    faulter.handler()
                            .copy(
                                    page.address(),
                                    source,
                                    PAGE_BYTE_COUNT,
                                    PAGE_BYTE_COUNT,
                                    Wake.NOW));
            assertEquals(0x42, Faulter.result(load));
            assertEquals(-1, page.mismatch(TestMemory.page(source, 1)));
        }
    }

    @Test
    void aMissingPageIsZeroedAndAWriteIsToldAsOne() throws Exception {
        try (Faulter faulter = open()) {
            MemorySegment memory = watched(faulter, 8, UffdMode.MISSING);
            MemorySegment page = TestMemory.page(memory, 7);
            Future<Long> store = faulter.store(page);
            assertEquals(UffdMessages.PAGEFAULT, faulter.nextEvent());
            assertTrue(UffdMessages.faultIsWrite(faulter.messages(), 0));
            assertEquals(
                    PAGE_BYTE_COUNT,
                    faulter.handler().zero(page.address(), PAGE_BYTE_COUNT, Wake.NOW));
            assertEquals(1, Faulter.result(store));
        }
    }

    @Test
    void withoutAMessageThereIsNothingToRead() {
        try (Faulter faulter = open()) {
            assertEquals(-Errno.EAGAIN, faulter.handler().read(faulter.messages()));
        }
    }

    @Test
    void twoFaultsAreReadTogether() throws Exception {
        try (Faulter faulter = open(UffdFeature.THREAD_ID)) {
            MemorySegment memory = watched(faulter, 2, UffdMode.MISSING);
            Future<Long> first = faulter.load(TestMemory.page(memory, 0));
            faulter.awaitMessage();
            Future<Long> second = faulter.load(TestMemory.page(memory, 1));
            long seen = 0;
            while (seen != 2 * memory.address() + PAGE_BYTE_COUNT) {
                faulter.awaitMessage();
                int count = faulter.handler().read(faulter.messages());
                for (int place = 0; place < count; place++) {
                    seen += UffdMessages.faultAddress(faulter.messages(), place);
                    assertTrue(UffdMessages.faultThread(faulter.messages(), place) > 0);
                }
            }
            faulter.handler().zero(memory.address(), memory.byteSize(), Wake.NOW);
            assertEquals(0, Faulter.result(first));
            assertEquals(0, Faulter.result(second));
        }
    }

    @Test
    void aPageThatIsThereIsNotReplaced() throws Exception {
        try (Faulter faulter = open()) {
            MemorySegment memory = watched(faulter, 4, UffdMode.MISSING);
            MemorySegment source = source(faulter, 4);
            UffdHandler handler = faulter.handler();
            long third = TestMemory.page(memory, 2).address();
            assertEquals(PAGE_BYTE_COUNT, handler.zero(third, PAGE_BYTE_COUNT, Wake.NOW));
            assertEquals(-Errno.EEXIST, handler.copy(third, source, 0, PAGE_BYTE_COUNT, Wake.NOW));
            assertEquals(-Errno.EEXIST, handler.zero(third, PAGE_BYTE_COUNT, Wake.NOW));
            // Up to there is done, and said.
            assertEquals(
                    2 * PAGE_BYTE_COUNT,
                    handler.copy(memory.address(), source, 0, 4 * PAGE_BYTE_COUNT, Wake.NOW));
            assertEquals(0x42, memory.get(ValueLayout.JAVA_BYTE, PAGE_BYTE_COUNT));
        }
    }

    @Test
    void memoryThatIsNotWatchedIsNotThere() throws Exception {
        try (Faulter faulter = open()) {
            MemorySegment source = source(faulter, 1);
            MemorySegment other = TestMemory.anonymous(faulter.arena(), 1);
            assertEquals(
                    -Errno.ENOENT,
                    faulter.handler().copy(other.address(), source, 0, PAGE_BYTE_COUNT, Wake.NOW));
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () ->
                            faulter.handler()
                                    .copy(other.address(), source, 1, PAGE_BYTE_COUNT, Wake.NOW));
            assertThrows(
                    IllegalArgumentException.class,
                    () ->
                            faulter.handler()
                                    .copy(
                                            other.address(),
                                            MemorySegment.ofArray(new byte[4096]),
                                            0,
                                            4096,
                                            Wake.NOW));
        }
    }

    @Test
    void aSourceThatIsClosedNeverReachesTheKernel() {
        try (Faulter faulter = open(UffdFeature.MOVE)) {
            MemorySegment memory = watched(faulter, 1, UffdMode.MISSING);
            MemorySegment closed;
            try (Arena arena = Arena.ofShared()) {
                closed = TestMemory.anonymous(arena, 1);
            }
            long address = memory.address();
            UffdHandler handler = faulter.handler();
            assertThrows(
                    IllegalStateException.class,
                    () -> handler.copy(address, closed, 0, PAGE_BYTE_COUNT, Wake.NOW));
            assertThrows(
                    IllegalStateException.class,
                    () -> handler.move(address, closed, 0, PAGE_BYTE_COUNT, Wake.NOW));
            assertThrows(
                    IllegalStateException.class,
                    () -> faulter.uffd().register(closed, Set.of(UffdMode.MISSING)));
        }
    }

    @Test
    void whileARemovalIsUnreadNothingIsCopied() throws Exception {
        try (Faulter faulter = open(UffdFeature.EVENT_REMOVE)) {
            MemorySegment memory = watched(faulter, 8, UffdMode.MISSING);
            MemorySegment source = source(faulter, 8);
            UffdHandler handler = faulter.handler();
            assertEquals(
                    memory.byteSize(),
                    handler.copy(memory.address(), source, 0, memory.byteSize(), Wake.NOW));
            MemorySegment removed = TestMemory.pages(memory, 2, 3);
            Future<Integer> removal =
                    faulter.start(() -> NativeMemory.madvise(removed, Abi.MADV_DONTNEED));
            faulter.awaitMessage();
            assertEquals(
                    -Errno.EAGAIN,
                    handler.copy(removed.address(), source, 0, PAGE_BYTE_COUNT, Wake.NOW));
            assertEquals(UffdMessages.REMOVE, faulter.nextEvent());
            MemorySegment messages = faulter.messages();
            assertEquals(removed.address(), UffdMessages.rangeStart(messages, 0));
            assertEquals(
                    removed.address() + removed.byteSize(), UffdMessages.rangeEnd(messages, 0));
            assertEquals(0, Faulter.result(removal));
            assertEquals(
                    PAGE_BYTE_COUNT,
                    handler.copy(removed.address(), source, 0, PAGE_BYTE_COUNT, Wake.NOW));
            assertEquals(0x41, removed.get(ValueLayout.JAVA_BYTE, 0));
        }
    }

    @Test
    void unmappingIsTold() throws Exception {
        try (Faulter faulter = open(UffdFeature.EVENT_UNMAP);
                Arena mapped = Arena.ofShared()) {
            MemorySegment memory = TestMemory.anonymous(mapped, 4);
            long address = memory.address();
            assertTrue(faulter.uffd().register(memory, Set.of(UffdMode.MISSING)) > 0);
            // Over it, so that what the arena unmaps later is still there.
            Future<Long> remapping =
                    faulter.start(
                            () ->
                                    NativeMemory.mmap(
                                            address,
                                            4 * PAGE_BYTE_COUNT,
                                            Abi.PROT_READ,
                                            Abi.MAP_PRIVATE | Abi.MAP_ANONYMOUS | Abi.MAP_FIXED,
                                            -1,
                                            0));
            assertEquals(UffdMessages.UNMAP, faulter.nextEvent());
            assertEquals(address, UffdMessages.rangeStart(faulter.messages(), 0));
            assertEquals(
                    address + 4 * PAGE_BYTE_COUNT, UffdMessages.rangeEnd(faulter.messages(), 0));
            assertEquals(address, Faulter.result(remapping));
        }
    }

    @Test
    void aMovedPageLeavesItsPlaceWithoutACopy() throws Exception {
        try (Faulter faulter = open(UffdFeature.MOVE)) {
            MemorySegment memory = watched(faulter, 4, UffdMode.MISSING);
            MemorySegment source = source(faulter, 4);
            MemorySegment page = TestMemory.page(memory, 1);
            Future<Long> load = faulter.load(page);
            assertEquals(UffdMessages.PAGEFAULT, faulter.nextEvent());
            UffdHandler handler = faulter.handler();
            assertEquals(
                    PAGE_BYTE_COUNT,
                    handler.move(
                            page.address(),
                            source,
                            2 * PAGE_BYTE_COUNT,
                            PAGE_BYTE_COUNT,
                            Wake.NOW));
            assertEquals(0x43, Faulter.result(load));
            assertEquals(0, source.get(ValueLayout.JAVA_BYTE, 2 * PAGE_BYTE_COUNT));
            assertEquals(
                    -Errno.EEXIST,
                    handler.move(page.address(), source, 0, PAGE_BYTE_COUNT, Wake.NOW));
        }
    }

    @Test
    void aPoisonedPageFailsWhoeverTouchesIt() throws Exception {
        try (Faulter faulter = open(UffdFeature.POISON)) {
            MemorySegment memory = watched(faulter, 4, UffdMode.MISSING);
            MemorySegment page = TestMemory.page(memory, 3);
            Future<Long> load = faulter.load(page);
            assertEquals(UffdMessages.PAGEFAULT, faulter.nextEvent());
            assertEquals(
                    PAGE_BYTE_COUNT,
                    faulter.handler().poison(page.address(), PAGE_BYTE_COUNT, Wake.NOW));
            assertEquals(-Errno.EFAULT, Faulter.result(load));
            assertTrue(NativeMemory.madvise(page, Abi.MADV_POPULATE_READ) < 0);
        }
    }

    @Test
    void aMinorFaultIsResolvedByWhatTheFileHas() throws Exception {
        try (Faulter faulter = open(UffdFeature.MINOR_SHMEM)) {
            int memfd = TestMemory.memfd(faulter.arena(), 4);
            MemorySegment filled = TestMemory.shared(faulter.arena(), 4, memfd);
            MemorySegment memory = TestMemory.shared(faulter.arena(), 4, memfd);
            assertTrue(faulter.uffd().register(memory, Set.of(UffdMode.MINOR)) > 0);
            TestMemory.page(filled, 2).fill((byte) 0x7E);
            MemorySegment page = TestMemory.page(memory, 2);
            Future<Long> load = faulter.load(page);
            assertEquals(UffdMessages.PAGEFAULT, faulter.nextEvent());
            assertTrue(UffdMessages.faultIsMinor(faulter.messages(), 0));
            assertEquals(page.address(), UffdMessages.faultAddress(faulter.messages(), 0));
            UffdHandler handler = faulter.handler();
            assertEquals(
                    PAGE_BYTE_COUNT, handler.resume(page.address(), PAGE_BYTE_COUNT, Wake.NOW));
            assertEquals(0x7E, Faulter.result(load));
            assertEquals(-Errno.EEXIST, handler.resume(page.address(), PAGE_BYTE_COUNT, Wake.NOW));
            // The file has nothing there.
            assertEquals(
                    -Errno.EFAULT, handler.resume(memory.address(), PAGE_BYTE_COUNT, Wake.NOW));
        }
    }

    @Test
    void aMissingPageOfAMemfdIsCopiedInForItsOtherMappingsToo() throws Exception {
        try (Faulter faulter = open(UffdFeature.MISSING_SHMEM)) {
            int memfd = TestMemory.memfd(faulter.arena(), 4);
            MemorySegment other = TestMemory.shared(faulter.arena(), 4, memfd);
            MemorySegment memory = TestMemory.shared(faulter.arena(), 4, memfd);
            assertTrue(faulter.uffd().register(memory, Set.of(UffdMode.MISSING)) > 0);
            MemorySegment source = source(faulter, 1);
            Future<Long> load = faulter.load(memory);
            assertEquals(UffdMessages.PAGEFAULT, faulter.nextEvent());
            assertEquals(
                    PAGE_BYTE_COUNT,
                    faulter.handler().copy(memory.address(), source, 0, PAGE_BYTE_COUNT, Wake.NOW));
            assertEquals(0x41, Faulter.result(load));
            assertEquals(0x41, other.get(ValueLayout.JAVA_BYTE, 0));
        }
    }

    @Test
    void aWriteToAProtectedPageWaitsUntilTheProtectionIsLifted() throws Exception {
        try (Faulter faulter = open(UffdFeature.PAGEFAULT_FLAG_WP)) {
            MemorySegment memory = watched(faulter, 4, UffdMode.WRITE_PROTECT);
            memory.fill((byte) 0x33);
            UffdHandler handler = faulter.handler();
            assertEquals(0, handler.protect(memory.address(), memory.byteSize()));
            MemorySegment page = TestMemory.page(memory, 1);
            Future<Long> store = faulter.store(page);
            assertEquals(UffdMessages.PAGEFAULT, faulter.nextEvent());
            assertTrue(UffdMessages.faultIsWriteProtect(faulter.messages(), 0));
            assertEquals(page.address(), UffdMessages.faultAddress(faulter.messages(), 0));
            assertEquals(0, handler.unprotect(page.address(), PAGE_BYTE_COUNT, Wake.NOW));
            assertEquals(1, Faulter.result(store));
            assertEquals(0, page.get(ValueLayout.JAVA_BYTE, 0));
        }
    }

    @Test
    void aPageCopiedInProtectedIsToldAtItsFirstWrite() throws Exception {
        try (Faulter faulter = open(UffdFeature.PAGEFAULT_FLAG_WP)) {
            MemorySegment memory = watched(faulter, 1, UffdMode.MISSING, UffdMode.WRITE_PROTECT);
            MemorySegment source = source(faulter, 1);
            assertEquals(
                    PAGE_BYTE_COUNT,
                    faulter.handler()
                            .copyProtected(memory.address(), source, 0, PAGE_BYTE_COUNT, Wake.NOW));
            Future<Long> store = faulter.store(memory);
            assertEquals(UffdMessages.PAGEFAULT, faulter.nextEvent());
            assertTrue(UffdMessages.faultIsWriteProtect(faulter.messages(), 0));
            faulter.handler().unprotect(memory.address(), PAGE_BYTE_COUNT, Wake.LATER);
            assertEquals(0, faulter.handler().wake(memory.address(), PAGE_BYTE_COUNT));
            assertEquals(1, Faulter.result(store));
        }
    }

    @Test
    void aThreadThatIsNotWokenByTheCopyIsWokenLater() throws Exception {
        try (Faulter faulter = open()) {
            MemorySegment memory = watched(faulter, 1, UffdMode.MISSING);
            MemorySegment source = source(faulter, 1);
            Future<Long> load = faulter.load(memory);
            assertEquals(UffdMessages.PAGEFAULT, faulter.nextEvent());
            UffdHandler handler = faulter.handler();
            assertEquals(
                    PAGE_BYTE_COUNT,
                    handler.copy(memory.address(), source, 0, PAGE_BYTE_COUNT, Wake.LATER));
            assertEquals(0, handler.wake(memory.address(), PAGE_BYTE_COUNT));
            assertEquals(0x41, Faulter.result(load));
        }
    }

    @Test
    void lettingARangeGoLetsItsThreadsGo() throws Exception {
        try (Faulter faulter = open()) {
            MemorySegment memory = watched(faulter, 1, UffdMode.MISSING);
            Future<Long> load = faulter.load(memory);
            assertEquals(UffdMessages.PAGEFAULT, faulter.nextEvent());
            assertEquals(0, faulter.uffd().unregister(memory));
            assertEquals(0, Faulter.result(load));
        }
    }

    @Test
    void theExactAddressIsToldWhereItIsAskedFor() throws Exception {
        try (Faulter faulter = open(UffdFeature.EXACT_ADDRESS)) {
            MemorySegment memory = watched(faulter, 2, UffdMode.MISSING);
            MemorySegment within = memory.asSlice(PAGE_BYTE_COUNT + 123);
            Future<Long> load = faulter.load(within);
            assertEquals(UffdMessages.PAGEFAULT, faulter.nextEvent());
            assertEquals(within.address(), UffdMessages.faultAddress(faulter.messages(), 0));
            faulter.handler().zero(memory.address(), memory.byteSize(), Wake.NOW);
            assertEquals(0, Faulter.result(load));
        }
    }
}
