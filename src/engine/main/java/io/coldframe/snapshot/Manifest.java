package io.coldframe.snapshot;

import io.coldframe.Sha256;
import io.coldframe.SnapshotException;
import io.coldframe.UnknownFields;
import io.coldframe.image.ImageSums;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.PageSize;
import io.coldframe.state.Architecture;

import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

/// What a snapshot is: the commit record of its directory, and the root of trust of its every byte.
///
/// ```
///  manifest.bin ── length, SHA-256 ──▶ state.bin
///       │
///       └───────── length, SHA-256 ──▶ memory.sums ── CRC-32C of each block ──▶ memory.bin
///                                or memory.index ── SHA-256 of its sums ──▶ each layer
/// ```
///
/// It is a protobuf message: OpenVMM's fields 1 to 7, so that its reader reads ours, and our own
/// from 100 up, as `docs/manifest.proto` lists them. The last field is the CRC-32C of all bytes
/// before it.
///
/// **Threads.** Immutable.
///
/// @param id a UUID of version 7: it begins with the millisecond at which it was given, by the
///     clock of that host; of one millisecond the order is chance
/// @param createdAt when the snapshot was asked for
/// @param architecture of the guest
/// @param vcpuCount how many virtual processors it has
/// @param parent what a diff lies on, or a layer was captured after; empty for a full snapshot, and
///     for the first of a line of layers
/// @param generation how many parents it had, one above the other; 0 for one without
/// @param state the machine state beside it
/// @param memory the memory beside it
/// @param host what the snapshot was made on
/// @param labels what its maker wants to remember, for people and scripts
/// @param unknown what a later release stored besides
public record Manifest(
        UUID id,
        Instant createdAt,
        Architecture architecture,
        int vcpuCount,
        Optional<Parent> parent,
        int generation,
        StatePart state,
        MemoryPart memory,
        HostDescription host,
        SortedMap<String, String> labels,
        UnknownFields unknown) {

    /// The most bytes that a manifest has. Its longest parts are labels and regions, a few dozen
    /// bytes each.
    public static final int BYTE_COUNT_MAX = 1 << 20;

    /// The most snapshots that a diff can lie on. Each costs a restore an open file or two, of
    /// which a process has 1,024 where nobody asked for more. A layer has no such limit: how many
    /// it reads is bounded by compaction, and not by where it stands in its line.
    public static final int GENERATION_MAX = 255;

    // An index is read into one piece of memory.
    static final long LAYER_INDEX_BYTES_MAX = 1L << 40;

    // Guests have a region for each gap in their addresses: a handful. Their layout is checked in
    // the square of the count.
    static final int REGION_COUNT_MAX = 1024;

    static final int LABEL_COUNT_MAX = 64;
    static final int LABEL_KEY_LENGTH_MAX = 128;
    static final int LABEL_VALUE_LENGTH_MAX = 4096;

    /// What the memory file holds.
    public enum Kind {
        /// Every page.
        FULL(1),
        /// What was written since the parent.
        DIFF(2),
        /// What is not as it is in the parent, packed, beside a map of the whole address space.
        LAYER(3);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        /// The kind that a number in a file stands for, if this release knows it.
        static Optional<Kind> ofCode(int code) {
            return Stream.of(values()).filter(kind -> kind.code == code).findFirst();
        }

        /// The number that stands for it in a file.
        int code() {
            return code;
        }
    }

    /// What a diff lies on.
    ///
    /// @param id the parent's id, which decides
    /// @param name what the parent was called, which helps to find it
    public record Parent(UUID id, String name) {}

    /// How the machine state is encoded.
    public enum StateFormat {
        /// As [io.coldframe.state.StateEnvelope] says.
        COLDFRAME(1),
        /// As whoever made it knows.
        OPAQUE(2);

        private final int code;

        StateFormat(int code) {
            this.code = code;
        }

        /// The number that stands for it in a file.
        int code() {
            return code;
        }
    }

    /// The machine state.
    ///
    /// @param format how it is encoded
    /// @param byteCount the length of the file
    /// @param digest of the whole file
    public record StatePart(StateFormat format, long byteCount, Sha256 digest) {

        /// Refuses a length that no state has.
        public StatePart {
            if (byteCount < 0 || byteCount > StateSource.OPAQUE_BYTE_COUNT_MAX) {
                throw new IllegalArgumentException("a state of " + byteCount + " bytes");
            }
        }
    }

    /// The memory.
    ///
    /// @param kind what the memory file holds
    /// @param layout where the guest's regions are
    /// @param pageSize the unit in which the file was written: the block of a layer
    /// @param writtenPageCount how many pages the file holds; of a full one all that it has
    /// @param sumsByteCount the length of the file of sums, or of the index
    /// @param sumsDigest of the whole file of sums, or of the index
    /// @param layerId which layer lies beside the index; empty for images, and where compaction has
    ///     left nothing to lie there
    /// @param baseId the image snapshot that the index shows where it says *parent*; empty for
    ///     images, and for layers that read layers only
    public record MemoryPart(
            Kind kind,
            GuestLayout layout,
            PageSize pageSize,
            long writtenPageCount,
            long sumsByteCount,
            Sha256 sumsDigest,
            Optional<UUID> layerId,
            Optional<UUID> baseId) {

        /// Refuses counts that no memory has.
        public MemoryPart {
            requireRegions(layout);
            long pageCount = pageSize.pageCount(layout.byteCount());
            if (writtenPageCount < 0 || writtenPageCount > pageCount) {
                throw new IllegalArgumentException(
                        writtenPageCount + " pages written of " + pageCount);
            }
            long sumsByteCountMax =
                    kind == Kind.LAYER
                            ? LAYER_INDEX_BYTES_MAX
                            : Math.min(
                                    ImageSums.ENCODED_BYTES_MAX,
                                    ImageSums.encodedByteCountMax(layout.byteCount(), pageSize));
            if (sumsByteCount < 0 || sumsByteCount > sumsByteCountMax) {
                throw new IllegalArgumentException(
                        "sums of %d bytes, of at most %d for %s in pages of %s"
                                .formatted(sumsByteCount, sumsByteCountMax, layout, pageSize));
            }
            boolean hasIds = layerId.isPresent() || baseId.isPresent();
            if (kind != Kind.LAYER && hasIds) {
                throw new IllegalArgumentException(
                        "an image with layer %s and base %s".formatted(layerId, baseId));
            }
            if (kind == Kind.LAYER && layerId.isEmpty() && writtenPageCount > 0) {
                throw new IllegalArgumentException(
                        writtenPageCount + " blocks stored, and no layer that holds them");
            }
        }

        /// {@return the memory of an image}
        ///
        /// @param layout where the guest's regions are
        /// @param sums what the image holds
        static MemoryPart of(GuestLayout layout, ImageSums sums) {
            return new MemoryPart(
                    sums.kind() == ImageSums.Kind.FULL ? Kind.FULL : Kind.DIFF,
                    layout,
                    sums.pageSize(),
                    sums.writtenPages(),
                    sums.encoded().byteSize(),
                    sums.digest(),
                    Optional.empty(),
                    Optional.empty());
        }

        /// {@return the length of the guest's memory, and of the file of an image}
        public long byteCount() {
            return layout.byteCount();
        }

        /// {@return how much guest memory was written into the file}
        public long writtenByteCount() {
            // The last page may be a short one, which ends beyond all numbers when it is whole.
            return writtenPageCount > byteCount() >> pageSize.shift()
                    ? byteCount()
                    : pageSize.bytes(writtenPageCount);
        }
    }

    /// Refuses what contradicts itself.
    public Manifest {
        if (vcpuCount < 0) {
            throw new IllegalArgumentException("vcpuCount is negative: " + vcpuCount);
        }
        requireLine(memory.kind(), generation, parent.isPresent());
        if (parent.isPresent() && parent.get().id().equals(id)) {
            throw new IllegalArgumentException("its own parent: " + id);
        }
        if (memory.baseId().isPresent() && memory.baseId().get().equals(id)) {
            throw new IllegalArgumentException("its own base: " + id);
        }
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
        requireLabels(labels);
    }

    private static void requireLine(Kind kind, int generation, boolean hasParent) {
        int generationMax = kind == Kind.LAYER ? Integer.MAX_VALUE : GENERATION_MAX;
        if (generation < 0 || generation > generationMax) {
            throw new IllegalArgumentException(
                    "generation " + generation + " is not 0 to " + generationMax);
        }
        boolean needsParent = kind == Kind.LAYER ? generation > 0 : kind == Kind.DIFF;
        if (hasParent != generation > 0 || hasParent != needsParent) {
            throw new IllegalArgumentException(
                    "%s of generation %d %s a parent"
                            .formatted(kind, generation, hasParent ? "with" : "without"));
        }
    }

    static void requireRegions(GuestLayout layout) {
        if (layout.regions().size() > REGION_COUNT_MAX) {
            throw new IllegalArgumentException(
                    layout.regions().size() + " regions, of at most " + REGION_COUNT_MAX);
        }
    }

    static void requireLabels(SortedMap<String, String> labels) {
        if (labels.size() > LABEL_COUNT_MAX) {
            throw new IllegalArgumentException(
                    labels.size() + " labels, of at most " + LABEL_COUNT_MAX);
        }
        labels.forEach(
                (key, value) -> {
                    if (key.isEmpty()
                            || key.length() > LABEL_KEY_LENGTH_MAX
                            || value.length() > LABEL_VALUE_LENGTH_MAX) {
                        throw new IllegalArgumentException(
                                "a label of %d and %d characters, of 1 to %d and at most %d"
                                        .formatted(
                                                key.length(),
                                                value.length(),
                                                LABEL_KEY_LENGTH_MAX,
                                                LABEL_VALUE_LENGTH_MAX));
                    }
                });
    }

    /// {@return what the memory file holds}
    public Kind kind() {
        return memory.kind();
    }

    /// {@return who wrote this, as `coldframe 0.1.0`}
    public String tool() {
        return host.tool();
    }

    /// {@return the bytes of `manifest.bin`}
    ///
    /// @throws SnapshotException of kind `UNSUPPORTED` if they were more than
    ///     [#BYTE_COUNT_MAX]
    public byte[] encode() throws SnapshotException {
        return ManifestCodec.encode(this);
    }

    /// {@return what the bytes of a `manifest.bin` of ours say}
    ///
    /// @param bytes all of them
    /// @param resource the file, for the message
    /// @throws SnapshotException of kind `CORRUPT` if a single bit of them is not as it was
    ///     written, and `UNSUPPORTED` if a later release wrote what this one can't read
    public static Manifest decode(byte[] bytes, Object resource) throws SnapshotException {
        return ManifestCodec.decode(bytes, resource);
    }
}
