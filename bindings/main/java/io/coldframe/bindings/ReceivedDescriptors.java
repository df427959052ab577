package io.coldframe.bindings;

import java.util.Arrays;
import java.util.Objects;

/// Room for the descriptors that arrive with one message, and what was said about its truncation.
///
/// **Lifetime.** The descriptors that are in it belong to whoever received them, who closes each
/// once. Receiving again forgets them and closes none.
///
/// **Threads.** Not thread-safe.
public final class ReceivedDescriptors {
    private final int[] descriptors;
    private int count;
    private boolean descriptorsTruncated;
    private boolean bytesTruncated;

    /// Room for `capacity` descriptors.
    public ReceivedDescriptors(int capacity) {
        if (capacity < 0 || capacity > UnixSockets.DESCRIPTOR_COUNT_MAX) {
            throw new IllegalArgumentException(
                    "capacity %d is not in [0, %d]"
                            .formatted(capacity, UnixSockets.DESCRIPTOR_COUNT_MAX));
        }
        this.descriptors = new int[capacity];
    }

    /// How many there is room for.
    public int capacity() {
        return descriptors.length;
    }

    /// How many came.
    public int count() {
        return count;
    }

    /// The one at `index`, in the order in which they were sent.
    public int get(int index) {
        return descriptors[Objects.checkIndex(index, count)];
    }

    /// Whether the sender sent more than there was room for. The kernel has closed the rest.
    public boolean descriptorsTruncated() {
        return descriptorsTruncated;
    }

    /// Whether a message that keeps its borders was longer than the buffer. The rest is lost.
    public boolean bytesTruncated() {
        return bytesTruncated;
    }

    void reset() {
        count = 0;
        descriptorsTruncated = false;
        bytesTruncated = false;
    }

    void add(int descriptor) {
        descriptors[count] = descriptor;
        count++;
    }

    void truncated(boolean ofDescriptors, boolean ofBytes) {
        descriptorsTruncated = ofDescriptors;
        bytesTruncated = ofBytes;
    }

    @Override
    public String toString() {
        return Arrays.toString(Arrays.copyOf(descriptors, count))
                + (descriptorsTruncated ? " and more" : "");
    }
}
