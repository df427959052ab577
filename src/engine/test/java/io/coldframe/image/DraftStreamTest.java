package io.coldframe.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.coldframe.bindings.Abi;
import io.coldframe.bindings.Errno;
import io.coldframe.crash.Call;
import io.coldframe.crash.ForwardingFileCalls;
import io.coldframe.memory.PageSize;
import io.coldframe.os.FileCalls;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;

final class DraftStreamTest {

    private static final int UNIT_BYTES = 4096;

    @TempDir private Path folder;

    /// A device that takes whole units at first, and then wants longer ones.
    private static final class FussyDevice extends ForwardingFileCalls {
        private final Set<Integer> direct = new HashSet<>();
        private boolean isFussy;

        FussyDevice() {
            super(FileCalls.current());
        }

        @Override
        protected long around(Call call, LongSupplier make) {
            if (call.is("open") && (call.flags() & Abi.O_DIRECT) == Abi.O_DIRECT) {
                long fd = make.getAsLong();
                direct.add((int) fd);
                return fd;
            }
            return call.is("pwrite") && direct.contains(call.fd()) && isFussy
                    ? -Errno.EINVAL
                    : make.getAsLong();
        }
    }

    @Test
    void whatADeviceRefusesIsWrittenAnotherWayAndSaid() throws Exception {
        Path target = folder.resolve("layer");
        FussyDevice device = new FussyDevice();
        try (Arena arena = Arena.ofConfined();
                var _ = FileCalls.use(device);
                AtomicFile file = AtomicFile.create(target, OnExisting.REFUSE)) {
            MemorySegment unit = arena.allocate(UNIT_BYTES, UNIT_BYTES).fill((byte) 7);
            try (DraftStream stream =
                    DraftStream.open(file.draft(), Output.DIRECT, PageSize.KIB_4)) {
                assumeTrue(stream.output() == Output.DIRECT, "no O_DIRECT here: " + stream.why());
                stream.append(unit);
                assertEquals("asked for", stream.why());
                device.isFussy = true;
                stream.append(unit);
                assertEquals(Output.DIRECT, stream.output());
                assertTrue(stream.why().contains("4096 of 8192 bytes"), stream::why);
                stream.append(unit);
                assertEquals(Output.BUFFERED, stream.output());
                assertTrue(stream.why().contains("8192 of 12288 bytes"), stream::why);
            }
            file.commit();
        }
        byte[] written = Files.readAllBytes(target);
        assertEquals(3 * UNIT_BYTES, written.length);
        for (byte each : written) {
            assertEquals(7, each);
        }
    }
}
