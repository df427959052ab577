package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Soak;
import io.coldframe.snapshot.PruneRules.Dated;

import org.junit.jupiter.api.Test;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.UUID;

/// What a policy keeps, by the calendar alone.
final class PruneRulesTest {

    private static final ZoneId UTC = ZoneId.of("UTC");
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

    private static List<Dated> at(String... times) {
        List<Dated> all = new ArrayList<>();
        for (String time : times) {
            all.add(new Dated(UUID.randomUUID(), Instant.parse(time)));
        }
        all.sort(PruneRules.NEWEST_FIRST);
        return all;
    }

    /// For each snapshot, the newest first, whether it is kept.
    private static String kept(PrunePolicy policy, List<Dated> all) {
        StringBuilder text = new StringBuilder();
        for (List<String> reasons : new PruneRules(policy, NOW).reasons(all)) {
            text.append(reasons.isEmpty() ? '-' : 'K');
        }
        return text.toString();
    }

    private static PrunePolicy policy() {
        return PrunePolicy.keeping(0).withZone(UTC);
    }

    @Test
    void theLastOnesAreKept() {
        List<Dated> all =
                at("2026-11-20T01:00:00Z", "2026-11-19T01:00:00Z", "2026-11-18T01:00:00Z");
        assertEquals("---", kept(PrunePolicy.keeping(0), all));
        assertEquals("K--", kept(PrunePolicy.keeping(1), all));
        assertEquals("KK-", kept(PrunePolicy.keeping(2), all));
        assertEquals("KKK", kept(PrunePolicy.keeping(3), all));
        assertEquals("KKK", kept(PrunePolicy.keeping(9), all));
    }

    @Test
    void ofEachStretchTheNewestIsKept() {
        List<Dated> all =
                at(
                        "2026-11-20T11:59:00Z",
                        "2026-11-20T11:00:00Z",
                        "2026-11-20T10:59:00Z",
                        // A Sunday, and the Monday after it.
                        "2026-11-16T00:00:00Z",
                        "2026-11-15T23:59:00Z",
                        "2026-10-31T00:00:00Z");
        assertEquals("K-KK--", kept(policy().withCalendar(3, 0, 0, 0), all));
        assertEquals("K--K--", kept(policy().withCalendar(0, 2, 0, 0), all));
        assertEquals("K---K-", kept(policy().withCalendar(0, 0, 2, 0), all));
        assertEquals("K----K", kept(policy().withCalendar(0, 0, 0, 2), all));
    }

    @Test
    void whatIsYoungIsKept() {
        List<Dated> all =
                at("2026-11-20T11:00:01Z", "2026-11-20T11:00:00Z", "2026-11-20T10:00:00Z");
        assertEquals("K--", kept(policy().withOlderThan(Duration.ofHours(1)), all));
        assertEquals("---", kept(policy().withOlderThan(Duration.ZERO), all));
        // Older than all that there is.
        assertEquals("KKK", kept(policy().withOlderThan(Duration.ofDays(1L << 40)), all));
    }

    @Test
    void daysBeginWhereTheZoneSays() {
        List<Dated> all = at("2026-11-20T00:30:00Z", "2026-11-19T23:30:00Z");
        PrunePolicy daily = policy().withCalendar(0, 2, 0, 0);
        assertEquals("KK", kept(daily, all));
        assertEquals("K-", kept(daily.withZone(ZoneId.of("Europe/Berlin")), all));
    }

    @Test
    void anHourThatComesTwiceIsTwoHours() {
        List<Dated> all = at("2026-10-25T01:30:00Z", "2026-10-25T00:30:00Z");
        PrunePolicy hourly = policy().withCalendar(2, 0, 0, 0);
        assertEquals("KK", kept(hourly.withZone(ZoneId.of("Europe/Berlin")), all));
    }

    @Test
    void impossiblePoliciesAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> PrunePolicy.keeping(-1));
        assertThrows(IllegalArgumentException.class, () -> PrunePolicy.named(List.of()));
        assertThrows(
                IllegalArgumentException.class,
                () -> PrunePolicy.keeping(1).withOlderThan(Duration.ofSeconds(-1)));
    }

    /// Every policy of small counts over random times, against one that is as simple as can be.
    @Test
    void everyPolicyKeepsWhatAnotherImplementationKeeps() {
        long seed = new SplittableRandom().nextLong();
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < Soak.count(20, 2_000); round++) {
            List<Dated> all = random(random);
            for (int counts = 0; counts < 4 * 4 * 4 * 4 * 4; counts++) {
                PrunePolicy policy =
                        PrunePolicy.keeping(counts & 3)
                                .withZone(UTC)
                                .withCalendar(
                                        counts >> 2 & 3,
                                        counts >> 4 & 3,
                                        counts >> 6 & 3,
                                        counts >> 8 & 3);
                assertEquals(judged(policy, all), kept(policy, all), policy::toString);
            }
        }
    }

    private static List<Dated> random(SplittableRandom random) {
        List<Dated> all = new ArrayList<>();
        long spanSeconds = Duration.ofDays(random.nextInt(1, 120)).toSeconds();
        for (int i = random.nextInt(12); i > 0; i--) {
            Instant time = NOW.minusSeconds(random.nextLong(spanSeconds));
            all.add(new Dated(new UUID(random.nextLong(), random.nextLong()), time));
        }
        all.sort(PruneRules.NEWEST_FIRST);
        return all;
    }

    private static String judged(PrunePolicy policy, List<Dated> all) {
        Set<Integer> kept = new TreeSet<>();
        for (int i = 0; i < Math.min(policy.keepLast(), all.size()); i++) {
            kept.add(i);
        }
        List<List<String>> texts = new ArrayList<>();
        for (Dated dated : all) {
            ZonedDateTime time = dated.createdAt().atZone(UTC);
            LocalDate monday = time.toLocalDate();
            while (monday.getDayOfWeek() != DayOfWeek.MONDAY) {
                monday = monday.minusDays(1);
            }
            assertEquals(
                    time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR),
                    monday.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
            texts.add(
                    List.of(
                            dated.createdAt().toString().substring(0, 13),
                            dated.createdAt().toString().substring(0, 10),
                            monday.toString(),
                            dated.createdAt().toString().substring(0, 7)));
        }
        int[] counts = {
            policy.keepHourly(), policy.keepDaily(), policy.keepWeekly(), policy.keepMonthly()
        };
        for (int rule = 0; rule < counts.length; rule++) {
            Set<String> seen = new TreeSet<>();
            for (int i = 0; i < all.size(); i++) {
                boolean isFirst = seen.add(texts.get(i).get(rule));
                if (isFirst && seen.size() <= counts[rule]) {
                    kept.add(i);
                }
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < all.size(); i++) {
            text.append(kept.contains(i) ? 'K' : '-');
        }
        assertTrue(text.length() == all.size());
        return text.toString();
    }
}
