package io.coldframe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

final class BlobTest {

    @Test
    void whatWasPassedInCanChangeWithoutTheBlob() {
        byte[] source = {1, 2, 3};
        Blob blob = Blob.of(source);
        source[0] = 9;
        blob.bytes()[1] = 9;
        assertArrayEquals(new byte[] {1, 2, 3}, blob.bytes());
        assertEquals(3, blob.byteCount());
        assertEquals(2, blob.get(1));
        assertThrows(IndexOutOfBoundsException.class, () -> blob.get(3));
    }

    @Test
    void itsSegmentIsReadOnly() {
        MemorySegment segment = Blob.of(new byte[] {1, 2, 3}).segment();
        assertEquals(3, segment.byteSize());
        assertTrue(segment.isReadOnly());
    }

    @Test
    void theSameBytesFromAnywhereAreEqual() {
        byte[] bytes = {7, 1, 2, 3, 7};
        Blob blob = Blob.of(new byte[] {1, 2, 3});
        assertEquals(blob, Blob.of(bytes, 1, 4));
        assertEquals(blob.hashCode(), Blob.of(bytes, 1, 4).hashCode());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment segment = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
            assertEquals(blob, Blob.of(segment.asSlice(1, 3)));
        }
        assertNotEquals(blob, Blob.of(bytes));
        assertEquals(Blob.EMPTY, Blob.of(bytes, 2, 2));
        assertEquals(Blob.EMPTY, Blob.ofText(""));
        assertEquals(Blob.of(new byte[] {(byte) 0xC3, (byte) 0xA9}), Blob.ofText("é"));
        assertThrows(IndexOutOfBoundsException.class, () -> Blob.of(bytes, 2, 6));
    }

    @Test
    void itDoesNotShowWhatAGuestHeld() {
        assertEquals("Blob[3 bytes]", Blob.of(new byte[] {65, 66, 67}).toString());
    }

    @Test
    void anUnknownFieldHasANumber() {
        UnknownFields.Builder builder = new UnknownFields.Builder();
        for (int field : new int[] {0, -1, 1 << 29}) {
            assertThrows(IllegalArgumentException.class, () -> builder.varint(field, 1));
        }
        assertTrue(builder.build().isEmpty());
        UnknownFields largest = builder.varint((1 << 29) - 1, 1).build();
        assertEquals(6, largest.encoded().byteCount());
    }
}
