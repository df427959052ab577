package io.coldframe.inspect;

import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;
import io.coldframe.snapshot.Manifest;
import io.coldframe.snapshot.SnapshotRequest;
import io.coldframe.snapshot.SnapshotStore;
import io.coldframe.snapshot.StateSource;
import io.coldframe.state.Architecture;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// A store, and what should be in it: an array element a page.
///
/// A page is of one byte repeated, from a small alphabet, so that pages are often equal where
/// nobody copied them.
final class ModelStore {

    static final int PAGE_BYTES = 4096;
    private static final int ALPHABET = 4;

    private final SnapshotStore store;
    private final Random random;
    private final int pageCount;
    private final List<Stored> all = new ArrayList<>();

    /// A snapshot.
    static final class Stored {
        private final Manifest manifest;
        private final String name;
        private final Optional<Stored> parent;
        private final byte[] values;
        private final Stored[] authors;
        private final PageContent[] places;

        private Stored(Manifest manifest, String name, Optional<Stored> parent, byte[] values) {
            this.manifest = manifest;
            this.name = name;
            this.parent = parent;
            this.values = values;
            this.authors = new Stored[values.length];
            this.places = new PageContent[values.length];
            for (int page = 0; page < values.length; page++) {
                if (parent.isPresent() && parent.get().values[page] == values[page]) {
                    authors[page] = parent.get().authors[page];
                    places[page] = parent.get().places[page];
                } else {
                    authors[page] = this;
                    places[page] = place(values[page]);
                }
            }
        }

        private PageContent place(byte value) {
            if (!isLayer()) {
                return PageContent.UNKNOWN;
            }
            return value == 0 ? PageContent.ZERO : PageContent.DATA;
        }

        Manifest manifest() {
            return manifest;
        }

        String name() {
            return name;
        }

        Optional<Stored> parent() {
            return parent;
        }

        boolean isLayer() {
            return manifest.kind() == Manifest.Kind.LAYER;
        }

        /// What a page is made of; 0 is a page of zeros.
        byte value(int page) {
            return values[page];
        }

        /// Who wrote a page last.
        Stored author(int page) {
            return authors[page];
        }

        /// What is known of a page without reading it.
        PageContent place(int page) {
            return places[page];
        }

        Author author() {
            return new Author(manifest.id(), manifest.generation(), manifest.createdAt());
        }
    }

    ModelStore(Path directory, Random random, int pageCount) throws Exception {
        this.store = SnapshotStore.createOrOpen(directory);
        this.random = random;
        this.pageCount = pageCount;
    }

    SnapshotStore store() {
        return store;
    }

    int pageCount() {
        return pageCount;
    }

    List<Stored> all() {
        return all;
    }

    Stored any() {
        return all.get(random.nextInt(all.size()));
    }

    /// One more snapshot, of any kind and on any parent that it can have.
    Stored addAny() throws Exception {
        boolean hasParent = !all.isEmpty() && random.nextInt(8) > 0;
        Optional<Stored> parent = hasParent ? Optional.of(any()) : Optional.empty();
        boolean isLayer = parent.map(Stored::isLayer).orElse(false) || random.nextInt(3) > 0;
        return add(isLayer, parent, changed(parent));
    }

    private byte[] changed(Optional<Stored> parent) {
        byte[] values = parent.map(from -> from.values.clone()).orElse(new byte[pageCount]);
        int runCount = 1 + random.nextInt(6);
        for (int run = 0; run < runCount; run++) {
            int first = random.nextInt(pageCount);
            int end = Math.min(pageCount, first + 1 + random.nextInt(8));
            Arrays.fill(values, first, end, (byte) random.nextInt(ALPHABET));
        }
        return values;
    }

    /// A snapshot of these pages.
    Stored add(boolean isLayer, Optional<Stored> parent, byte[] values) throws Exception {
        String name = "s" + all.size();
        try (GuestMemory memory =
                GuestMemory.anonymous(GuestLayout.of((long) pageCount * PAGE_BYTES))) {
            memory.copyFrom(0, MemorySegment.ofArray(bytes(values)));
            StateSource state = StateSource.none(Architecture.X86_64, 1);
            Optional<String> on = parent.map(Stored::name);
            SnapshotRequest request =
                    isLayer
                            ? on.isPresent()
                                    ? SnapshotRequest.layer(name, on.get(), memory, state)
                                    : SnapshotRequest.layer(name, memory, state)
                            : on.isPresent()
                                    ? SnapshotRequest.diff(name, on.get(), memory, state)
                                    : SnapshotRequest.full(name, memory, state);
            Stored stored = new Stored(store.save(request).manifest(), name, parent, values);
            all.add(stored);
            return stored;
        }
    }

    static byte[] bytes(byte[] values) {
        byte[] bytes = new byte[values.length * PAGE_BYTES];
        for (int page = 0; page < values.length; page++) {
            Arrays.fill(bytes, page * PAGE_BYTES, (page + 1) * PAGE_BYTES, values[page]);
        }
        return bytes;
    }

    /// Removes a snapshot.
    void delete(Stored stored) throws Exception {
        store.delete(stored.name());
        all.remove(stored);
    }
}
