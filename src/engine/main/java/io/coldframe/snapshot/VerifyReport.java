package io.coldframe.snapshot;

import java.util.List;
import java.util.UUID;

/// What was read and found to be as it was written.
///
/// @param verified the snapshot, then its parents
public record VerifyReport(List<Verified> verified) {

    /// One snapshot of a chain.
    ///
    /// @param name what it is called
    /// @param id its id
    /// @param byteCount how much guest memory was read and summed
    public record Verified(String name, UUID id, long byteCount) {}

    /// Copies the list.
    public VerifyReport {
        verified = List.copyOf(verified);
    }

    /// {@return how much guest memory was read and summed}
    public long byteCount() {
        return verified.stream().mapToLong(Verified::byteCount).sum();
    }
}
