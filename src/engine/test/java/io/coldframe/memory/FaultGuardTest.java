package io.coldframe.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// What the guard makes of each way in which guarded code can end. Real faults are in
/// [CutFileTest].
final class FaultGuardTest {
    private static final int PAGE = GuestLayout.PAGE.bytes();

    @TempDir private Path folder;
    private FileChannel channel;
    private GuestMemory memory;

    static void assertCorrupt(String message, Executable use) {
        SnapshotException failure = assertThrows(SnapshotException.class, use);
        assertEquals(Kind.CORRUPT, failure.kind());
        assertTrue(failure.toString().contains(message), failure::toString);
    }

    @BeforeEach
    void map() throws IOException {
        Path file = folder.resolve("memory");
        channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        channel.write(ByteBuffer.allocate(2 * PAGE));
        memory = GuestMemory.mapped(file, FileMapping.SHARED);
    }

    @AfterEach
    void unmap() throws IOException {
        memory.close();
        channel.close();
    }

    @Test
    void codeThatEndsWellAfterTheFileWasCutHasReadGarbage() {
        assertCorrupt(
                "reading: the file was cut: it has 4096 bytes, not 8192",
                () ->
                        memory.guarded(
                                "reading",
                                () -> {
                                    channel.truncate(PAGE);
                                    return 1;
                                }));
    }

    /// The kernel gives zeros for the rest of the last page, and no fault.
    @Test
    void aCutInTheMiddleOfAPageIsSeenToo() {
        assertCorrupt(
                "it has 8191 bytes, not 8192",
                () ->
                        memory.guarded(
                                "reading",
                                () -> {
                                    channel.truncate(2L * PAGE - 1);
                                    return PageScan.isZero(memory.segment(0), 0, 2L * PAGE);
                                }));
    }

    @Test
    void aCutInTheMiddleOfAPageIsSeenWhenItIsMadePresent() throws IOException {
        memory.ensurePresent(0, 2L * PAGE);
        channel.truncate(2L * PAGE - 1);
        assertCorrupt(
                "making present: the file was cut: it has 8191 bytes, not 8192",
                () -> memory.ensurePresent(0, 2L * PAGE));
    }

    @Test
    void codeThatFailsOverGarbageIsNotBelieved() {
        IllegalStateException misled = new IllegalStateException("bad magic");
        SnapshotException failure =
                assertThrows(
                        SnapshotException.class,
                        () ->
                                memory.runGuarded(
                                        "parsing",
                                        () -> {
                                            channel.truncate(0);
                                            throw misled;
                                        }));
        assertEquals(Kind.CORRUPT, failure.kind());
        assertSame(misled, failure.getCause());
    }

    @Test
    void aFileThatOnlyGrowsIsWhole() throws IOException {
        channel.write(ByteBuffer.allocate(PAGE), 2L * PAGE);
        assertEquals(1, memory.guarded("reading", () -> 1));
    }

    @Test
    void aFaultOfAWholeFileIsTheDevices() {
        InternalError fault = new InternalError("as the JVM throws it");
        SnapshotException failure =
                assertThrows(SnapshotException.class, () -> memory.runGuarded("x", thrower(fault)));
        assertEquals(Kind.SYSCALL, failure.kind());
        assertSame(fault, failure.getCause());
    }

    @Test
    void anErrorThatIsNoFaultPasses() {
        Error[] others = {
            new InternalError("another breakage", new IOException()),
            new AssertionError(),
            new StackOverflowError()
        };
        for (Error other : others) {
            assertSame(
                    other,
                    assertThrows(other.getClass(), () -> memory.runGuarded("x", thrower(other))));
        }
    }

    private static GuardedAction<RuntimeException> thrower(Error error) {
        return () -> {
            throw error;
        };
    }

    @Test
    void guardsNest() {
        SnapshotException outer =
                assertThrows(
                        SnapshotException.class,
                        () -> memory.guarded("outer", () -> memory.guarded("inner", this::cut)));
        assertEquals(Kind.CORRUPT, outer.kind());
        assertTrue(outer.toString().contains("outer: the file was cut"), outer::toString);
        assertTrue(String.valueOf(outer.getCause()).contains("inner: the file was cut"));
    }

    private long cut() throws IOException {
        return channel.truncate(PAGE).size();
    }

    @Test
    void closingUnderGuardedCodeIsAnIllegalState() {
        assertThrows(
                IllegalStateException.class,
                () -> memory.runGuarded("closing", () -> memory.close()));
    }
}
