package io.coldframe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.Timer;
import java.util.TimerTask;
import java.util.function.Supplier;

/// Throws changed inputs at a decoder, in a JVM with little memory: whatever comes, it must answer
/// with a value or with the one exception that names the file.
///
/// ```java
/// @Test void noInputBreaksTheManifest() throws Exception {
///     MutationProof.run(ManifestMutations.class, Soak.count(200_000, 1_000_000));
/// }
/// ```
/// A failure prints the seed, the input's number and the input. To see one again, run [#main] with
/// the target's name, the seed, the number and 1.
public final class MutationProof {

    private static final int HEAP_MIB = 64;
    private static final int HANG_MILLIS = 60_000;
    private static final int HEX_BYTES_MAX = 4096;

    // Nothing in it that a decoder could have written by itself.
    private static final Object RESOURCE =
            new Object() {
                @Override
                public String toString() {
                    return "the mutated file";
                }
            };

    private final MutationTarget target;
    private long goodCount;
    private long refusedCount;
    private volatile String current = "the samples";

    private MutationProof(MutationTarget target) {
        this.target = target;
    }

    /// Throws `count` inputs at a decoder, and the worst ones.
    public static void run(Class<? extends MutationTarget> target, int count) throws Exception {
        long seed = new SplittableRandom().nextLong();
        System.out.println(target.getSimpleName() + ": seed " + seed + ", " + count + " inputs");
        String classes =
                String.join(
                        File.pathSeparator,
                        "target/classes",
                        "target/test-classes",
                        System.getProperty("jdk.module.path", ""),
                        System.getProperty("java.class.path", ""));
        Process child =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx" + HEAP_MIB + "m",
                                "-XX:+UseSerialGC",
                                "-ea",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                classes,
                                MutationProof.class.getName(),
                                target.getName(),
                                Long.toString(seed),
                                "0",
                                Integer.toString(count))
                        .redirectErrorStream(true)
                        .start();
        try (var output = child.getInputStream()) {
            String said = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, child.waitFor(), said);
            System.out.print(said);
        } finally {
            child.destroyForcibly();
        }
    }

    /// The child: the target's class, the seed, the first input's number, how many.
    public static void main(String[] arguments) throws Exception {
        MutationTarget target =
                Class.forName(arguments[0])
                        .asSubclass(MutationTarget.class)
                        .getDeclaredConstructor()
                        .newInstance();
        long seed = Long.parseLong(arguments[1]);
        long first = Long.parseLong(arguments[2]);
        long count = Long.parseLong(arguments[3]);
        new MutationProof(target).runAll(seed, first, count);
    }

    private void runAll(long seed, long first, long count) throws Exception {
        Timer timer = startWatch();
        List<byte[]> samples = target.samples();
        for (byte[] sample : samples) {
            check(sample, "a sample", target::decode);
        }
        assertEquals(samples.size(), goodCount, "a sample is refused");
        for (Supplier<byte[]> worst : target.worst()) {
            check(worst.get(), "a worst case", target::decodeWorst);
        }
        Mutations mutations = new Mutations(samples, seed);
        for (long number = first; number < first + count; number++) {
            byte[] input = mutations.input(number);
            check(
                    number % 2 == 0 ? input : target.sealed(input),
                    "input " + number + " of seed " + seed,
                    target::decode);
        }
        timer.cancel();
        System.out.println("taken: " + goodCount + ", refused: " + refusedCount);
    }

    /// Ends this JVM when a whole period goes by within one and the same input.
    private Timer startWatch() {
        Timer timer = new Timer(true);
        timer.scheduleAtFixedRate(
                new TimerTask() {
                    private String before = "";

                    @Override
                    public void run() {
                        String now = current;
                        if (now.equals(before)) {
                            System.out.println("it hangs at " + now);
                            Runtime.getRuntime().halt(1);
                        }
                        before = now;
                    }
                },
                HANG_MILLIS,
                HANG_MILLIS);
        return timer;
    }

    @FunctionalInterface
    private interface Decoder {
        void decode(byte[] input, Object resource) throws Exception;
    }

    private void check(byte[] input, String what, Decoder decoder) {
        current = what;
        int before = Arrays.hashCode(input);
        try {
            decoder.decode(input, RESOURCE);
            goodCount++;
        } catch (SnapshotException refusal) {
            refusedCount++;
            if (!target.kinds().contains(refusal.kind())
                    || !String.valueOf(refusal.getMessage()).contains(RESOURCE.toString())) {
                fail(input, what, refusal);
            }
        } catch (Throwable failure) {
            fail(input, what, failure);
        }
        if (before != Arrays.hashCode(input)) {
            fail(input, what, new AssertionError("the decoder has changed its input"));
        }
    }

    private static void fail(byte[] input, String what, Throwable failure) {
        System.out.println(what + ":");
        int shown = Math.min(input.length, HEX_BYTES_MAX);
        System.out.println(HexFormat.of().formatHex(input, 0, shown));
        failure.printStackTrace(System.out);
        System.exit(1);
    }
}
