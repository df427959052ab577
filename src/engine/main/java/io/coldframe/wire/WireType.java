package io.coldframe.wire;

/// How a field's value is written: the low three bits of its tag.
final class WireType {

    static final int BIT_COUNT = 3;
    static final int VARINT = 0;
    static final int FIXED64 = 1;
    static final int BYTES = 2;
    static final int FIXED32 = 5;

    private WireType() {}

    static String text(int wireType) {
        return switch (wireType) {
            case VARINT -> "a varint";
            case FIXED64 -> "8 bytes";
            case BYTES -> "a length and bytes";
            case 3, 4 -> "a group, which proto3 has not";
            case FIXED32 -> "4 bytes";
            default -> "of wire type " + wireType + ", which there is not";
        };
    }
}
