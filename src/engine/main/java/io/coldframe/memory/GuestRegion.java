package io.coldframe.memory;

/// One run of guest memory: where the guest sees it, and where it lies in the image.
///
/// @param index its place in the list of regions
/// @param guestAddress the guest-physical address of its first byte
/// @param imageOffset the offset of its first byte in the image
/// @param byteCount its length
public record GuestRegion(int index, long guestAddress, long imageOffset, long byteCount) {

    /// {@return the guest-physical address after the last byte}
    public long endGuestAddress() {
        return guestAddress + byteCount;
    }

    /// {@return the image offset after the last byte}
    public long endImageOffset() {
        return imageOffset + byteCount;
    }

    /// Whether the two have a guest address in common.
    boolean overlaps(GuestRegion other) {
        return guestAddress < other.endGuestAddress() && other.guestAddress < endGuestAddress();
    }

    @Override
    public String toString() {
        return "region %d: %d bytes at guest address 0x%x, image offset 0x%x"
                .formatted(index, byteCount, guestAddress, imageOffset);
    }
}
