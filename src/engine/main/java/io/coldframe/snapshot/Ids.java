package io.coldframe.snapshot;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.UUID;

/// Ids of snapshots: UUIDs of version 7, which sort by the millisecond and never repeat.
final class Ids {

    private static final SecureRandom RANDOM = new SecureRandom();

    private Ids() {}

    static UUID next(Instant now) {
        return of(now.toEpochMilli(), RANDOM.nextLong(), RANDOM.nextLong());
    }

    /// ```
    ///  bits   48                    4        12      2       62
    ///       | milliseconds, 1970 | 0111 | random | 10 | random |
    /// ```
    static UUID of(long epochMillis, long random1, long random2) {
        long high = (epochMillis << 16) | (7L << 12) | (random1 & 0xfff);
        long low = (0b10L << 62) | (random2 >>> 2);
        return new UUID(high, low);
    }
}
