package io.coldframe.snapshot;

import java.util.List;

/// What a compaction would do, as the store is now.
///
/// It may be looked at and dropped: to make it changes nothing. When it is carried out everything
/// is looked at anew, so that what happened meanwhile costs time and never a byte.
///
/// **Threads.** Immutable.
///
/// @param policy what was asked for
/// @param steps what would be rewritten, each a set of layers that becomes one; in this order
/// @param unneededByteCount how much lies about that no snapshot reads any more, and would go, too
public record CompactionPlan(
        CompactionPolicy policy, List<CompactionStep> steps, long unneededByteCount) {

    /// Copies the list.
    public CompactionPlan {
        steps = List.copyOf(steps);
    }

    /// {@return whether there is nothing to do}
    public boolean isEmpty() {
        return steps.isEmpty() && unneededByteCount == 0;
    }

    /// {@return how much would be read}
    public long readByteCount() {
        return steps.stream().mapToLong(CompactionStep::readByteCount).sum();
    }

    /// {@return how much would be written at most: zeros of an image are not}
    public long writtenByteCount() {
        return steps.stream().mapToLong(CompactionStep::writtenByteCount).sum();
    }

    /// {@return how much would be free afterwards that is not now; what is written is not
    /// subtracted}
    public long freedByteCount() {
        return unneededByteCount + steps.stream().mapToLong(CompactionStep::freedByteCount).sum();
    }
}
