package io.coldframe;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// Inputs made of well-formed ones by a few random changes. Input `n` of a seed is always the same,
/// so one that was found can be made again without those before it.
public final class Mutations {

    private static final int CHANGE_COUNT_MAX = 6;
    private static final int RUN_BYTES_MAX = 40;

    // What decoders stumble over: signs, sizes, and the ends of what a number of bits holds.
    private static final long[] INTERESTING = {
        0,
        1,
        7,
        8,
        9,
        0x7F,
        0x80,
        0xFF,
        0x100,
        0x7FFF,
        0x8000,
        0xFFFF,
        0x7FFF_FFFFL,
        0x8000_0000L,
        0xFFFF_FFFFL,
        0x1_0000_0000L,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        -1,
        -8,
        10_000_000,
        1 << 20,
    };

    private final List<byte[]> samples;
    private final long seed;

    /// Changes of `samples`.
    public Mutations(List<byte[]> samples, long seed) {
        this.samples = samples;
        this.seed = seed;
    }

    /// One input.
    public byte[] input(long number) {
        SplittableRandom random = new SplittableRandom(seed + number * 0x9E37_79B9_7F4A_7C15L);
        byte[] input = sample(random).clone();
        // Half of them with a single change, which leaves the most to be understood.
        int count = random.nextBoolean() ? 1 : 1 + random.nextInt(CHANGE_COUNT_MAX);
        for (int left = count; left > 0; left--) {
            input = changed(input, random);
        }
        return input;
    }

    private byte[] sample(SplittableRandom random) {
        return samples.get(random.nextInt(samples.size()));
    }

    private byte[] changed(byte[] input, SplittableRandom random) {
        int at = random.nextInt(input.length + 1);
        int run = Math.min(random.nextInt(RUN_BYTES_MAX), input.length - at);
        return switch (random.nextInt(10)) {
            case 0, 1 -> flipped(input, at, random);
            case 2 -> spliced(input, at, at + run, new byte[0]);
            case 3 -> spliced(input, at, at, bytes(random));
            case 4 -> spliced(input, at, at + run, bytes(random));
            case 5 -> spliced(input, at, at, Arrays.copyOfRange(input, at, at + run));
            case 6 -> Arrays.copyOf(input, at);
            case 7 -> fixed(input, at, random);
            case 8 -> spliced(input, at, at + Math.min(run, 2), varint(random));
            default -> crossed(input, at, sample(random), random);
        };
    }

    private static byte[] flipped(byte[] input, int at, SplittableRandom random) {
        if (at < input.length) {
            input[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
        }
        return input;
    }

    /// An interesting number of 1, 2, 4 or 8 bytes over what was there.
    private static byte[] fixed(byte[] input, int at, SplittableRandom random) {
        long value = INTERESTING[random.nextInt(INTERESTING.length)];
        int end = Math.min(input.length, at + (1 << random.nextInt(4)));
        for (int byteAt = at; byteAt < end; byteAt++) {
            input[byteAt] = (byte) (value >>> (Byte.SIZE * (byteAt - at)));
        }
        return input;
    }

    /// An interesting number as protobuf writes it, sometimes longer than need be.
    private static byte[] varint(SplittableRandom random) {
        long rest = INTERESTING[random.nextInt(INTERESTING.length)];
        byte[] made = new byte[12];
        int count = 0;
        do {
            made[count++] = (byte) (rest | 0x80);
            rest >>>= 7;
        } while (rest != 0);
        for (int zeros = random.nextInt(8) == 0 ? random.nextInt(3) : 0; zeros > 0; zeros--) {
            if (count < made.length) {
                made[count++] = (byte) 0x80;
            }
        }
        made[count - 1] &= 0x7F;
        return Arrays.copyOf(made, count);
    }

    private static byte[] bytes(SplittableRandom random) {
        byte[] made = new byte[random.nextInt(RUN_BYTES_MAX)];
        if (random.nextBoolean()) {
            random.nextBytes(made);
        } else {
            Arrays.fill(made, (byte) (random.nextBoolean() ? 0 : 0xFF));
        }
        return made;
    }

    /// The beginning of one and the end of the other.
    private static byte[] crossed(byte[] input, int at, byte[] other, SplittableRandom random) {
        int otherAt = random.nextInt(other.length + 1);
        return spliced(input, at, input.length, Arrays.copyOfRange(other, otherAt, other.length));
    }

    private static byte[] spliced(byte[] input, int from, int end, byte[] between) {
        byte[] made = Arrays.copyOf(input, from + between.length + input.length - end);
        System.arraycopy(between, 0, made, from, between.length);
        System.arraycopy(input, end, made, from + between.length, input.length - end);
        return made;
    }
}
