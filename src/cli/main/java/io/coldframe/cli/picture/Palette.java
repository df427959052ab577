package io.coldframe.cli.picture;

import io.coldframe.inspect.AddressMap.Kind;

/// The colours of a map, as `0xRRGGBB`: what was written last is hot, and the older it is the
/// colder.
///
/// **Threads.** Immutable.
public final class Palette {

    static final int BACKGROUND = 0x14171f;
    static final int TEXT = 0xe6e9f0;
    static final int FAINT_TEXT = 0x8b93a5;

    private static final int ZERO = 0x2a303d;
    private static final int OWN = 0xffc845;

    // Youngest first. Each is darker than the one before, so that they differ in print, too.
    private static final int[] AGES = {0xf58549, 0xd6456f, 0x9c44b0, 0x5b55c4, 0x2c5fb3};

    private final int ageMax;

    /// @param ageMax the age of the oldest data
    public Palette(int ageMax) {
        this.ageMax = Math.max(ageMax, 1);
    }

    /// The oldest age that has a colour of its own.
    public int ageMax() {
        return ageMax;
    }

    /// The colour of a part of a cell.
    public int colour(Kind kind, int age) {
        return switch (kind) {
            case ZERO -> ZERO;
            case OWN -> OWN;
            case INHERITED -> ofAge(Math.clamp(age, 1, ageMax));
        };
    }

    /// By the logarithm: of a chain of a thousand the first ten are worth a look each.
    private int ofAge(int age) {
        double position = ageMax == 1 ? 1 : Math.log(age) / Math.log(ageMax);
        double at = position * (AGES.length - 1);
        int stop = Math.min((int) at, AGES.length - 2);
        return between(AGES[stop], AGES[stop + 1], at - stop);
    }

    private static int between(int from, int to, double share) {
        int mixed = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            int low = from >> shift & 0xff;
            int high = to >> shift & 0xff;
            mixed |= (int) Math.round(low + (high - low) * share) << shift;
        }
        return mixed;
    }
}
