package io.coldframe.bindings.linux;

import io.coldframe.bindings.Abi;
import io.coldframe.bindings.NativeMemory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// What a descriptor shares with the kernel, mapped for reading and writing.
final class Mapping {

    /// The kernel did not map it. It never leaves this package: whoever maps makes a reason of it.
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        private final int errno;

        Refused(int errno) {
            super("mmap: errno " + errno);
            this.errno = errno;
        }

        int errno() {
            return errno;
        }
    }

    private Mapping() {}

    /// A mapping that goes with `arena`, which nobody else may close meanwhile.
    static MemorySegment of(int fd, long offset, long byteCount, Arena arena) throws Refused {
        int protection = Abi.PROT_READ | Abi.PROT_WRITE;
        long address = NativeMemory.mmap(0, byteCount, protection, Abi.MAP_SHARED, fd, offset);
        if (address < 0) {
            throw new Refused((int) -address);
        }
        return NativeMemory.segment(
                address,
                byteCount,
                arena,
                () -> {
                    // Of a range that was mapped, munmap can't fail.
                    int unmapped = NativeMemory.munmap(address, byteCount);
                    assert unmapped == 0 : unmapped;
                });
    }
}
