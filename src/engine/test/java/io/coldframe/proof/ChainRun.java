package io.coldframe.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.image.Output;
import io.coldframe.image.WriteOptions;
import io.coldframe.layer.LayerReport;
import io.coldframe.layer.LayerSource;
import io.coldframe.memory.PageSize;
import io.coldframe.snapshot.CompactionPlan;
import io.coldframe.snapshot.CompactionPolicy;
import io.coldframe.snapshot.CompactionReport;
import io.coldframe.snapshot.PrunePlan;
import io.coldframe.snapshot.PrunePolicy;
import io.coldframe.snapshot.SnapshotReport;
import io.coldframe.snapshot.SnapshotRequest;
import io.coldframe.snapshot.SnapshotStore;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.UUID;

/// A store with some chains that grow, branch, are compacted and pruned at random, and a model that
/// remembers what each snapshot must give back.
///
/// **Threads.** One.
final class ChainRun implements AutoCloseable {
    private static final int STEPS_MAX = 16;

    private final SplittableRandom random;
    private final String what;
    private final Path folder;
    private final SnapshotStore store;
    private final ChainGuest guest;
    private final ChainReading reading;
    private final List<ModelSnapshot> living = new ArrayList<>();
    private final TreeSet<String> tagged = new TreeSet<>();
    private final Map<UUID, UUID> imageParents = new HashMap<>();
    private Optional<ModelSnapshot> parent = Optional.empty();
    private int nameCount;
    private int chainCount;

    /// @param folder an empty one
    /// @param what tells this run from others, for messages
    ChainRun(Path folder, SplittableRandom random, String what) throws SnapshotException {
        this.random = random;
        this.what = what;
        this.folder = folder;
        store = SnapshotStore.createOrOpen(folder.resolve("store"));
        guest = ChainGuest.random(random, new PageSize(12 + random.nextInt(4)));
        reading = new ChainReading(store, folder, random, what);
    }

    /// Lives a life. @return how many chains there were: each begins anew, or branches off
    int run() throws IOException {
        capture();
        for (int left = 2 + random.nextInt(STEPS_MAX); left > 0; left--) {
            guest.run();
            step();
        }
        checkAll();
        deleteAll();
        return chainCount;
    }

    private void step() throws IOException {
        switch (random.nextInt(16)) {
            case 0 -> beginAnew();
            case 1, 2 -> branch();
            case 3, 4 -> compact();
            case 5 -> prune();
            case 6 -> delete();
            case 7 -> tag();
            case 8 -> reading.check(any(), any());
            default -> capture();
        }
    }

    private ModelSnapshot any() {
        return living.get(random.nextInt(living.size()));
    }

    private boolean aThird() {
        return random.nextInt(3) == 0;
    }

    /// A chain that has nothing to do with those before it: of layers alone, or on images.
    private void beginAnew() throws IOException {
        parent = Optional.empty();
        if (random.nextBoolean()) {
            saveImage();
            if (random.nextBoolean()) {
                guest.run();
                saveImage();
            }
        }
        capture();
    }

    private void saveImage() throws IOException {
        String name = newName("image");
        SnapshotRequest request =
                parent.isEmpty()
                        ? SnapshotRequest.full(name, guest.memory(), StoreReading.state(nameCount))
                        : SnapshotRequest.diff(
                                name,
                                parent.get().name(),
                                guest.memory(),
                                StoreReading.state(nameCount));
        SnapshotReport report = store.save(request);
        guest.dirty().clear();
        parent.ifPresent(below -> imageParents.put(report.manifest().id(), below.id()));
        remember(ModelSnapshot.image(name, report.manifest().id(), guest.bytes()));
    }

    private String newName(String kind) {
        nameCount++;
        return kind + nameCount;
    }

    private void remember(ModelSnapshot made) {
        living.add(made);
        parent = Optional.of(made);
    }

    private void capture() throws IOException {
        if (aThird()) {
            try (LayerSource file = LayerSource.file(guest.toFile(folder.resolve("memory")))) {
                capture(file);
            }
        } else {
            capture(LayerSource.of(guest.memory()));
        }
    }

    private void capture(LayerSource source) throws IOException {
        String name = newName("layer");
        boolean isTracked = random.nextBoolean();
        PageSize blockSize = blockSize();
        Optional<ModelSnapshot> below = parent.map(each -> each.inBlocksOf(blockSize.bytes()));
        ModelSnapshot.Counts expected = expected(below, isTracked, blockSize);
        if (parent.isEmpty()) {
            chainCount++;
        }
        SnapshotRequest request = request(name, source, blockSize);
        SnapshotReport report = store.save(isTracked ? request.withDirty(guest.dirty()) : request);
        if (isTracked) {
            assertEquals(0, guest.dirty().dirtyCount(), what);
        }
        guest.dirty().clear();
        LayerReport found = report.layer().orElseThrow();
        assertEquals(
                expected,
                new ModelSnapshot.Counts(
                        found.dataBlocks(),
                        found.zeroBlocks(),
                        found.unchangedBlocks(),
                        found.cleanBlocks()),
                () -> what + ": " + name);
        assertEquals(expected.data() * blockSize.bytes(), found.bytesWritten(), what);
        UUID id = report.manifest().id();
        remember(
                below.isEmpty()
                        ? ModelSnapshot.first(name, id, blockSize.bytes(), guest.bytes())
                        : below.get().next(name, id, guest.bytes()));
    }

    private SnapshotRequest request(String name, LayerSource source, PageSize blockSize) {
        WriteOptions options =
                WriteOptions.DEFAULT
                        .withOutput(random.nextBoolean() ? Output.DIRECT : Output.BUFFERED)
                        .withThreadCount(1 + random.nextInt(3));
        return SnapshotRequest.layer(
                        name,
                        parent.map(ModelSnapshot::name),
                        source,
                        guest.memory().layout(),
                        StoreReading.state(nameCount))
                .withBlockSize(blockSize)
                .withWriteOptions(options);
    }

    /// That of the parent, or any if it has none.
    private PageSize blockSize() {
        if (parent.isPresent() && !parent.get().isImage()) {
            return PageSize.ofBytes(parent.get().blockBytes());
        }
        return new PageSize(random.nextBoolean() ? 12 : 12 + random.nextInt(4));
    }

    private ModelSnapshot.Counts expected(
            Optional<ModelSnapshot> below, boolean isTracked, PageSize blockSize) {
        return below.isEmpty()
                ? ModelSnapshot.countFirst(guest.bytes(), blockSize.bytes())
                : below.get()
                        .countNext(
                                guest.bytes(),
                                block ->
                                        !isTracked
                                                || guest.isDirty(
                                                        blockSize.bytes(block), blockSize.bytes()));
    }

    /// The guest goes on from an older snapshot.
    private void branch() throws IOException {
        ModelSnapshot from = any();
        guest.comeBackTo(from.memory());
        parent = Optional.of(from);
        chainCount++;
        guest.run();
        capture();
    }

    private void tag() throws SnapshotException {
        String name = any().name();
        if (tagged.remove(name)) {
            store.untag("tag-" + name);
        } else {
            store.tag("tag-" + name, name);
            tagged.add(name);
        }
    }

    private void compact() throws IOException {
        List<String> names = layerNames();
        if (names.isEmpty()) {
            return;
        }
        CompactionPolicy policy =
                random.nextBoolean()
                        ? CompactionPolicy.intoOne(
                                names.subList(0, 1 + random.nextInt(2) % names.size()))
                        : CompactionPolicy.wholeStore()
                                .withDepthMax(1 + random.nextInt(4))
                                .withDeadRatioMax(random.nextInt(3) / 2.0)
                                .withRunBlocksMin(random.nextInt(3))
                                .withBaseTaken(random.nextBoolean());
        int rounds = 0;
        for (CompactionPlan plan = store.planCompaction(policy); !plan.isEmpty(); ) {
            rounds++;
            // An image that is taken in may leave something in pieces; once.
            assertTrue(rounds <= 3, what + ": there is no end to " + plan);
            CompactionReport report = store.compact(plan, Progress.NONE);
            String message = what + ": " + plan + report;
            assertEquals(List.of(), report.left(), message);
            assertEquals("", report.sweep().whyLeft(), message);
            assertTrue(report.readByteCount() <= plan.readByteCount(), message);
            assertTrue(report.writtenByteCount() <= plan.writtenByteCount(), message);
            plan = store.planCompaction(policy);
        }
        for (ModelSnapshot each : living) {
            if (!each.isImage() && policy.references().isEmpty()) {
                reading.checkDepth(each, policy.depthMax());
            }
        }
        reading.check(any(), any());
    }

    private List<String> layerNames() {
        List<String> names =
                new ArrayList<>(
                        living.stream()
                                .filter(each -> !each.isImage())
                                .map(ModelSnapshot::name)
                                .toList());
        shuffle(names);
        return names;
    }

    private void shuffle(List<String> names) {
        for (int i = names.size() - 1; i > 0; i--) {
            Collections.swap(names, i, random.nextInt(i + 1));
        }
    }

    private void prune() throws IOException {
        PrunePolicy policy =
                random.nextBoolean()
                        ? PrunePolicy.keeping(1 + random.nextInt(living.size()))
                        : PrunePolicy.named(someNames());
        PrunePlan plan = store.planPrune(policy);
        List<String> planned =
                plan.removed().stream().map(PrunePlan.Choice::name).sorted().toList();
        assertEquals(living.size(), plan.choices().size(), what);
        assertEquals(expectedToGo(policy), planned, () -> what + ": " + policy);
        var report = store.prune(plan, Progress.NONE);
        assertEquals(planned, report.removed().stream().sorted().toList(), what);
        assertEquals(List.of(), report.left(), what);
        forget(planned);
    }

    private List<String> someNames() {
        List<String> names = new ArrayList<>(living.stream().map(ModelSnapshot::name).toList());
        shuffle(names);
        return names.subList(0, 1 + random.nextInt(names.size()));
    }

    /// What a policy lets go: not what is tagged, nor an image that something needs which stays.
    private List<String> expectedToGo(PrunePolicy policy) throws IOException {
        TreeSet<String> going = new TreeSet<>();
        for (ModelSnapshot each : living.subList(0, living.size() - policy.keepLast())) {
            if (policy.references().isEmpty() || policy.references().contains(each.name())) {
                going.add(each.name());
            }
        }
        going.removeAll(tagged);
        for (ModelSnapshot each : living) {
            if (!going.contains(each.name())) {
                going.removeAll(imagesBelow(each));
            }
        }
        return List.copyOf(going);
    }

    /// The images without which a snapshot can't be read.
    private List<String> imagesBelow(ModelSnapshot snapshot) throws IOException {
        Optional<UUID> next =
                snapshot.isImage()
                        ? Optional.ofNullable(imageParents.get(snapshot.id()))
                        : reading.base(snapshot);
        List<String> names = new ArrayList<>();
        while (next.isPresent()) {
            UUID id = next.get();
            names.add(
                    living.stream()
                            .filter(each -> each.id().equals(id))
                            .findAny()
                            .orElseThrow()
                            .name());
            next = Optional.ofNullable(imageParents.get(id));
        }
        return names;
    }

    private void forget(List<String> names) throws IOException {
        living.removeIf(each -> names.contains(each.name()));
        if (parent.filter(each -> names.contains(each.name())).isPresent()) {
            parent = Optional.empty();
        }
        if (living.isEmpty()) {
            capture();
        }
    }

    private void delete() throws IOException {
        ModelSnapshot gone = any();
        boolean isNeeded = tagged.contains(gone.name());
        for (ModelSnapshot each : living) {
            isNeeded |= imagesBelow(each).contains(gone.name());
        }
        if (isNeeded) {
            SnapshotException refusal =
                    assertThrows(SnapshotException.class, () -> store.delete(gone.name()), what);
            assertEquals(Kind.CONFLICT, refusal.kind(), refusal::toString);
        } else {
            store.delete(gone.name());
            forget(List.of(gone.name()));
        }
    }

    private void checkAll() throws IOException {
        for (ModelSnapshot each : living) {
            reading.check(each, any());
        }
        reading.checkStore(living.size());
    }

    /// In any order, save that images wait for what needs them.
    private void deleteAll() throws IOException {
        for (String name : tagged) {
            store.untag("tag-" + name);
        }
        for (String name : layerNames()) {
            store.delete(name);
        }
        for (ModelSnapshot image : living.reversed()) {
            if (image.isImage()) {
                store.delete(image.name());
            }
        }
        reading.checkEmpty();
    }

    @Override
    public void close() {
        guest.close();
    }
}
