package io.coldframe.wrenn;

import io.coldframe.image.PageSource;

/// What the next generation is compared with, and laid over.
///
/// **Lifetime.** Borrows both.
///
/// **Threads.** Immutable.
///
/// @param header where the parent's memory lies
/// @param pages the parent's memory
public record WrennParent(WrennHeader header, PageSource pages) {

    /// Refuses pages of another memory.
    public WrennParent {
        if (header.byteCount() != pages.byteCount()) {
            throw new IllegalArgumentException(
                    "the header maps %d bytes, the memory has %d"
                            .formatted(header.byteCount(), pages.byteCount()));
        }
    }

    /// {@return a generation that is open}
    ///
    /// @param chain the generation
    public static WrennParent of(WrennChain chain) {
        return new WrennParent(chain.header(), chain);
    }
}
