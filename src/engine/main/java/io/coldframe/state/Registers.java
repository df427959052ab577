package io.coldframe.state;

import java.util.Arrays;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongPredicate;

/// Registers that have numbers, in the unsigned order of these: the system registers of arm64, the
/// model-specific and extended control registers of x86-64.
///
/// **Threads.** Immutable; a [Builder] belongs to one thread.
public final class Registers {

    // KVM lists some 700 registers for a vCPU of arm64 with all extensions, and some 300 MSRs.
    static final int COUNT_MAX = 4096;

    /// No registers at all.
    public static final Registers NONE = new Registers(new long[0], new long[0]);

    private final long[] numbers;
    private final long[] values;

    private Registers(long[] numbers, long[] values) {
        this.numbers = numbers;
        this.values = values;
    }

    /// {@return the registers of a map}
    ///
    /// @param valueByNumber their values by their numbers
    public static Registers of(Map<Long, Long> valueByNumber) {
        Builder builder = new Builder();
        valueByNumber.forEach(builder::add);
        return builder.build();
    }

    /// {@return how many there are}
    public int count() {
        return numbers.length;
    }

    /// {@return the number of one of them; the higher the index, the higher the number}
    ///
    /// @param index from 0 to [#count()], exclusive
    public long number(int index) {
        return numbers[index];
    }

    /// {@return the value of one of them}
    ///
    /// @param index from 0 to [#count()], exclusive
    public long value(int index) {
        return values[index];
    }

    /// {@return the value of the register with this number, if it is here}
    ///
    /// @param number the register's number
    public OptionalLong get(long number) {
        int low = 0;
        int high = numbers.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = Long.compareUnsigned(numbers[middle], number);
            if (order == 0) {
                return OptionalLong.of(values[middle]);
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return OptionalLong.empty();
    }

    /// {@return the same with one register added or changed}
    ///
    /// @param number its number
    /// @param value its value
    public Registers with(long number, long value) {
        Builder builder = new Builder();
        forEach(
                (eachNumber, eachValue) -> {
                    if (eachNumber != number) {
                        builder.add(eachNumber, eachValue);
                    }
                });
        return builder.add(number, value).build();
    }

    /// Passes every register, from the lowest number to the highest.
    ///
    /// @param visitor takes them
    public void forEach(Visitor visitor) {
        for (int index = 0; index < numbers.length; index++) {
            visitor.visit(numbers[index], values[index]);
        }
    }

    /// {@return the lowest number that is not among those that are known}
    ///
    /// @param known answers whether a number is known
    public OptionalLong firstUnknown(LongPredicate known) {
        return Arrays.stream(numbers).filter(known.negate()).findFirst();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Registers that
                && Arrays.equals(numbers, that.numbers)
                && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(numbers) + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("{");
        forEach(
                (number, value) ->
                        text.append(text.length() == 1 ? "" : " ")
                                .append(Long.toHexString(number))
                                .append('=')
                                .append(Long.toHexString(value)));
        return text.append('}').toString();
    }

    /// Takes one register after another.
    @FunctionalInterface
    public interface Visitor {

        /// One register.
        ///
        /// @param number its number
        /// @param value its value
        void visit(long number, long value);
    }

    /// Gathers registers in any order.
    public static final class Builder {

        private static final int FIRST_CAPACITY = 16;

        private long[] numbers = new long[FIRST_CAPACITY];
        private long[] values = new long[FIRST_CAPACITY];
        private int count;

        /// A builder without registers.
        public Builder() {}

        /// Adds a register.
        ///
        /// @param number its number, not yet added
        /// @param value its value
        /// @return this
        public Builder add(long number, long value) {
            if (count == numbers.length) {
                numbers = Arrays.copyOf(numbers, 2 * count);
                values = Arrays.copyOf(values, 2 * count);
            }
            numbers[count] = number;
            values[count] = value;
            count++;
            return this;
        }

        /// {@return how many were added}
        public int count() {
            return count;
        }

        /// {@return the registers}
        ///
        /// @throws IllegalArgumentException if there are more than can be read back, or one twice
        public Registers build() {
            if (count > COUNT_MAX) {
                throw new IllegalArgumentException(count + " registers, of at most " + COUNT_MAX);
            }
            if (count == 0) {
                return NONE;
            }
            // Hypervisors list them in ascending order, and so do our files.
            for (int index = 1; index < count; index++) {
                if (Long.compareUnsigned(numbers[index - 1], numbers[index]) >= 0) {
                    return sorted();
                }
            }
            return new Registers(Arrays.copyOf(numbers, count), Arrays.copyOf(values, count));
        }

        private Registers sorted() {
            Integer[] order = new Integer[count];
            Arrays.setAll(order, index -> index);
            Arrays.sort(order, (one, other) -> Long.compareUnsigned(numbers[one], numbers[other]));
            long[] sortedNumbers = new long[count];
            long[] sortedValues = new long[count];
            for (int index = 0; index < count; index++) {
                sortedNumbers[index] = numbers[order[index]];
                sortedValues[index] = values[order[index]];
                if (index > 0 && sortedNumbers[index] == sortedNumbers[index - 1]) {
                    throw new IllegalArgumentException(
                            "register 0x"
                                    + Long.toHexString(sortedNumbers[index])
                                    + " comes twice");
                }
            }
            return new Registers(sortedNumbers, sortedValues);
        }
    }
}
