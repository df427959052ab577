package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coldframe.Progress;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageSize;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/// A store of layers beside the plain arrays that its snapshots must read as.
///
/// **Threads.** One.
final class ChainModel implements AutoCloseable {
    private final SnapshotStore store;
    private final GuestMemory memory;
    private final PageSize blockSize;
    private final NavigableMap<String, byte[]> expected = new TreeMap<>();
    private int nextName;

    private ChainModel(SnapshotStore store, GuestMemory memory, PageSize blockSize) {
        this.store = store;
        this.memory = memory;
        this.blockSize = blockSize;
    }

    static ChainModel in(Path directory, int pageCount, PageSize blockSize) throws Exception {
        return new ChainModel(
                SnapshotStore.createOrOpen(directory), Guests.ofPages(pageCount), blockSize);
    }

    SnapshotStore store() {
        return store;
    }

    NavigableMap<String, byte[]> expected() {
        return expected;
    }

    List<String> names() {
        return List.copyOf(expected.keySet());
    }

    /// Makes the memory that of a snapshot.
    void become(String name) throws Exception {
        Guests.put(memory, 0, expectedOf(name));
    }

    private byte[] expectedOf(String name) {
        return expected.getOrDefault(name, new byte[0]);
    }

    /// Fills some pages with something, or with nothing.
    void write(RandomGenerator random) throws Exception {
        int pageCount = (int) (memory.byteCount() / Guests.PAGE);
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            int first = random.nextInt(pageCount);
            int end = Math.min(pageCount, first + random.nextInt(1, 5));
            for (int page = first; page < end; page++) {
                Guests.write(memory, page, random.nextInt(4));
            }
        }
    }

    void writePage(int page, int value) throws Exception {
        Guests.write(memory, page, value);
    }

    String captureFirst() throws Exception {
        return saved(SnapshotRequest.layer(newName(), memory, state()).withBlockSize(blockSize));
    }

    String captureOn(String parent) throws Exception {
        return saved(SnapshotRequest.layer(newName(), parent, memory, state()));
    }

    /// The first layer on an image says how large its blocks are.
    String captureOnImage(String parent, PageSize size) throws Exception {
        return saved(SnapshotRequest.layer(newName(), parent, memory, state()).withBlockSize(size));
    }

    String saveImage() throws Exception {
        return saved(SnapshotRequest.full(newName(), memory, state()));
    }

    String saveDiff(String parent) throws Exception {
        return saved(SnapshotRequest.diff(newName(), parent, memory, state()));
    }

    private StateSource state() {
        return Guests.opaque("state " + nextName);
    }

    private String newName() {
        return "s%03d".formatted(nextName++);
    }

    private String saved(SnapshotRequest request) throws Exception {
        store.save(request);
        expected.put(request.name(), Guests.bytes(memory));
        return request.name();
    }

    void delete(String name) throws Exception {
        store.delete(name);
        expected.remove(name);
    }

    CompactionReport compact(CompactionPolicy policy) throws Exception {
        return store.compact(store.planCompaction(policy), Progress.NONE);
    }

    PruneReport prune(PrunePolicy policy) throws Exception {
        PrunePlan plan = store.planPrune(policy);
        PruneReport report = store.prune(plan, Progress.NONE);
        report.removed().forEach(expected::remove);
        return report;
    }

    /// Fails unless every snapshot reads as it was captured.
    void check() throws Exception {
        assertEquals(expected.keySet(), check(store, expected).keySet());
    }

    /// The same of any store: what is in it reads as it should.
    static Map<String, byte[]> check(SnapshotStore store, Map<String, byte[]> expected)
            throws Exception {
        Map<String, byte[]> found = new TreeMap<>();
        for (SnapshotSummary summary : store.list()) {
            assertEquals("", summary.problem(), summary.name());
            GuestLayout layout = summary.manifest().orElseThrow().memory().layout();
            try (GuestMemory loaded = GuestMemory.anonymous(layout)) {
                store.load(summary.name(), loaded, Progress.NONE);
                byte[] bytes = Guests.bytes(loaded);
                assertArrayEquals(expected.get(summary.name()), bytes, summary.name());
                found.put(summary.name(), bytes);
            }
            store.verify(summary.name(), Progress.NONE);
        }
        return found;
    }

    /// The layers on the shelf, and those in snapshots.
    List<String> layers() throws Exception {
        List<String> layers = new ArrayList<>();
        StorePaths paths = new StorePaths(store.directory());
        new LayerShelf(paths).all().forEach(id -> layers.add("shelf"));
        for (StoredSnapshot stored : Catalogue.of(paths).readable().values()) {
            stored.manifest().memory().layerId().ifPresent(id -> layers.add(stored.name()));
        }
        return layers;
    }

    /// Fails if something lies on the shelf that nobody reads.
    void checkSwept() throws Exception {
        StorePaths paths = new StorePaths(store.directory());
        assertEquals(List.of(), new LayerShelf(paths).unneeded(LayerNeeds.of(paths)));
    }

    int depth(String name) throws Exception {
        try (LayerSurvey survey = LayerSurvey.of(Catalogue.of(new StorePaths(store.directory())))) {
            return survey.readers().stream()
                    .filter(reader -> reader.stored().name().equals(name))
                    .mapToInt(LayerSurvey.Reader::depth)
                    .findFirst()
                    .orElseThrow();
        }
    }

    /// Some names, at least one.
    static List<String> some(List<String> names, RandomGenerator random) {
        String[] shuffled = names.toArray(new String[0]);
        for (int i = shuffled.length - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            String held = shuffled[i];
            shuffled[i] = shuffled[other];
            shuffled[other] = held;
        }
        return Arrays.asList(shuffled).subList(0, random.nextInt(1, shuffled.length + 1));
    }

    @Override
    public void close() {
        memory.close();
    }
}
