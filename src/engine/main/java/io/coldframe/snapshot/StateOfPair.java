package io.coldframe.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.ImageSums;
import io.coldframe.memory.GuestLayout;
import io.coldframe.state.MemoryBinding;
import io.coldframe.state.StateEnvelope;

import java.nio.file.Path;

/// The state file of a pair, whose parts agree with each other.
///
/// @param path of the file
/// @param envelope all of it
/// @param binding which memory belongs to it
/// @param sums of that memory
record StateOfPair(Path path, StateEnvelope envelope, MemoryBinding binding, ImageSums sums) {

    /// Refuses what is no state of a pair.
    static StateOfPair decode(byte[] bytes, Path path) throws SnapshotException {
        StateEnvelope envelope = StateEnvelope.decode(bytes, path);
        if (envelope.memory().isEmpty()) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED, Reason.MISMATCH, "the state names no memory", path);
        }
        MemoryBinding binding = envelope.memory().get();
        ImageSums sums =
                ImageSums.decode(binding.encodedSums().segment(), path + ", sums of the memory");
        StateOfPair state = new StateOfPair(path, envelope, binding, sums);
        state.requireAgreement();
        return state;
    }

    private void requireAgreement() throws SnapshotException {
        requireEqual("digest of the memory", binding.digest(), sums.digest());
        requireEqual("length of the memory", binding.byteCount(), sums.byteCount());
        requireEqual("diff", binding.diff(), sums.kind() == ImageSums.Kind.DIFF);
        long machineByteCount = envelope.state().vmInfo().memoryByteCount();
        requireEqual("memory of the machine", machineByteCount, sums.byteCount());
    }

    private void requireEqual(String what, Object stated, Object found) throws SnapshotException {
        if (!stated.equals(found)) {
            throw new SnapshotException(
                    Kind.CORRUPT,
                    Reason.MISMATCH,
                    "%s: the state says %s, its sums say %s".formatted(what, stated, found),
                    path);
        }
    }

    /// The memory as one region, which the state of a pair knows nothing else about.
    GuestLayout layout() {
        return GuestLayout.of(sums.byteCount());
    }

    boolean isDiff() {
        return binding.diff();
    }
}
