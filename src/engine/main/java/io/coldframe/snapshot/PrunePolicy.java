package io.coldframe.snapshot;

import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/// Which snapshots may go.
///
/// One goes if it is selected and nothing keeps it. Selected are those that are named, or all; of
/// these, those that are old enough. The rules that keep look at all that are named, or all there
/// are, the newest first: the last so many, and of the last so many hours, days, weeks and months
/// in which there is one the newest. Two things keep a snapshot whatever the policy says: a tag,
/// and what can't be read without it.
///
/// **Threads.** Immutable.
///
/// @param references the snapshots that may go, by name or id; empty for all
/// @param olderThan how old one is at least that goes; empty for any age
/// @param keepLast how many of the newest stay
/// @param keepHourly how many hours have their newest kept
/// @param keepDaily how many days
/// @param keepWeekly how many weeks, which begin on Monday
/// @param keepMonthly how many months
/// @param zone where days begin
public record PrunePolicy(
        List<String> references,
        Optional<Duration> olderThan,
        int keepLast,
        int keepHourly,
        int keepDaily,
        int keepWeekly,
        int keepMonthly,
        ZoneId zone) {

    /// Refuses numbers that mean nothing.
    public PrunePolicy {
        references = List.copyOf(references);
        for (int count : new int[] {keepLast, keepHourly, keepDaily, keepWeekly, keepMonthly}) {
            if (count < 0) {
                throw new IllegalArgumentException("a count to keep is negative: " + count);
            }
        }
        if (olderThan.isPresent() && olderThan.get().isNegative()) {
            throw new IllegalArgumentException("an age is negative: " + olderThan.get());
        }
    }

    /// {@return the policy that lets snapshots of these names go, and nothing else}
    ///
    /// @param references names or ids
    public static PrunePolicy named(List<String> references) {
        if (references.isEmpty()) {
            throw new IllegalArgumentException("no snapshot to prune");
        }
        return keeping(0).withReferences(references);
    }

    /// {@return the policy that keeps the newest, and lets the others go}
    ///
    /// @param count how many stay
    public static PrunePolicy keeping(int count) {
        return new PrunePolicy(
                List.of(), Optional.empty(), count, 0, 0, 0, 0, ZoneId.systemDefault());
    }

    /// {@return the same for these snapshots alone}
    ///
    /// @param others names or ids; empty for all
    public PrunePolicy withReferences(List<String> others) {
        return new PrunePolicy(
                others, olderThan, keepLast, keepHourly, keepDaily, keepWeekly, keepMonthly, zone);
    }

    /// {@return the same, for what is older than this alone}
    ///
    /// @param age the age
    public PrunePolicy withOlderThan(Duration age) {
        return new PrunePolicy(
                references,
                Optional.of(age),
                keepLast,
                keepHourly,
                keepDaily,
                keepWeekly,
                keepMonthly,
                zone);
    }

    /// {@return the same with other counts to keep by the calendar}
    ///
    /// @param hourly how many hours
    /// @param daily how many days
    /// @param weekly how many weeks
    /// @param monthly how many months
    public PrunePolicy withCalendar(int hourly, int daily, int weekly, int monthly) {
        return new PrunePolicy(
                references, olderThan, keepLast, hourly, daily, weekly, monthly, zone);
    }

    /// {@return the same with days that begin elsewhere}
    ///
    /// @param other the zone
    public PrunePolicy withZone(ZoneId other) {
        return new PrunePolicy(
                references,
                olderThan,
                keepLast,
                keepHourly,
                keepDaily,
                keepWeekly,
                keepMonthly,
                other);
    }

    /// {@return whether it says anything: one that keeps nothing and selects nothing would empty
    /// the store}
    public boolean isSelective() {
        return !references.isEmpty()
                || olderThan.isPresent()
                || (keepLast | keepHourly | keepDaily | keepWeekly | keepMonthly) != 0;
    }
}
