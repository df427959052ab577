package io.coldframe.memory;

/// How many bytes a page has: a power of two, and the one place where pages and bytes meet.
///
/// A count of pages and a count of bytes are both a `long`; everything that turns one into the
/// other is here, is named after its result, and refuses to overflow.
///
/// @param shift the binary logarithm of the bytes, 9 to 30
public record PageSize(int shift) {

    /// The page of x86-64 and of most arm64 Linux, and the block of a layer.
    public static final PageSize KIB_4 = new PageSize(12);

    /// The page of Apple silicon.
    public static final PageSize KIB_16 = new PageSize(14);

    /// The page of some arm64 Linux kernels.
    public static final PageSize KIB_64 = new PageSize(16);

    /// The huge page of x86-64 and of arm64 with 4 KiB pages.
    public static final PageSize MIB_2 = new PageSize(21);

    // Below 512 bytes no device writes a sector of it; above 1 GiB no hardware has a page.
    private static final int SHIFT_MIN = 9;
    private static final int SHIFT_MAX = 30;

    /// Refuses a shift that no device or hardware has.
    public PageSize {
        if (!isShift(shift)) {
            throw new IllegalArgumentException(
                    "a page has 2^" + SHIFT_MIN + " to 2^" + SHIFT_MAX + " bytes, not 2^" + shift);
        }
    }

    /// {@return whether there are pages of 2^shift bytes}
    ///
    /// @param shift any number, as one that was read from a file
    public static boolean isShift(int shift) {
        return shift >= SHIFT_MIN && shift <= SHIFT_MAX;
    }

    /// {@return the page size of `byteCount` bytes}
    ///
    /// @param byteCount a power of two
    public static PageSize ofBytes(long byteCount) {
        if (Long.bitCount(byteCount) != 1 || byteCount < 0) {
            throw new IllegalArgumentException(
                    "a page size is a power of two, not " + byteCount + " bytes");
        }
        return new PageSize(Long.numberOfTrailingZeros(byteCount));
    }

    /// {@return the bytes of one page}
    public int bytes() {
        return 1 << shift;
    }

    /// {@return the bytes of `pageCount` pages, which is also the offset of page `pageCount`}
    ///
    /// @param pageCount how many pages, not negative
    public long bytes(long pageCount) {
        if (pageCount < 0 || pageCount > Long.MAX_VALUE >> shift) {
            throw new IllegalArgumentException(pageCount + " pages of " + this + " overflow");
        }
        return pageCount << shift;
    }

    /// {@return the page that holds the byte at `byteOffset`}
    ///
    /// @param byteOffset an offset, not negative
    public long page(long byteOffset) {
        assert byteOffset >= 0 : byteOffset;
        return byteOffset >>> shift;
    }

    /// {@return how many pages hold `byteCount` bytes; the last of them may be partial}
    ///
    /// @param byteCount how many bytes, not negative
    public long pageCount(long byteCount) {
        if (byteCount < 0) {
            throw new IllegalArgumentException("byteCount is negative: " + byteCount);
        }
        return byteCount == 0 ? 0 : ((byteCount - 1) >>> shift) + 1;
    }

    /// {@return whether `byteOffset` is where a page starts}
    ///
    /// @param byteOffset an offset
    public boolean isAligned(long byteOffset) {
        return (byteOffset & (bytes() - 1L)) == 0;
    }

    /// {@return whether every page of this size is made of whole pages of `finer`}
    ///
    /// @param finer the size of the parts
    public boolean isMultipleOf(PageSize finer) {
        return shift >= finer.shift;
    }

    /// {@return how many pages of `finer` make one of this size, 1 when they are equal}
    ///
    /// @param finer the size of the parts, not larger than this
    public long pagesOf(PageSize finer) {
        if (!isMultipleOf(finer)) {
            throw new IllegalArgumentException(
                    "a page of " + this + " holds no whole page of " + finer);
        }
        return 1L << (shift - finer.shift);
    }

    @Override
    public String toString() {
        // 2^30 has a unit of its own, 2^20 and 2^10 likewise.
        String unit = shift >= 30 ? " GiB" : shift >= 20 ? " MiB" : shift >= 10 ? " KiB" : " bytes";
        return (1 << (shift >= 10 ? shift % 10 : shift)) + unit;
    }
}
