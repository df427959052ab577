package io.coldframe.memory;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;

/// Where guest memory is: regions with guest addresses, laid end to end as the image.
///
/// ```
///  guest   0           3 GiB        4 GiB           5 GiB
///          |  region 0   |   hole     |   region 1    |
///  image   0           3 GiB                        4 GiB
/// ```
///
/// The image has the regions in the order in which they are given, which need not be that of their
/// addresses. No two share an address. Addresses and lengths are multiples of [#PAGE]; none is
/// negative and no sum overflows, so code that holds a layout adds and subtracts unchecked.
///
/// **Threads.** Immutable.
public final class GuestLayout {

    /// Of what every region's address and length are multiples: the smallest page that a guest has,
    /// and the block of a layer. Whoever maps memory asks for the host's page too.
    public static final PageSize PAGE = PageSize.KIB_4;

    private final List<GuestRegion> regions;
    private final List<GuestRegion> byAddress;
    private final long byteCount;

    private GuestLayout(List<GuestRegion> regions) {
        this.regions = List.copyOf(regions);
        this.byAddress =
                regions.stream()
                        .sorted(Comparator.comparingLong(GuestRegion::guestAddress))
                        .toList();
        this.byteCount = regions.getLast().endImageOffset();
    }

    /// {@return one region at guest address 0, so that addresses are offsets}
    ///
    /// @param byteCount its length
    public static GuestLayout of(long byteCount) {
        return startingAt(0, byteCount);
    }

    /// {@return one region, which [#then] adds others to}
    ///
    /// @param guestAddress where it is in the guest
    /// @param byteCount its length
    public static GuestLayout startingAt(long guestAddress, long byteCount) {
        return new GuestLayout(List.of(region(0, guestAddress, 0, byteCount)));
    }

    /// {@return these regions and one more at the end of the image}
    ///
    /// @param guestAddress where it is in the guest
    /// @param byteCount its length
    /// @throws IllegalArgumentException if it shares an address with one of these
    public GuestLayout then(long guestAddress, long byteCount) {
        GuestRegion added = region(regions.size(), guestAddress, this.byteCount, byteCount);
        for (GuestRegion region : regions) {
            if (region.overlaps(added)) {
                throw new IllegalArgumentException(
                        "regions overlap in the guest: " + region + "; " + added);
            }
        }
        List<GuestRegion> all = new ArrayList<>(regions);
        all.add(added);
        return new GuestLayout(all);
    }

    private static GuestRegion region(
            int index, long guestAddress, long imageOffset, long byteCount) {
        if (guestAddress < 0 || !PAGE.isAligned(guestAddress)) {
            throw new IllegalArgumentException(
                    "a guest address is a multiple of %s and not negative, not 0x%x"
                            .formatted(PAGE, guestAddress));
        }
        if (byteCount <= 0 || !PAGE.isAligned(byteCount)) {
            throw new IllegalArgumentException(
                    "a region is a positive multiple of %s, not %d bytes"
                            .formatted(PAGE, byteCount));
        }
        // A subtraction, because the sum is what overflows.
        if (byteCount > Long.MAX_VALUE - Math.max(guestAddress, imageOffset)) {
            throw new IllegalArgumentException(
                    "%d bytes at guest address 0x%x, image offset 0x%x wrap"
                            .formatted(byteCount, guestAddress, imageOffset));
        }
        return new GuestRegion(index, guestAddress, imageOffset, byteCount);
    }

    /// {@return the regions in the order of the image; never empty}
    public List<GuestRegion> regions() {
        return regions;
    }

    /// {@return the length of the image}
    public long byteCount() {
        return byteCount;
    }

    /// {@return the region that holds the byte at `imageOffset`}
    ///
    /// @param imageOffset an offset in the image
    /// @throws IndexOutOfBoundsException if the offset is not in the image
    public GuestRegion regionAt(long imageOffset) {
        Objects.checkIndex(imageOffset, byteCount);
        int low = 0;
        int high = regions.size() - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (regions.get(middle).endImageOffset() <= imageOffset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return regions.get(low);
    }

    /// {@return where the byte at `imageOffset` is in the guest}
    ///
    /// @param imageOffset an offset in the image
    /// @throws IndexOutOfBoundsException if the offset is not in the image
    public long guestAddress(long imageOffset) {
        GuestRegion region = regionAt(imageOffset);
        return region.guestAddress() + (imageOffset - region.imageOffset());
    }

    /// {@return where the byte at `guestAddress` is in the image; empty in a hole between regions,
    /// and outside of all}
    ///
    /// @param guestAddress any
    public OptionalLong imageOffset(long guestAddress) {
        int low = 0;
        int high = byAddress.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            GuestRegion region = byAddress.get(middle);
            if (guestAddress < region.guestAddress()) {
                high = middle - 1;
            } else if (guestAddress >= region.endGuestAddress()) {
                low = middle + 1;
            } else {
                return OptionalLong.of(
                        region.imageOffset() + (guestAddress - region.guestAddress()));
            }
        }
        return OptionalLong.empty();
    }

    /// The range `[imageOffset, imageOffset + byteCount)` in parts, in order: one for each region
    /// that it touches.
    ///
    /// @throws IndexOutOfBoundsException if the range is not in the image
    List<RegionPart> parts(long imageOffset, long byteCount) {
        Objects.checkFromIndexSize(imageOffset, byteCount, this.byteCount);
        List<RegionPart> parts = new ArrayList<>();
        long at = imageOffset;
        long end = imageOffset + byteCount;
        while (at < end) {
            GuestRegion region = regionAt(at);
            long partEnd = Math.min(end, region.endImageOffset());
            parts.add(new RegionPart(region, at - region.imageOffset(), partEnd - at));
            at = partEnd;
        }
        return parts;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GuestLayout layout && regions.equals(layout.regions);
    }

    @Override
    public int hashCode() {
        return regions.hashCode();
    }

    @Override
    public String toString() {
        return regions.size()
                + (regions.size() == 1 ? " region, " : " regions, ")
                + byteCount
                + " bytes";
    }
}
