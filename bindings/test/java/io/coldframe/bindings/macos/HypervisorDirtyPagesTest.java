package io.coldframe.bindings.macos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.standin.GuestProgram;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/// Write protection as a way to learn which pages a guest wrote: strip the permission, take the
/// abort, mark the page, give the permission back, resume.
final class HypervisorDirtyPagesTest extends StandInTest {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final int READ_ONLY = HypervisorFramework.READ;
    private static final int READ_WRITE = HypervisorFramework.READ | HypervisorFramework.WRITE;
    private static final int DONE = 9;
    private static final int PAGE_COUNT = 100;
    private static final long BYTE_COUNT = (long) PAGE_COUNT * PAGE;

    /// The program loads and stores at one address after another, which it takes from here on, in
    /// pairs of an address to load and an address to store, until an address is zero. X2 walks the
    /// list, X3 is what it stores.
    private static final long LIST = DATA - 64L * PAGE;

    @BeforeEach
    void installTheProgram() {
        GuestProgram program = new GuestProgram();
        int next = program.here();
        program.load(0, 2).add(2, 8).load(4, 0);
        program.load(1, 2).add(2, 8).store(3, 1);
        program.load(0, 2).branchUnlessZero(0, next).hvc(DONE);
        install(program);
    }

    /// Runs to the end of the list, marking every page whose store was refused.
    private BitSet runAndMark(HypervisorVcpu vcpu, AtomicInteger abortCount) {
        BitSet marked = new BitSet();
        while (true) {
            run(vcpu);
            if (vcpu.syndrome().exceptionClass() == HvSyndrome.HVC) {
                assertEquals(DONE, vcpu.syndrome().immediate());
                return marked;
            }
            assertExit(HvSyndrome.DATA_ABORT, vcpu);
            assertTrue(vcpu.syndrome().isWrite() && vcpu.syndrome().isPermissionFault());
            abortCount.incrementAndGet();
            int page = (int) ((vcpu.guestAddress() - DATA) / PAGE);
            marked.set(page);
            assertEquals(
                    HvResult.SUCCESS,
                    framework.protect(DATA + (long) page * PAGE, PAGE, READ_WRITE));
        }
    }

    private static HypervisorVcpu startAt(HypervisorVcpu vcpu, long list, long value) {
        vcpu.write(HvRegister.PC, CODE);
        vcpu.write(HvRegister.X2, list);
        vcpu.write(HvRegister.X3, value);
        return vcpu;
    }

    @Test
    void exactlyThePagesThatTheGuestWroteAreMarked() {
        MemorySegment list = mapped(LIST, 4, READ_ONLY);
        MemorySegment data = mapped(DATA, PAGE_COUNT, READ_WRITE);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        HypervisorVcpu vcpu = vcpu();
        for (int round = 1; round <= 50; round++) {
            BitSet expected = new BitSet();
            MemorySegment before = arena.allocate(BYTE_COUNT).copyFrom(data);
            int pairs = 1 + random.nextInt(60);
            for (int at = 0; at < pairs; at++) {
                long stored = random.nextLong(BYTE_COUNT / 8) * 8;
                expected.set((int) (stored / PAGE));
                list.setAtIndex(LONG, 2L * at, DATA + random.nextLong(BYTE_COUNT / 8) * 8);
                list.setAtIndex(LONG, 2L * at + 1, DATA + stored);
            }
            list.setAtIndex(LONG, 2L * pairs, 0);
            assertEquals(HvResult.SUCCESS, framework.protect(DATA, BYTE_COUNT, READ_ONLY));
            AtomicInteger abortCount = new AtomicInteger();
            BitSet marked = runAndMark(startAt(vcpu, LIST, round), abortCount);
            String where = "seed " + seed + " round " + round;
            assertEquals(expected, marked, where);
            assertEquals(expected.cardinality(), abortCount.get(), where);
            assertEquals(expected, differingPages(before, data), where);
        }
        destroy(vcpu);
    }

    private static BitSet differingPages(MemorySegment before, MemorySegment after) {
        BitSet pages = new BitSet();
        for (int page = 0; page < PAGE_COUNT; page++) {
            long at = (long) page * PAGE;
            if (before.asSlice(at, PAGE).mismatch(after.asSlice(at, PAGE)) >= 0) {
                pages.set(page);
            }
        }
        return pages;
    }

    @Test
    void aStoreThatWasRefusedHappensOnceAfterThePermissionIsBack() {
        MemorySegment list = mapped(LIST, 1, READ_ONLY);
        MemorySegment data = mapped(DATA, 1, READ_ONLY);
        list.setAtIndex(LONG, 0, DATA);
        list.setAtIndex(LONG, 1, DATA + 16);
        HypervisorVcpu vcpu = startAt(vcpu(), LIST, 0xabcd);
        for (int refusal = 0; refusal < 3; refusal++) {
            run(vcpu);
            assertExit(HvSyndrome.DATA_ABORT, vcpu);
            assertEquals(0, data.get(LONG, 16));
        }
        assertEquals(HvResult.SUCCESS, framework.protect(DATA, PAGE, READ_WRITE));
        run(vcpu);
        assertExit(HvSyndrome.HVC, vcpu);
        assertEquals(0xabcd, data.get(LONG, 16));
        destroy(vcpu);
    }

    @Test
    void theHostWritesToPagesThatTheGuestMayNot() {
        mapped(LIST, 1, READ_ONLY);
        MemorySegment data = mapped(DATA, PAGE_COUNT, READ_WRITE);
        assertEquals(HvResult.SUCCESS, framework.protect(DATA, BYTE_COUNT, 0));
        data.fill((byte) 1);
        assertEquals(1, data.get(ValueLayout.JAVA_BYTE, BYTE_COUNT - 1));
    }

    @Test
    void twoVcpusOnTwoThreadsMarkWhatEitherWrote() throws Exception {
        MemorySegment list = mapped(LIST, 2, READ_ONLY);
        mapped(DATA, PAGE_COUNT, READ_WRITE);
        assertEquals(HvResult.SUCCESS, framework.protect(DATA, BYTE_COUNT, READ_ONLY));
        long seed = System.nanoTime();
        Random random = new Random(seed);
        BitSet expected = new BitSet();
        for (int vcpu = 0; vcpu < 2; vcpu++) {
            for (int at = 0; at < 300; at++) {
                long stored = random.nextLong(BYTE_COUNT / 8) * 8;
                expected.set((int) (stored / PAGE));
                long entry = (long) vcpu * PAGE / 8 + 2L * at;
                list.setAtIndex(LONG, entry, DATA);
                list.setAtIndex(LONG, entry + 1, DATA + stored);
            }
        }
        CountDownLatch bothMade = new CountDownLatch(2);
        BitSet marked = new BitSet();
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            Future<BitSet> one = threads.submit(() -> guest(LIST, bothMade));
            Future<BitSet> other = threads.submit(() -> guest(LIST + PAGE, bothMade));
            marked.or(one.get());
            marked.or(other.get());
        }
        assertEquals(expected, marked, "seed " + seed);
    }

    private BitSet guest(long list, CountDownLatch bothMade) throws InterruptedException {
        HypervisorVcpu vcpu = startAt(framework.createVcpu().value(), list, 1);
        bothMade.countDown();
        bothMade.await();
        BitSet marked = runAndMark(vcpu, new AtomicInteger());
        destroy(vcpu);
        return marked;
    }

    /// Once protect has returned no store may slip through, else a page is written unmarked.
    @Test
    void noStorePassesAProtectThatHasReturned() throws Exception {
        MemorySegment data = mapped(DATA, 1, READ_WRITE);
        GuestProgram program = new GuestProgram().set(0, DATA).set(1, 0);
        int loop = program.here();
        program.add(1, 1).store(1, 0).branch(loop);
        MemorySegment code = mapped(CODE + PAGE, 1, ALL);
        program.writeTo(code);
        try (ExecutorService guest = Executors.newSingleThreadExecutor()) {
            HypervisorVcpu vcpu =
                    guest.submit(() -> startAt(framework.createVcpu().value(), 0, 0)).get();
            guest.submit(() -> vcpu.write(HvRegister.PC, CODE + PAGE)).get();
            for (int round = 0; round < 100; round++) {
                long before = (long) LONG.varHandle().getVolatile(data, 0L);
                Future<HvResult> running = guest.submit(vcpu::run);
                while ((long) LONG.varHandle().getVolatile(data, 0L) <= before) {
                    Thread.onSpinWait();
                }
                assertEquals(HvResult.SUCCESS, framework.protect(DATA, PAGE, READ_ONLY));
                long after = (long) LONG.varHandle().getVolatile(data, 0L);
                assertEquals(HvResult.SUCCESS, running.get());
                assertEquals(after, (long) LONG.varHandle().getVolatile(data, 0L));
                assertEquals(HvResult.SUCCESS, framework.protect(DATA, PAGE, READ_WRITE));
            }
            assertEquals(HvResult.SUCCESS, guest.submit(vcpu::destroy).get());
        }
    }
}
