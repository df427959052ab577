package io.coldframe.layer;

import io.coldframe.image.PageSource;

import java.util.Optional;
import java.util.UUID;

/// What a new generation is compared with, and laid over.
///
/// **Lifetime.** Borrows the index and the pages.
///
/// **Threads.** Immutable.
public final class LayerParent {

    private final Optional<LayerIndex> index;
    private final Optional<UUID> base;
    private final PageSource pages;

    private LayerParent(Optional<LayerIndex> index, Optional<UUID> base, PageSource pages) {
        this.index = index;
        this.base = base;
        this.pages = pages;
    }

    /// {@return a generation that is made of layers}
    ///
    /// @param index says where its blocks are
    /// @param pages its bytes; a layer chain over that index is compared by its sums first
    public static LayerParent of(LayerIndex index, PageSource pages) {
        if (index.byteCount() != pages.byteCount()) {
            throw new IllegalArgumentException(
                    "the index maps %d bytes, its pages have %d"
                            .formatted(index.byteCount(), pages.byteCount()));
        }
        return new LayerParent(Optional.of(index), index.base(), pages);
    }

    /// {@return an image, whose bytes the blocks that have not changed keep}
    ///
    /// @param imageSnapshot the id of its snapshot, which the new index names as its base
    /// @param pages its bytes
    public static LayerParent base(UUID imageSnapshot, PageSource pages) {
        return new LayerParent(Optional.empty(), Optional.of(imageSnapshot), pages);
    }

    Optional<LayerIndex> index() {
        return index;
    }

    Optional<UUID> base() {
        return base;
    }

    PageSource pages() {
        return pages;
    }

    /// The chain that reads the pages, if it is one of this index.
    Optional<LayerChain> chain() {
        return pages instanceof LayerChain chain
                        && index.map(own -> own == chain.index()).orElse(false)
                ? Optional.of(chain)
                : Optional.empty();
    }

    /// {@return the length of the memory}
    public long byteCount() {
        return pages.byteCount();
    }
}
