package io.coldframe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

final class Sha256Test {

    private static final byte[] ABC = "abc".getBytes(StandardCharsets.US_ASCII);
    private static final String ABC_DIGEST =
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @Test
    void theDigestIsThatOfTheStandard() {
        assertEquals(ABC_DIGEST, Sha256.of(ABC).hex());
        assertEquals(ABC_DIGEST, Sha256.of(MemorySegment.ofArray(ABC)).toString());
    }

    @Test
    void pieceByPieceIsTheSame() {
        MessageDigest digest = Sha256.algorithm();
        for (byte one : ABC) {
            digest.update(one);
        }
        assertEquals(Sha256.of(ABC), Sha256.finish(digest));
    }

    @Test
    void aStoredDigestIsEqualAndNobodyCanChangeIt() {
        byte[] bytes = Sha256.of(ABC).bytes();
        Sha256 stored = Sha256.stored(bytes);
        assertEquals(Sha256.of(ABC), stored);
        assertEquals(Sha256.of(ABC).hashCode(), stored.hashCode());
        bytes[0] ^= 1;
        stored.bytes()[1] ^= 1;
        assertEquals(Sha256.of(ABC), stored);
        assertNotEquals(Sha256.stored(bytes), stored);
        assertArrayEquals(Sha256.of(ABC).bytes(), stored.bytes());
    }

    @Test
    void anotherLengthIsNoDigest() {
        assertThrows(IllegalArgumentException.class, () -> Sha256.stored(new byte[31]));
        assertThrows(IllegalArgumentException.class, () -> Sha256.stored(new byte[33]));
    }
}
