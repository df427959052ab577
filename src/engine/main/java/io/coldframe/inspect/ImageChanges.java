package io.coldframe.inspect;

import io.coldframe.image.ImageSums;
import io.coldframe.memory.PageRange;
import io.coldframe.memory.PageRanges;
import io.coldframe.memory.PageSize;
import io.coldframe.snapshot.ImageLink;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/// Where two stacks of images may differ: in the pages that one of them holds above the image from
/// which on they are the same.
final class ImageChanges {

    private ImageChanges() {}

    /// The pages that may differ.
    ///
    /// @param one an image stack, newest first
    /// @param other another, of the same length
    /// @param page the unit of the result, not larger than any page of theirs
    static PageRanges between(
            List<ImageLink> one, List<ImageLink> other, long byteCount, PageSize page) {
        Set<UUID> others = other.stream().map(ImageChanges::id).collect(Collectors.toSet());
        for (int at = 0; at < one.size(); at++) {
            UUID common = id(one.get(at));
            if (others.contains(common)) {
                return written(above(one, common), byteCount, page)
                        .union(written(above(other, common), byteCount, page));
            }
        }
        return PageRanges.of(new PageRange(0, page.pageCount(byteCount)));
    }

    private static UUID id(ImageLink link) {
        return link.manifest().id();
    }

    private static List<ImageLink> above(List<ImageLink> newestFirst, UUID common) {
        return newestFirst.stream().takeWhile(link -> !id(link).equals(common)).toList();
    }

    private static PageRanges written(List<ImageLink> links, long byteCount, PageSize page) {
        PageRanges all = PageRanges.EMPTY;
        for (ImageLink link : links) {
            ImageSums sums = link.image().sums();
            PageRanges.Builder builder = new PageRanges.Builder();
            sums.forEachWritten(
                    (first, count) -> {
                        long firstByte = sums.pageSize().bytes(first);
                        long endByte = Authors.end(sums.pageSize(), first + count, byteCount);
                        long firstPage = page.page(firstByte);
                        builder.add(firstPage, page.pageCount(endByte) - firstPage);
                    });
            all = all.union(builder.build());
        }
        return all;
    }
}
