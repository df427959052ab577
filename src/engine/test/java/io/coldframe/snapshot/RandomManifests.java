package io.coldframe.snapshot;

import io.coldframe.Sha256;
import io.coldframe.UnknownFields;
import io.coldframe.image.ImageSums;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.PageSize;
import io.coldframe.snapshot.Manifest.Kind;
import io.coldframe.snapshot.Manifest.MemoryPart;
import io.coldframe.snapshot.Manifest.Parent;
import io.coldframe.snapshot.Manifest.StateFormat;
import io.coldframe.snapshot.Manifest.StatePart;
import io.coldframe.state.Architecture;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.random.RandomGenerator;

/// Manifests of every shape.
final class RandomManifests {

    private static final List<PageSize> PAGE_SIZES =
            List.of(PageSize.KIB_4, PageSize.KIB_16, PageSize.KIB_64, PageSize.MIB_2);

    private static final List<Kind> KINDS = List.of(Kind.values());

    private final RandomGenerator random;

    RandomManifests(RandomGenerator random) {
        this.random = random;
    }

    Manifest next() {
        Kind kind = KINDS.get(random.nextInt(KINDS.size()));
        boolean hasParent = kind == Kind.LAYER ? random.nextBoolean() : kind == Kind.DIFF;
        int generationMax = kind == Kind.LAYER ? Integer.MAX_VALUE - 1 : Manifest.GENERATION_MAX;
        return new Manifest(
                id(),
                Instant.ofEpochSecond(
                        random.nextLong(-10_000_000_000L, 10_000_000_000L),
                        rarely() ? 0 : random.nextInt(1_000_000_000)),
                random.nextBoolean() ? Architecture.AARCH64 : Architecture.X86_64,
                random.nextInt(33),
                hasParent ? Optional.of(new Parent(id(), text())) : Optional.empty(),
                hasParent ? random.nextInt(1, generationMax + 1) : 0,
                new StatePart(
                        random.nextBoolean() ? StateFormat.COLDFRAME : StateFormat.OPAQUE,
                        rarely() ? 0 : random.nextLong(StateSource.OPAQUE_BYTE_COUNT_MAX + 1),
                        digest()),
                memory(kind),
                host(),
                labels(),
                unknown());
    }

    private boolean rarely() {
        return random.nextInt(8) == 0;
    }

    private UUID id() {
        return Ids.of(random.nextLong(1L << 48), random.nextLong(), random.nextLong());
    }

    private Sha256 digest() {
        byte[] bytes = new byte[Sha256.BYTE_COUNT];
        random.nextBytes(bytes);
        return Sha256.stored(bytes);
    }

    private MemoryPart memory(Kind kind) {
        GuestLayout layout =
                GuestLayout.startingAt(
                        4096L * random.nextInt(1 << 16), 4096L * random.nextInt(1, 1 << 20));
        for (int more = random.nextInt(4); more > 0; more--) {
            long above = layout.regions().getLast().endGuestAddress();
            layout =
                    layout.then(
                            above + 4096L * random.nextInt(1 << 16),
                            4096L * random.nextInt(1, 1 << 20));
        }
        PageSize pageSize = PAGE_SIZES.get(random.nextInt(PAGE_SIZES.size()));
        boolean isLayer = kind == Kind.LAYER;
        Optional<UUID> layerId = isLayer && !rarely() ? Optional.of(id()) : Optional.empty();
        boolean isNothingStored = isLayer && layerId.isEmpty();
        long sumsByteCountMax =
                isLayer
                        ? Manifest.LAYER_INDEX_BYTES_MAX
                        : Math.min(
                                ImageSums.ENCODED_BYTES_MAX,
                                ImageSums.encodedByteCountMax(layout.byteCount(), pageSize));
        return new MemoryPart(
                kind,
                layout,
                pageSize,
                isNothingStored ? 0 : random.nextLong(pageSize.pageCount(layout.byteCount()) + 1),
                random.nextLong(sumsByteCountMax),
                digest(),
                layerId,
                isLayer && random.nextBoolean() ? Optional.of(id()) : Optional.empty());
    }

    private HostDescription host() {
        SortedSet<String> features = new TreeSet<>();
        for (int i = random.nextInt(100); i > 0; i--) {
            features.add(text());
        }
        return new HostDescription(
                text(),
                text(),
                text(),
                text(),
                random.nextInt(),
                random.nextInt(),
                random.nextInt(256),
                features,
                text(),
                PAGE_SIZES.get(random.nextInt(PAGE_SIZES.size())),
                text(),
                text());
    }

    private SortedMap<String, String> labels() {
        SortedMap<String, String> labels = new TreeMap<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            labels.put("k" + text(), text());
        }
        return labels;
    }

    private UnknownFields unknown() {
        UnknownFields.Builder unknown = new UnknownFields.Builder();
        for (int field = 200 + random.nextInt(50); field < 2000; field += random.nextInt(1, 1000)) {
            switch (random.nextInt(4)) {
                case 0 -> unknown.varint(field, random.nextLong());
                case 1 -> unknown.fixed64(field, random.nextLong());
                case 2 -> unknown.fixed32(field, random.nextInt());
                default -> unknown.bytes(field, new byte[] {1, 2, 3}, 0, random.nextInt(4));
            }
        }
        return unknown.build();
    }

    private String text() {
        if (rarely()) {
            return "";
        }
        return random.ints(random.nextInt(1, 20), 'A', 0x250)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
