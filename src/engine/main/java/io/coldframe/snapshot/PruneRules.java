package io.coldframe.snapshot;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/// What a policy keeps, by nothing but the times at which snapshots were made.
record PruneRules(PrunePolicy policy, Instant now) {

    /// A snapshot, as far as time is concerned.
    record Dated(UUID id, Instant createdAt) {}

    /// The newest first. Those of one instant are ordered too, so that two looks agree.
    static final Comparator<Dated> NEWEST_FIRST =
            Comparator.comparing(Dated::createdAt)
                    .thenComparing(dated -> dated.id().toString())
                    .reversed();

    /// A stretch of the calendar, as something that equals itself and has a text.
    private record Period(String name, int keptCount, Function<ZonedDateTime, Object> of) {}

    private List<Period> periods() {
        return List.of(
                new Period(
                        "hourly", policy.keepHourly(), time -> time.truncatedTo(ChronoUnit.HOURS)),
                new Period("daily", policy.keepDaily(), ZonedDateTime::toLocalDate),
                new Period(
                        "weekly",
                        policy.keepWeekly(),
                        time ->
                                time.toLocalDate()
                                        .with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY))),
                new Period("monthly", policy.keepMonthly(), YearMonth::from));
    }

    /// Why each of them is kept; nothing if the policy lets it go.
    ///
    /// @param newestFirst as [#NEWEST_FIRST] has it
    List<List<String>> reasons(List<Dated> newestFirst) {
        List<List<String>> reasons = new ArrayList<>();
        for (int i = 0; i < newestFirst.size(); i++) {
            List<String> own = new ArrayList<>();
            if (isYoung(newestFirst.get(i))) {
                own.add("younger than " + policy.olderThan().orElseThrow());
            }
            if (i < policy.keepLast()) {
                own.add("last " + (i + 1));
            }
            reasons.add(own);
        }
        for (Period period : periods()) {
            addNewestOfEach(period, newestFirst, reasons);
        }
        return reasons;
    }

    private boolean isYoung(Dated snapshot) {
        // An instant before now by any age that can be said may be before all that there is.
        return policy.olderThan().isPresent()
                && Duration.between(snapshot.createdAt(), now).compareTo(policy.olderThan().get())
                        < 0;
    }

    private void addNewestOfEach(
            Period period, List<Dated> newestFirst, List<List<String>> reasons) {
        Set<Object> seen = new HashSet<>();
        for (int i = 0; i < newestFirst.size() && seen.size() < period.keptCount(); i++) {
            Object stretch =
                    period.of().apply(newestFirst.get(i).createdAt().atZone(policy.zone()));
            if (seen.add(stretch)) {
                reasons.get(i).add(period.name() + " " + seen.size());
            }
        }
    }
}
