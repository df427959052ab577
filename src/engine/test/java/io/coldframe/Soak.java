package io.coldframe;

/// How long a proof may take: seconds in every build, as long as it needs in a soak.
///
/// `./mvnw verify -Psoak` sets the system property `coldframe.soak`. A test that has a longer form
/// asks here for its counts and prints the seed that it ran with, so that what a soak finds can be
/// run again alone.
public final class Soak {

    private static final boolean ON = Boolean.getBoolean("coldframe.soak");

    private Soak() {}

    /// Whether this is a soak.
    public static boolean isOn() {
        return ON;
    }

    /// How often to repeat: `quickCount` in every build, `soakCount` in a soak.
    public static int count(int quickCount, int soakCount) {
        return ON ? soakCount : quickCount;
    }

    /// How much to cover, for what an `int` does not hold.
    public static long size(long quickSize, long soakSize) {
        return ON ? soakSize : quickSize;
    }
}
