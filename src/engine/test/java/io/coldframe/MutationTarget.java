package io.coldframe;

import java.util.List;
import java.util.function.Supplier;

/// A decoder that anything is thrown at: see [MutationProof].
///
/// It is made in a JVM of its own, from a public constructor without arguments.
public interface MutationTarget {

    /// Well-formed inputs to start from, some kilobytes at most: every kind of thing that the
    /// format can hold should be in one of them.
    List<byte[]> samples() throws Exception;

    /// Decodes an input, and throws nothing, or a [SnapshotException] of [#kinds()] that names
    /// `resource`. What it takes for good it should hold against the encoder: encoded and decoded
    /// again it must be the same.
    void decode(byte[] input, Object resource) throws Exception;

    /// Makes sums and lengths right again, in place or in a copy, so that a mutation comes past
    /// them. Half of all inputs go through here.
    default byte[] sealed(byte[] input) {
        return input;
    }

    /// Inputs that would take the most memory, as large as the format allows, each made when it is
    /// its turn.
    default List<Supplier<byte[]>> worst() {
        return List.of();
    }

    /// Decodes one of [#worst()]: like [#decode], but there is no room here for a second copy.
    default void decodeWorst(byte[] input, Object resource) throws Exception {
        decode(input, resource);
    }

    /// What the decoder may refuse a mutated input as.
    default List<SnapshotException.Kind> kinds() {
        return List.of(SnapshotException.Kind.CORRUPT);
    }
}
