package io.coldframe.wire;

import io.coldframe.SnapshotException;

/// Makes a record of the fields of one message.
///
/// @param <T> the record
@FunctionalInterface
public interface MessageReader<T> {

    /// Reads fields until there are no more. An [IllegalArgumentException] of the record's
    /// constructor becomes `CORRUPT`: the constructor is the one place that says what a value may
    /// be.
    T read(WireReader in) throws SnapshotException;
}
