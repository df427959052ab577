package io.coldframe.wrenn;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.AtomicPair;
import io.coldframe.image.OnExisting;
import io.coldframe.layer.LayerOptions;
import io.coldframe.layer.LayerSource;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/// Makes a generation of Wrenn's out of a memory file: a compact file with what is new, and a
/// header that maps the whole memory.
///
/// ```java
/// Path compact = directory.resolve(WrennFiles.compactName(id));
/// Wrenn.processMemfile(raw, compact, directory.resolve(WrennFiles.HEADER), id);
/// ```
/// ```
///  memory    | a | 0 | b | b |        a and b are stored, zeros are not
///  compact   | a | b | b |
///  header    a → 0,  zero,  b b → 1
/// ```
///
/// Two things are not as Wrenn does them. A block is stored if its content differs from what the
/// parent has there, whether it was written or not; and a block that has become zero is zero, where
/// Wrenn takes it for unchanged and brings the parent's bytes back.
///
/// The header is the commit point: it and the compact file appear together, also after a power cut.
/// A crash between the two leaves a compact file that no header names.
///
/// **Threads.** Any, for everything.
public final class Wrenn {

    private Wrenn() {}

    /// Makes a first generation.
    ///
    /// @param memfile the memory, raw; holes are zeros
    /// @param diff the compact file to be, `memfile.<build id>` by custom
    /// @param header the header to be, in the same directory
    /// @param buildId of the generation
    /// @return what was written
    /// @throws SnapshotException of kind `CONFLICT` if one of the files is there already
    public static WrennReport processMemfile(Path memfile, Path diff, Path header, UUID buildId)
            throws SnapshotException {
        return processMemfile(
                memfile, diff, header, buildId, OnExisting.REFUSE, LayerOptions.DEFAULT);
    }

    /// As the other, as the options say.
    ///
    /// @param memfile the memory, raw; holes are zeros
    /// @param diff the compact file to be, `memfile.<build id>` by custom
    /// @param header the header to be, in the same directory
    /// @param buildId of the generation
    /// @param onExisting what to do about a header that is there; a compact file that this header
    ///     names is never replaced
    /// @param options how to write
    /// @return what was written
    /// @throws SnapshotException of kind `CONFLICT` if one of the files is there and may not be
    ///     replaced
    /// @throws java.util.concurrent.CancellationException if the listener wanted that
    public static WrennReport processMemfile(
            Path memfile,
            Path diff,
            Path header,
            UUID buildId,
            OnExisting onExisting,
            LayerOptions options)
            throws SnapshotException {
        try (LayerSource source = LayerSource.file(memfile)) {
            WrennPacker packer = WrennPacker.of(source, options);
            return commit(packer, diff, header, buildId, onExisting);
        }
    }

    /// Makes the generation after another one, whose compact files lie where Wrenn or e2b put them.
    ///
    /// @param memfile the memory, raw and all of it; holes are zeros
    /// @param diff the compact file to be, `memfile.<build id>` by custom
    /// @param header the header to be, in the same directory
    /// @param parentHeader the header of the parent
    /// @param buildId of the generation
    /// @return what was written
    /// @throws SnapshotException of kind `CONFLICT` if one of the files is there already; of reason
    ///     `INCOMPATIBLE` if the memory has another length than the parent's; otherwise as
    ///     [WrennChain#open(Path)]
    public static WrennReport processMemfileWithParent(
            Path memfile, Path diff, Path header, Path parentHeader, UUID buildId)
            throws SnapshotException {
        try (WrennChain parent = WrennChain.open(parentHeader)) {
            return processMemfileWithParent(
                    memfile,
                    diff,
                    header,
                    parent,
                    buildId,
                    OnExisting.REFUSE,
                    LayerOptions.DEFAULT);
        }
    }

    /// As the other, with a parent that is open, as the options say.
    ///
    /// @param memfile the memory, raw and all of it; holes are zeros
    /// @param diff the compact file to be, `memfile.<build id>` by custom
    /// @param header the header to be, in the same directory
    /// @param parent what it is compared with, byte by byte
    /// @param buildId of the generation
    /// @param onExisting what to do about a header that is there; a compact file that this header
    ///     names is never replaced
    /// @param options how to write, but for the block size, which is the parent's
    /// @return what was written
    /// @throws SnapshotException of kind `CONFLICT` if one of the files is there and may not be
    ///     replaced; of reason `INCOMPATIBLE` if the memory has another length than the parent's
    /// @throws java.util.concurrent.CancellationException if the listener wanted that
    public static WrennReport processMemfileWithParent(
            Path memfile,
            Path diff,
            Path header,
            WrennChain parent,
            UUID buildId,
            OnExisting onExisting,
            LayerOptions options)
            throws SnapshotException {
        try (LayerSource source = LayerSource.file(memfile)) {
            if (source.byteCount() != parent.byteCount()) {
                throw new SnapshotException(
                        Kind.UNSUPPORTED,
                        Reason.INCOMPATIBLE,
                        "%d bytes, and the parent %s has %d"
                                .formatted(
                                        source.byteCount(),
                                        parent.header().buildId(),
                                        parent.byteCount()),
                        memfile);
            }
            WrennPacker packer = WrennPacker.of(source, options).over(WrennParent.of(parent));
            return commit(packer, diff, header, buildId, onExisting);
        }
    }

    private static WrennReport commit(
            WrennPacker packer, Path diff, Path header, UUID buildId, OnExisting onExisting)
            throws SnapshotException {
        try (AtomicPair pair = AtomicPair.create(header, diff, onExisting)) {
            requireUnnamed(diff, header, buildId);
            try (WrennPacked packed = packer.write(buildId, pair.memory())) {
                pair.commit(packed.header().encoded(), Optional.empty());
                return packed.report();
            }
        }
    }

    /// Refuses to replace a compact file under a header that needs it: a crash between the two
    /// would leave the old header with the new file.
    private static void requireUnnamed(Path diff, Path header, UUID buildId)
            throws SnapshotException {
        if (!Files.exists(diff, LinkOption.NOFOLLOW_LINKS)
                || !Files.exists(header, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (WrennHeader found = WrennHeader.read(header)) {
            if (found.buildId().equals(buildId) || found.builds().contains(buildId)) {
                throw new SnapshotException(
                        Kind.CONFLICT,
                        Reason.EXISTS,
                        "the header there names build %s: give the new generation another id"
                                .formatted(buildId),
                        diff);
            }
        } catch (SnapshotException failure) {
            // A header that nobody can read needs nothing.
            if (failure.kind() != Kind.CORRUPT) {
                throw failure;
            }
        }
    }
}
