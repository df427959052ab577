package io.coldframe.bindings;

import static io.coldframe.bindings.Calls.ok;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import org.junit.jupiter.api.Test;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntSupplier;

final class ErrnoTest {

    @Test
    void everyConstantHasItsNameAndAText() throws IllegalAccessException {
        for (Field constant : constants()) {
            int errno = constant.getInt(null);
            assertTrue(errno > 0, constant::getName);
            assertEquals(constant.getName(), Errno.name(errno));
            assertTrue(Errno.text(errno).startsWith(constant.getName() + " ("), constant::getName);
        }
    }

    /// The names that the C library itself has for the numbers.
    @Test
    void theCLibraryHasTheSameNames() throws Throwable {
        Linker linker = Linker.nativeLinker();
        assumeFalse(Platform.current().isMacos(), "macOS: its C library names no errno");
        MemorySegment address = linker.defaultLookup().find("strerrorname_np").orElseThrow();
        MethodHandle nameOf =
                linker.downcallHandle(
                        address, FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
        for (Field constant : constants()) {
            MemorySegment name = (MemorySegment) nameOf.invokeExact(constant.getInt(null));
            assertEquals(constant.getName(), name.reinterpret(64).getString(0));
        }
    }

    @Test
    void aNumberWithoutANameIsShownAsIs() {
        assertEquals("errno 4095", Errno.name(4095));
        assertEquals("errno 4095", Errno.text(4095));
        assertEquals("ENOENT (no such file or directory)", Errno.text(Errno.ENOENT));
    }

    @Test
    void threadsThatFailAtTheSameTimeEachSeeTheirOwnErrno() throws Exception {
        int calls = 20_000;
        int socket = ok(UnixSockets.socket(UnixSockets.STREAM));
        Path none = Path.of("/no/such/file");
        List<IntSupplier> failures =
                List.of(
                        () -> Libc.close(-1),
                        () -> Libc.open(none, Abi.O_RDONLY, 0),
                        () -> (int) Libc.lseek(socket, 0, Abi.SEEK_SET),
                        () -> Libc.ftruncate(socket, 0));
        List<Integer> expected = List.of(-Errno.EBADF, -Errno.ENOENT, -Errno.ESPIPE, -Errno.EINVAL);
        CyclicBarrier start = new CyclicBarrier(failures.size());
        try (ExecutorService threads = Executors.newFixedThreadPool(failures.size())) {
            List<Future<Integer>> wrong = new ArrayList<>();
            for (int at = 0; at < failures.size(); at++) {
                IntSupplier failure = failures.get(at);
                int errno = expected.get(at);
                wrong.add(
                        threads.submit(
                                () -> {
                                    start.await();
                                    int strangers = 0;
                                    for (int call = 0; call < calls; call++) {
                                        strangers += failure.getAsInt() == errno ? 0 : 1;
                                    }
                                    return strangers;
                                }));
            }
            for (Future<Integer> strangers : wrong) {
                assertEquals(0, strangers.get(), "calls that saw another's errno");
            }
        }
        ok(Libc.close(socket));
    }

    private static List<Field> constants() {
        List<Field> constants =
                List.of(Errno.class.getFields()).stream()
                        .filter(field -> field.getType() == int.class)
                        .toList();
        assertTrue(constants.size() > 50, () -> "constants: " + constants.size());
        return constants;
    }
}
