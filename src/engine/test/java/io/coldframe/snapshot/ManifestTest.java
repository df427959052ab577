package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Message;

import io.coldframe.MutationProof;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.Soak;
import io.coldframe.UnknownFields;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestRegion;
import io.coldframe.memory.PageSize;
import io.coldframe.state.Architecture;
import io.coldframe.wire.ProtoJudge;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeSet;

/// What a manifest promises: the same bytes for the same manifest, which others can read, and not a
/// bit of which can change unseen.
final class ManifestTest {

    private static final String FILE = "some/manifest.bin";

    private final ProtoJudge judge = ProtoJudge.of("manifest.proto");
    private final long seed = new SplittableRandom().nextLong();
    private final SplittableRandom random = new SplittableRandom(seed);
    private final RandomManifests manifests = new RandomManifests(random);

    @Test
    void itIsReadAsItWasWritten() throws Exception {
        for (int i = 0; i < Soak.count(2_000, 200_000); i++) {
            Manifest manifest = manifests.next();
            byte[] bytes = manifest.encode();
            assertEquals(manifest, Manifest.decode(bytes, FILE), "seed " + seed);
            assertArrayEquals(bytes, Manifest.decode(bytes, FILE).encode(), "seed " + seed);
        }
    }

    @Test
    void anotherImplementationWritesTheSameBytes() throws Exception {
        for (int i = 0; i < Soak.count(1_000, 100_000); i++) {
            Manifest manifest = manifests.next();
            byte[] ours = manifest.encode();
            byte[] theirs = withoutCrc(manifest).toByteArray();
            assertArrayEquals(
                    theirs,
                    Arrays.copyOf(ours, ours.length - ManifestCodec.TRAILER_BYTES),
                    "seed " + seed);
            Message read = judge.parse("Manifest", ours);
            assertEquals(
                    manifest.vcpuCount(),
                    read.getField(read.getDescriptorForType().findFieldByName("vp_count")));
        }
    }

    private Message withoutCrc(Manifest manifest) {
        return draft(manifest).build();
    }

    private ProtoJudge.Draft draft(Manifest manifest) {
        Instant time = manifest.createdAt();
        long seconds = time.getEpochSecond();
        int nanos = time.getNano();
        ProtoJudge.Draft draft =
                judge.message("Manifest")
                        .set("version", version(manifest))
                        .set(
                                "created_at",
                                judge.message("Timestamp")
                                        .set("seconds", seconds)
                                        .set("nanos", nanos)
                                        .build())
                        .set("openvmm_version", manifest.tool())
                        .set("memory_size_bytes", manifest.memory().byteCount())
                        .set("vp_count", manifest.vcpuCount())
                        .set("page_size", manifest.memory().pageSize().bytes())
                        .set("architecture", manifest.architecture().text())
                        .set("id", ManifestParts.bytes(manifest.id()))
                        .set("kind", manifest.kind().code())
                        .set("generation", manifest.generation());
        if (manifest.parent().isPresent()) {
            draft.set(
                    "parent",
                    judge.message("Parent")
                            .set("id", ManifestParts.bytes(manifest.parent().get().id()))
                            .set("name", manifest.parent().get().name())
                            .build());
        }
        addParts(manifest, draft);
        return draft.unknown(manifest.unknown());
    }

    private static int version(Manifest manifest) {
        return switch (manifest.kind()) {
            case FULL -> 1;
            case DIFF -> 1001;
            case LAYER -> 1002;
        };
    }

    private Message memory(Manifest.MemoryPart memory) {
        ProtoJudge.Draft draft =
                judge.message("Memory")
                        .set("written_page_count", memory.writtenPageCount())
                        .set("sums_byte_count", memory.sumsByteCount())
                        .set("sums_sha256", memory.sumsDigest().bytes());
        memory.layerId().ifPresent(id -> draft.set("layer_id", ManifestParts.bytes(id)));
        memory.baseId().ifPresent(id -> draft.set("base_id", ManifestParts.bytes(id)));
        return draft.build();
    }

    private void addParts(Manifest manifest, ProtoJudge.Draft draft) {
        draft.set(
                "state",
                judge.message("State")
                        .set("format", manifest.state().format().code())
                        .set("byte_count", manifest.state().byteCount())
                        .set("sha256", manifest.state().digest().bytes())
                        .build());
        draft.set("memory", memory(manifest.memory()));
        for (GuestRegion region : manifest.memory().layout().regions()) {
            draft.add(
                    "regions",
                    judge.message("Region")
                            .set("guest_address", region.guestAddress())
                            .set("byte_count", region.byteCount())
                            .build());
        }
        draft.set("host", host(manifest.host()));
        manifest.labels()
                .forEach(
                        (key, value) ->
                                draft.add(
                                        "labels",
                                        judge.message("Label")
                                                .set("key", key)
                                                .set("value", value)
                                                .build()));
    }

    private Message host(HostDescription host) {
        ProtoJudge.Draft draft =
                judge.message("Host")
                        .set("operating_system", host.operatingSystem())
                        .set("architecture", host.architecture())
                        .set("cpu_vendor", host.cpuVendor())
                        .set("cpu_name", host.cpuName())
                        .set("cpu_family", host.cpuFamily())
                        .set("cpu_model", host.cpuModel())
                        .set("cpu_stepping", host.cpuStepping())
                        .set("kernel", host.kernel())
                        .set("page_size", host.pageSize().bytes())
                        .set("hypervisor", host.hypervisor());
        host.cpuFeatures().forEach(feature -> draft.add("cpu_features", feature));
        return draft.build();
    }

    @Test
    void everyBitThatFlipsIsFound() throws Exception {
        for (int round = 0; round < Soak.count(3, 20); round++) {
            byte[] bytes = manifests.next().encode();
            for (int bit = 0; bit < 8 * bytes.length; bit++) {
                byte[] flipped = bytes.clone();
                flipped[bit / 8] ^= (byte) (1 << bit % 8);
                assertCorrupt(flipped, "bit " + bit);
            }
        }
    }

    @Test
    void everyTruncationIsFound() throws Exception {
        for (int round = 0; round < Soak.count(10, 100); round++) {
            byte[] bytes = manifests.next().encode();
            for (int length = 0; length < bytes.length; length++) {
                assertCorrupt(Arrays.copyOf(bytes, length), "length " + length);
            }
            assertCorrupt(Arrays.copyOf(bytes, bytes.length + 1), "one byte more");
        }
    }

    private void assertCorrupt(byte[] bytes, String what) {
        String message = what + ", seed " + seed;
        var failure =
                assertThrows(SnapshotException.class, () -> Manifest.decode(bytes, FILE), message);
        assertEquals(Kind.CORRUPT, failure.kind(), message);
        assertTrue(failure.toString().contains(FILE), failure.toString());
    }

    /// Behind a right sum anything may stand: whoever can write the file can sum it.
    @Test
    void noInputBreaksTheReader() throws Exception {
        MutationProof.run(ManifestMutations.class, Soak.count(200_000, 1_000_000));
    }

    private static byte[] sealed(byte[] fields) {
        return ManifestMutations.seal(
                Arrays.copyOf(fields, fields.length + ManifestCodec.TRAILER_BYTES));
    }

    @Test
    void whatALaterReleaseWroteIsKept() throws Exception {
        Manifest manifest = manifests.next();
        UnknownFields.Builder later = new UnknownFields.Builder();
        later.varint(110, 7).bytes(300, new byte[] {1, 2}, 0, 2);
        byte[] known = manifest.encode();
        ByteArrayOutputStream fields = new ByteArrayOutputStream();
        fields.write(known, 0, known.length - ManifestCodec.TRAILER_BYTES);
        fields.writeBytes(later.build().encoded().bytes());
        byte[] bytes = sealed(fields.toByteArray());
        assertArrayEquals(bytes, Manifest.decode(bytes, FILE).encode());
    }

    @Test
    void anotherVersionOrArchitectureIsUnsupportedAndNamed() throws Exception {
        Manifest manifest = manifests.next();
        byte[] version2 = withField("version", 2, manifest);
        var failure = assertThrows(SnapshotException.class, () -> Manifest.decode(version2, FILE));
        assertEquals(Kind.UNSUPPORTED, failure.kind());
        assertTrue(failure.toString().contains("version 2"), failure.toString());

        byte[] riscv = withField("architecture", "riscv64", manifest);
        failure = assertThrows(SnapshotException.class, () -> Manifest.decode(riscv, FILE));
        assertEquals(Kind.UNSUPPORTED, failure.kind());
        assertTrue(failure.toString().contains("riscv64"), failure.toString());

        UnknownFields kind = new UnknownFields.Builder().varint(101, 9).build();
        byte[] kind9 = sealed(draft(manifest).set("kind", 0).unknown(kind).build().toByteArray());
        failure = assertThrows(SnapshotException.class, () -> Manifest.decode(kind9, FILE));
        assertEquals(Kind.UNSUPPORTED, failure.kind());
    }

    @Test
    void whatContradictsItselfIsCorrupt() throws Exception {
        Manifest manifest = manifests.next();
        for (byte[] bytes :
                new byte[][] {
                    withField("memory_size_bytes", manifest.memory().byteCount() + 4096, manifest),
                    withField("generation", manifest.generation() == 0 ? 1 : 0, manifest),
                    withField("page_size", 4095, manifest),
                    withField("id", new byte[15], manifest),
                    withField("version", version(manifest) == 1 ? 1001 : 1, manifest),
                    sealed(new byte[0]),
                }) {
            assertCorrupt(bytes, "contradiction");
        }
    }

    private byte[] withField(String name, Object value, Manifest manifest) {
        return sealed(draft(manifest).set(name, value).build().toByteArray());
    }

    @Test
    void nothingIsStoredThatCanNotBeReadBack() {
        GuestLayout layout = GuestLayout.of(4096);
        for (int region = 1; region < Manifest.REGION_COUNT_MAX; region++) {
            layout = layout.then(2L * region * 4096, 4096);
        }
        GuestLayout most = layout;
        StateSource state = Guests.opaque("");
        SnapshotRequest.adopting("x", Optional.empty(), most, state);
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        SnapshotRequest.adopting(
                                "x", Optional.empty(), most.then(1L << 40, 4096), state));
        SortedSet<String> features = new TreeSet<>();
        for (int feature = 0; feature <= HostDescription.FEATURE_COUNT_MAX; feature++) {
            features.add("f" + feature);
        }
        CpuInfo cpu = new CpuInfo("", "", 0, 0, 0, features);
        assertThrows(
                IllegalArgumentException.class,
                () -> HostDescription.of(cpu, "", "", "", PageSize.KIB_4, ""));
    }

    /// As it is in front of us in a directory of theirs.
    @Test
    void openVmmReadsItsFields() throws Exception {
        Manifest manifest = manifests.next();
        OpenVmmManifest theirs = OpenVmmManifest.decode(manifest.encode(), FILE);
        assertEquals(version(manifest), theirs.version());
        assertEquals(manifest.createdAt(), theirs.createdAt());
        assertEquals(manifest.tool(), theirs.openvmmVersion());
        assertEquals(manifest.memory().byteCount(), theirs.memorySizeBytes());
        assertEquals(manifest.vcpuCount(), theirs.vpCount());
        assertEquals(manifest.memory().pageSize().bytes(), theirs.pageSize());
        assertEquals(
                manifest.architecture(), Architecture.named(theirs.architecture()).orElseThrow());
    }
}
