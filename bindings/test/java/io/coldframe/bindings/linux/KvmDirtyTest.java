package io.coldframe.bindings.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.coldframe.bindings.Errno;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.Random;
import java.util.Set;

/// The pages that a guest wrote, as KVM tells them, against the list that the guest was given.
final class KvmDirtyTest {
    private static final Set<KvmVm.SlotFlag> LOGGED = Set.of(KvmVm.SlotFlag.LOG_DIRTY_PAGES);
    // 1,024 entries of 16 bytes.
    private static final int RING_BYTE_COUNT = 16 << 10;
    private static final long MANUAL_PROTECT_ENABLE = 1;

    private static Random random() {
        long seed = new Random().nextLong();
        System.out.println("KvmDirtyTest seed " + seed);
        return new Random(seed);
    }

    private static BitSet somePages(Random random) {
        BitSet pages = new BitSet();
        int pageCount = 1 + random.nextInt(300);
        for (int drawn = 0; drawn < pageCount; drawn++) {
            pages.set(random.nextInt(TestGuest.FIRST_FREE_PAGE, (int) TestGuest.PAGE_COUNT));
        }
        return pages;
    }

    private static BitSet log(TestGuest guest) {
        long byteCount = guest.vm().dirtyLogByteCount(TestGuest.SLOT);
        assertEquals(TestGuest.PAGE_COUNT / 8, byteCount);
        MemorySegment words = guest.arena().allocate(byteCount, Long.BYTES);
        assertEquals(0, guest.vm().getDirtyLog(TestGuest.SLOT, words));
        return BitSet.valueOf(words.toArray(ValueLayout.JAVA_LONG));
    }

    @Test
    void theLogTellsExactlyWhatTheGuestWroteAndThenForgetsIt() {
        Random random = random();
        try (TestGuest guest = TestGuest.with(LOGGED, vm -> {})) {
            for (int round = 0; round < 20; round++) {
                BitSet pages = somePages(random);
                guest.write(pages);
                assertEquals(pages, log(guest));
                assertEquals(new BitSet(), log(guest));
            }
        }
    }

    @Test
    void aSlotThatIsNotLoggedHasNoLog() {
        try (TestGuest guest = TestGuest.plain()) {
            MemorySegment words = guest.arena().allocate(TestGuest.PAGE_COUNT / 8, Long.BYTES);
            assertEquals(-Errno.ENOENT, guest.vm().getDirtyLog(TestGuest.SLOT, words));
        }
    }

    @Test
    void loggingIsSwitchedOnAndOffForMemoryThatStays() {
        try (TestGuest guest = TestGuest.plain()) {
            BitSet page = new BitSet();
            page.set(100);
            guest.write(page);
            KvmVm vm = guest.vm();
            assertEquals(0, vm.setMemory(TestGuest.SLOT, LOGGED, 0, guest.memory()));
            assertEquals(new BitSet(), log(guest));
            guest.write(page);
            assertEquals(page, log(guest));
            assertEquals(0, vm.setMemory(TestGuest.SLOT, Set.of(), 0, guest.memory()));
        }
    }

    @Test
    void withManualProtectionOnlyWhatIsClearedIsForgotten() {
        Random random = random();
        try (TestGuest guest = TestGuest.with(LOGGED, KvmDirtyTest::enableManualProtection)) {
            BitSet model = new BitSet();
            for (int round = 0; round < 20; round++) {
                BitSet pages = somePages(random);
                guest.write(pages);
                model.or(pages);
                assertEquals(model, log(guest));
                clear(guest, model, random);
                assertEquals(model, log(guest));
            }
        }
    }

    private static void enableManualProtection(KvmVm vm) {
        assumeTrue(
                vm.extension(KvmCapability.MANUAL_DIRTY_LOG_PROTECT2) > 0,
                "KVM without KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2");
        assertEquals(0, vm.enable(KvmCapability.MANUAL_DIRTY_LOG_PROTECT2, MANUAL_PROTECT_ENABLE));
    }

    // A random run of whole words, and random bits in it.
    private static void clear(TestGuest guest, BitSet model, Random random) {
        int wordCount = (int) TestGuest.PAGE_COUNT / Long.SIZE;
        int firstWord = random.nextInt(wordCount);
        int words = 1 + random.nextInt(wordCount - firstWord);
        MemorySegment bits = guest.arena().allocate((long) words * Long.BYTES, Long.BYTES);
        for (int word = 0; word < words; word++) {
            bits.setAtIndex(ValueLayout.JAVA_LONG, word, random.nextLong());
        }
        int firstPage = firstWord * Long.SIZE;
        assertEquals(
                0, guest.vm().clearDirtyLog(TestGuest.SLOT, bits, firstPage, words * Long.SIZE));
        BitSet cleared = BitSet.valueOf(bits.toArray(ValueLayout.JAVA_LONG));
        cleared.stream().forEach(page -> model.clear(firstPage + page));
    }

    private static TestGuest ringGuest() {
        return TestGuest.with(
                LOGGED,
                vm -> {
                    assumeTrue(vm.dirtyRingByteCountMax() > 0, "KVM without a dirty ring");
                    assertEquals(0, vm.enableDirtyRing(RING_BYTE_COUNT));
                });
    }

    private static BitSet harvest(TestGuest guest) {
        BitSet pages = new BitSet();
        KvmDirtyRing ring = guest.vcpu().dirtyRing().orElseThrow();
        int harvested =
                ring.harvest(
                        (slot, page) -> {
                            assertEquals(TestGuest.SLOT, slot);
                            pages.set(Math.toIntExact(page));
                        });
        assertEquals(harvested, guest.vm().resetDirtyRings());
        return pages;
    }

    @Test
    void theRingTellsExactlyWhatTheGuestWroteAroundItsEndToo() {
        Random random = random();
        try (TestGuest guest = ringGuest()) {
            for (int round = 0; round < 20; round++) {
                BitSet pages = somePages(random);
                guest.write(pages);
                assertEquals(pages, harvest(guest));
                assertEquals(new BitSet(), harvest(guest));
            }
        }
    }

    @Test
    void aFullRingStopsTheGuestUntilItIsHarvested() {
        try (TestGuest guest = ringGuest()) {
            BitSet pages = new BitSet();
            pages.set(TestGuest.FIRST_FREE_PAGE, (int) TestGuest.PAGE_COUNT);
            // With pauses, because KVM looks at the ring when it enters the guest, and a guest that
            // it emulates is entered once for many instructions.
            guest.startWritingWithPauses(pages);
            BitSet told = new BitSet();
            boolean wasFull = false;
            guest.runUntilAnyExit();
            while (guest.vcpu().exit().reason() != KvmExit.HLT) {
                if (guest.vcpu().exit().reason() == KvmExit.DIRTY_RING_FULL) {
                    wasFull = true;
                    told.or(harvest(guest));
                }
                guest.runUntilAnyExit();
            }
            told.or(harvest(guest));
            assertEquals(pages, told);
            // 1,008 pages in 1,024 entries, of which KVM keeps 64 or more in reserve.
            assertTrue(wasFull, "the ring was never full");
        }
    }

    @Test
    void aPageWhoseSinkFailsIsHarvestedAgain() {
        try (TestGuest guest = ringGuest()) {
            BitSet pages = new BitSet();
            pages.set(20, 30);
            guest.write(pages);
            KvmDirtyRing ring = guest.vcpu().dirtyRing().orElseThrow();
            assertThrows(
                    IllegalStateException.class,
                    () ->
                            ring.harvest(
                                    (slot, page) -> {
                                        throw new IllegalStateException("no room");
                                    }));
            assertEquals(pages, harvest(guest));
        }
    }

    @Test
    void withARingThereIsNoLog() {
        try (TestGuest guest = ringGuest()) {
            MemorySegment words = guest.arena().allocate(TestGuest.PAGE_COUNT / 8, Long.BYTES);
            assertEquals(-Errno.ENXIO, guest.vm().getDirtyLog(TestGuest.SLOT, words));
        }
    }

    @Test
    void aVcpuOfAVmWithoutRingsHasNone() {
        try (TestGuest guest = TestGuest.plain()) {
            assertTrue(guest.vcpu().dirtyRing().isEmpty());
        }
    }
}
