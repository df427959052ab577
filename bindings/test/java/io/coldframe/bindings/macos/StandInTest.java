package io.coldframe.bindings.macos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.bindings.generated.macos.HypervisorH;
import io.coldframe.standin.GuestProgram;
import io.coldframe.standin.HypervisorStandIn;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A test with the stand-in and a virtual machine, whose guest finds its program at [#CODE] and
/// whose vCPU belongs to the test's own thread.
@Timeout(60)
abstract class StandInTest {
    static final int PAGE = HypervisorFramework.PAGE_BYTES;
    static final int ALL =
            HypervisorFramework.READ | HypervisorFramework.WRITE | HypervisorFramework.EXECUTE;

    /// Where guest programs are.
    static final long CODE = 0x4000_0000L;

    /// Where guest data are.
    static final long DATA = 0x8000_0000L;

    final Arena arena = Arena.ofShared();
    HypervisorFramework framework = HypervisorStandIn.framework();

    @BeforeEach
    void createTheMachine() {
        assertEquals(HvResult.SUCCESS, framework.createVm());
    }

    @AfterEach
    void endTheMachine() {
        // What a failed test leaves behind must not fail the next one as well.
        boolean left = false;
        for (int id = 0; id < 2; id++) {
            left |= HypervisorH.hv_vcpu_destroy(id) == 0;
        }
        HvResult result = framework.destroyVm();
        arena.close();
        assertFalse(left, "the test left a vCPU behind");
        assertTrue(
                List.of(HvResult.SUCCESS, HvResult.NO_DEVICE).contains(result), result::toString);
    }

    MemorySegment mapped(long guestAddress, int pageCount, int permissions) {
        MemorySegment memory = HypervisorStandIn.memory(arena, pageCount);
        assertEquals(HvResult.SUCCESS, framework.map(memory, guestAddress, permissions));
        return memory;
    }

    void install(GuestProgram program) {
        program.writeTo(mapped(CODE, 1, HypervisorFramework.READ | HypervisorFramework.EXECUTE));
    }

    /// A vCPU of this thread that is about to run [#CODE].
    HypervisorVcpu vcpu() {
        HypervisorVcpu vcpu = framework.createVcpu().value();
        assertEquals(HvResult.SUCCESS, vcpu.write(HvRegister.PC, CODE));
        return vcpu;
    }

    static void run(HypervisorVcpu vcpu) {
        assertEquals(HvResult.SUCCESS, vcpu.run());
    }

    static void destroy(HypervisorVcpu vcpu) {
        assertEquals(HvResult.SUCCESS, vcpu.destroy());
    }

    static void assertExit(int exceptionClass, HypervisorVcpu vcpu) {
        assertEquals(HvExitReason.EXCEPTION, vcpu.exitReason());
        assertEquals(exceptionClass, vcpu.syndrome().exceptionClass(), vcpu.syndrome()::toString);
    }

    /// What `task` gives on a thread of its own, which may own a vCPU.
    static <T> T onAnotherThread(Callable<T> task) {
        try (ExecutorService other = Executors.newSingleThreadExecutor()) {
            return other.submit(task).get();
        } catch (ExecutionException | InterruptedException failure) {
            throw new AssertionError(failure);
        }
    }
}
