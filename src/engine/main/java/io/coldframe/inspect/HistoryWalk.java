package io.coldframe.inspect;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.layer.LayerChain;
import io.coldframe.memory.PageScan;
import io.coldframe.memory.PageSize;
import io.coldframe.snapshot.Manifest;
import io.coldframe.snapshot.Snapshot;
import io.coldframe.snapshot.SnapshotStore;
import io.coldframe.snapshot.SnapshotSummary;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/// Goes from a snapshot to the author of its page, to the newest living ancestor before that, and
/// so on. Snapshots in which the page did not change are never opened.
final class HistoryWalk {

    private final SnapshotStore store;
    private final long offset;
    private final Map<UUID, Manifest> living = new HashMap<>();
    private final NavigableMap<Integer, UUID> ancestors = new TreeMap<>();
    private final List<Seen> seen = new ArrayList<>();

    /// A change, and the bytes it left.
    private record Seen(History.Change change, MemorySegment bytes) {}

    HistoryWalk(SnapshotStore store, long offset) {
        this.store = store;
        this.offset = offset;
    }

    History from(String reference) throws SnapshotException {
        for (SnapshotSummary summary : store.list()) {
            summary.manifest().ifPresent(manifest -> living.put(manifest.id(), manifest));
        }
        try (Arena arena = Arena.ofConfined();
                Snapshot newest = store.open(reference)) {
            Manifest manifest = newest.manifest();
            requireInside(manifest.memory().byteCount());
            PageSize page = unit(newest);
            long from = page.bytes(page.page(offset));
            long end = Authors.end(page, page.page(offset) + 1, manifest.memory().byteCount());
            add(newest, from, arena.allocate(end - from, Long.BYTES));
            walk(from, end, arena);
            return new History(
                    Authors.author(manifest),
                    page,
                    from,
                    end - from,
                    seen.stream().map(Seen::change).toList());
        }
    }

    private void requireInside(long byteCount) {
        if (offset < 0 || offset >= byteCount) {
            throw new IllegalArgumentException(
                    "offset %d is not in a memory of %d bytes".formatted(offset, byteCount));
        }
    }

    /// What was written as one: a block, or a page of an image.
    private static PageSize unit(Snapshot newest) {
        return newest.manifest().memory().pageSize();
    }

    private void walk(long from, long end, Arena arena) throws SnapshotException {
        Optional<UUID> next = before(seen.getLast().change().author().generation());
        while (next.isPresent()) {
            try (Snapshot ancestor = store.open(next.get().toString())) {
                add(ancestor, from, arena.allocate(end - from, Long.BYTES));
            } catch (SnapshotException failure) {
                if (failure.kind() != Kind.MISSING) {
                    throw failure;
                }
                // It was pruned meanwhile.
                ancestors.values().remove(next.get());
            }
            next = before(seen.getLast().change().author().generation());
        }
    }

    private Optional<UUID> before(int generation) {
        return Optional.ofNullable(ancestors.lowerEntry(generation)).map(Map.Entry::getValue);
    }

    private void add(Snapshot snapshot, long from, MemorySegment bytes) throws SnapshotException {
        addAncestors(snapshot);
        snapshot.source().read(from, bytes);
        Author author = Authors.at(snapshot, offset).author();
        Optional<Map.Entry<Integer, UUID>> older =
                Optional.ofNullable(ancestors.lowerEntry(author.generation()));
        int unseen = author.generation() - older.map(entry -> entry.getKey() + 1).orElse(0);
        History.Change change =
                new History.Change(
                        author,
                        snapshot.name(),
                        PageScan.isZero(bytes, 0, bytes.byteSize()),
                        PageScan.crc32c(bytes, 0, bytes.byteSize()),
                        unseen);
        if (!seen.isEmpty() && isRewrite(seen.getLast(), bytes)) {
            // It was written, and what was written was there before.
            seen.removeLast();
        }
        seen.add(new Seen(change, bytes));
    }

    private static boolean isRewrite(Seen newer, MemorySegment older) {
        return newer.change().unseenGenerationCount() == 0
                && PageScan.equal(newer.bytes(), 0, older, 0, older.byteSize());
    }

    /// Those of whom the snapshot knows: its parents, and whoever wrote a page that it still has,
    /// with their parents.
    private void addAncestors(Snapshot snapshot) {
        addParents(Optional.of(snapshot.manifest()));
        Optional<LayerChain> layers = snapshot.layers();
        if (layers.isPresent()) {
            layers.get()
                    .index()
                    .origins()
                    .forEach(origin -> addParents(manifest(origin.snapshotId())));
        }
        snapshot.images().forEach(link -> addParents(Optional.of(link.manifest())));
    }

    private void addParents(Optional<Manifest> from) {
        Optional<Manifest> at = from;
        while (at.isPresent() && living.containsKey(at.get().id())) {
            UUID known = ancestors.putIfAbsent(at.get().generation(), at.get().id());
            if (at.get().id().equals(known)) {
                return;
            }
            at = at.get().parent().flatMap(parent -> manifest(parent.id()));
        }
    }

    private Optional<Manifest> manifest(UUID id) {
        return Optional.ofNullable(living.get(id));
    }
}
