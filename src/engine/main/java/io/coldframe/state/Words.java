package io.coldframe.state;

import java.util.Arrays;

/// Numbers of 64 bits that nobody can change any more: registers in an order that someone fixed.
///
/// **Threads.** Immutable.
public final class Words {

    /// No numbers at all.
    public static final Words EMPTY = new Words();

    private final long[] values;

    private Words(long... values) {
        this.values = values;
    }

    /// {@return a copy of `values`}
    ///
    /// @param values the numbers
    public static Words of(long... values) {
        return values.length == 0 ? EMPTY : new Words(values.clone());
    }

    /// {@return so many zeros}
    ///
    /// @param count how many
    public static Words zeros(int count) {
        return count == 0 ? EMPTY : new Words(new long[count]);
    }

    /// {@return how many there are}
    public int count() {
        return values.length;
    }

    /// {@return one of them}
    ///
    /// @param index from 0 to [#count()], exclusive
    public long get(int index) {
        return values[index];
    }

    /// {@return the same with one of them changed}
    ///
    /// @param index from 0 to [#count()], exclusive
    /// @param value what it becomes
    public Words with(int index, long value) {
        long[] changed = values.clone();
        changed[index] = value;
        return new Words(changed);
    }

    /// {@return a copy of the numbers}
    public long[] values() {
        return values.clone();
    }

    void checkCount(String what, int expectedCount) {
        if (values.length != expectedCount) {
            throw new IllegalArgumentException(
                    what + ": " + expectedCount + " are needed, not " + values.length);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Words that && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("[");
        for (long value : values) {
            text.append(text.length() == 1 ? "" : " ").append(Long.toHexString(value));
        }
        return text.append(']').toString();
    }
}
