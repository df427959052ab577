package io.coldframe.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.os.FileCalls;
import io.coldframe.os.ReadFile;
import io.coldframe.state.Architecture;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/// Firecracker's machine state, as Wrenn keeps it beside the memory: bytes that nobody here reads,
/// but for the number at their beginning, which says what machine it is.
final class SnapFile {

    /// What Wrenn calls it.
    static final String NAME = "snapfile";

    private static final ValueLayout.OfLong U64 =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private SnapFile() {}

    /// The state in a file; of a file that is not there, no state.
    ///
    /// @param arena owns its bytes
    static StateSource read(Path file, Arena arena) throws SnapshotException {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return StateSource.none(hostArchitecture(), 0);
        }
        try (ReadFile opened = ReadFile.open(FileCalls.current(), file)) {
            if (opened.byteCount() > StateSource.OPAQUE_BYTE_COUNT_MAX) {
                throw new SnapshotException(
                        Kind.UNSUPPORTED,
                        Reason.TOO_LARGE,
                        "%d bytes of state, of at most %d"
                                .formatted(opened.byteCount(), StateSource.OPAQUE_BYTE_COUNT_MAX),
                        file);
            }
            MemorySegment bytes = arena.allocate(opened.byteCount());
            opened.read(0, bytes);
            return StateSource.opaque(bytes, architecture(bytes), 0);
        }
    }

    /// What a state begins with; where it does not say, that of this host.
    private static Architecture architecture(MemorySegment bytes) throws SnapshotException {
        return bytes.byteSize() < Long.BYTES
                ? hostArchitecture()
                : Architecture.ofMagic(bytes.get(U64, 0)).orElse(hostArchitecture());
    }

    private static Architecture hostArchitecture() throws SnapshotException {
        String name = HostDescription.current().architecture();
        return Architecture.named(name)
                .orElseThrow(
                        () ->
                                new SnapshotException(
                                        Kind.UNSUPPORTED,
                                        Reason.INCOMPATIBLE,
                                        "no architecture that this knows",
                                        name));
    }
}
