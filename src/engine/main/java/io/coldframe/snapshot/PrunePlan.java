package io.coldframe.snapshot;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/// Which snapshots would go, and which stay and why, as the store is now.
///
/// @param choices one for each snapshot, the newest first
/// @param freedByteCount how much would be free on the disk: what the snapshots take that go, but
///     of layers the files of those that no snapshot reads afterwards
public record PrunePlan(List<Choice> choices, long freedByteCount) {

    /// Copies the list.
    public PrunePlan {
        choices = List.copyOf(choices);
    }

    /// What would become of a snapshot.
    ///
    /// @param name what it is called
    /// @param id which it is
    /// @param createdAt when it was made
    /// @param isRemoved whether it would go
    /// @param reasons why it stays, as in `tag: golden`, `daily 3`, `needed by: next`; or why it
    ///     goes
    public record Choice(
            String name, UUID id, Instant createdAt, boolean isRemoved, List<String> reasons) {

        /// Copies the list.
        public Choice {
            reasons = List.copyOf(reasons);
        }
    }

    /// {@return those that would go, the newest first}
    public List<Choice> removed() {
        return choices.stream().filter(Choice::isRemoved).toList();
    }
}
