package io.coldframe.snapshot;

import io.coldframe.Sha256;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.image.AtomicPair;
import io.coldframe.state.Architecture;
import io.coldframe.state.MemoryBinding;
import io.coldframe.state.StateEnvelope;
import io.coldframe.state.StatePeek;
import io.coldframe.state.VmInfo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// Makes a [PairDescription].
final class PairDescriber {

    private PairDescriber() {}

    static PairDescription describe(PairPaths pair) throws SnapshotException {
        if (Files.exists(pair.state()) && !Files.isRegularFile(pair.state())) {
            throw new SnapshotException(Kind.UNSUPPORTED, "not a regular file", pair.state());
        }
        StatePeek peek = StateEnvelope.peek(StateFile.behindLinks(pair.state()));
        StatePeek.Contents contents = peek.contents();
        // Counts are of what was found, so they mean something only where the machine was found.
        Optional<VmInfo> vmInfo = contents.vmInfo();
        Optional<MemoryBinding> memory = contents.memory();
        Path memoryFile = memoryFile(pair, memory.map(MemoryBinding::digest));
        return new PairDescription(
                pair.state(),
                peek.magic(),
                peek.magic().isPresent()
                        ? Architecture.ofMagic(peek.magic().getAsLong())
                        : Optional.empty(),
                peek.version(),
                vmInfo.isPresent() ? OptionalInt.of(contents.vcpuCount()) : OptionalInt.empty(),
                vmInfo.isPresent()
                        ? OptionalLong.of(vmInfo.get().memoryMib())
                        : OptionalLong.empty(),
                vmInfo.map(VmInfo::trackDirtyPages),
                vmInfo.isPresent() ? OptionalInt.of(contents.deviceCount()) : OptionalInt.empty(),
                vmInfo.map(_ -> contents.hasMetadataService()),
                memory.map(MemoryBinding::diff),
                memory.map(MemoryBinding::digest),
                memory.flatMap(MemoryBinding::base),
                memoryFile,
                byteCount(memoryFile),
                otherKept(pair, memoryFile),
                peek.checksumGood(),
                peek.fault().map(SnapshotException::getMessage));
    }

    /// Where [OpenPair] would find it.
    private static Path memoryFile(PairPaths pair, Optional<Sha256> digest)
            throws SnapshotException {
        if (digest.isPresent()) {
            Path aside = AtomicPair.kept(pair.memory(), digest.get());
            if (FileIdentity.of(aside).isPresent()) {
                return aside;
            }
        }
        return pair.memory();
    }

    private static List<Path> otherKept(PairPaths pair, Path memoryFile) {
        try {
            return AtomicPair.keptFiles(pair.memory()).stream()
                    .filter(kept -> !kept.equals(memoryFile))
                    .sorted()
                    .toList();
        } catch (SnapshotException unlisted) {
            // A directory may let its files be opened and not be listed.
            return List.of();
        }
    }

    private static OptionalLong byteCount(Path file) throws SnapshotException {
        try {
            return OptionalLong.of(Files.size(file));
        } catch (NoSuchFileException missing) {
            return OptionalLong.empty();
        } catch (IOException failure) {
            throw FileIdentity.unreadable(file, failure);
        }
    }
}
