package io.coldframe.wrenn;

import java.math.BigInteger;
import java.util.Arrays;

/// Says of any bytes whether they are a header, in the slowest way: with numbers that have no end,
/// and without a word of the reader's code.
final class HeaderJudge {

    private static final BigInteger PAGE = BigInteger.valueOf(4096);

    private final byte[] bytes;

    HeaderJudge(byte[] bytes) {
        this.bytes = bytes;
    }

    boolean isHeader() {
        if (bytes.length < 104 || (bytes.length - 64) % 40 != 0 || !areFieldsGood()) {
            return false;
        }
        BigInteger blockSize = number(8);
        BigInteger size = number(16);
        BigInteger unit = blockSize.min(PAGE);
        BigInteger[] rest = size.divideAndRemainder(blockSize);
        BigInteger end =
                rest[1].signum() == 0 ? size : rest[0].add(BigInteger.ONE).multiply(blockSize);
        BigInteger covered = BigInteger.ZERO;
        for (int at = 64; at < bytes.length; at += 40) {
            BigInteger length = number(at + 8);
            BigInteger recordEnd = number(at).add(length);
            boolean isGood =
                    number(at).equals(covered)
                            && covered.compareTo(size) < 0
                            && length.signum() > 0
                            && recordEnd.compareTo(end) <= 0
                            && (length.mod(unit).signum() == 0 || recordEnd.equals(size))
                            && isStorageGood(at, unit);
            if (!isGood) {
                return false;
            }
            covered = recordEnd;
        }
        return covered.compareTo(size) >= 0;
    }

    private boolean areFieldsGood() {
        int version = (bytes[0] & 0xFF) | ((bytes[1] & 0xFF) << 8);
        BigInteger blockSize = number(8);
        return version >= 1
                && version <= 3
                && blockSize.bitCount() == 1
                && blockSize.compareTo(BigInteger.valueOf(4096)) >= 0
                && blockSize.compareTo(BigInteger.valueOf(2 << 20)) <= 0
                && number(16).signum() > 0
                && number(16).compareTo(BigInteger.ONE.shiftLeft(52)) <= 0
                && number(24).bitLength() <= 63
                && !isNil(32);
    }

    private boolean isStorageGood(int recordAt, BigInteger unit) {
        BigInteger storage = number(recordAt + 32);
        return isNil(recordAt + 16)
                || (storage.add(number(recordAt + 8)).compareTo(BigInteger.ONE.shiftLeft(52)) <= 0
                        && storage.mod(unit).signum() == 0);
    }

    private boolean isNil(int at) {
        return new BigInteger(1, Arrays.copyOfRange(bytes, at, at + 16)).signum() == 0;
    }

    private BigInteger number(int at) {
        byte[] reversed = new byte[8];
        for (int index = 0; index < 8; index++) {
            reversed[index] = bytes[at + 7 - index];
        }
        return new BigInteger(1, reversed);
    }
}
