package io.coldframe.inspect;

import io.coldframe.image.ImageSums;
import io.coldframe.snapshot.ImageLink;

import java.util.List;

/// Which image of a stack holds what: the newest that has the page.
final class ImageHolders {

    private final List<ImageSums> newestFirst;

    ImageHolders(List<ImageLink> newestFirst) {
        this.newestFirst = newestFirst.stream().map(link -> link.image().sums()).toList();
    }

    /// The image that the byte at `offset` is from.
    int holder(long offset) {
        for (int image = 0; image < newestFirst.size(); image++) {
            ImageSums sums = newestFirst.get(image);
            if (sums.isWritten(sums.pageSize().page(offset))) {
                return image;
            }
        }
        throw new IllegalStateException("no image of %s holds %d".formatted(newestFirst, offset));
    }

    /// Where the bytes of this holder end: another of its pages, or one of a newer image, follows.
    private long runEnd(int holder, long offset) {
        ImageSums own = newestFirst.get(holder);
        long end = offsetOf(own, own.nextUnwritten(own.pageSize().page(offset)));
        for (ImageSums newer : newestFirst.subList(0, holder)) {
            long next = newer.nextWritten(newer.pageSize().page(offset));
            end = Math.min(end, offsetOf(newer, next));
        }
        return end;
    }

    private static long offsetOf(ImageSums sums, long page) {
        return Authors.end(sums.pageSize(), page, sums.byteCount());
    }

    /// Adds the runs of a range.
    ///
    /// @param firstAuthor the index of the newest image's author; the others follow
    void addRuns(long from, long end, int firstAuthor, Blame.Builder runs) {
        for (long at = from; at < end; ) {
            int holder = holder(at);
            long runEnd = Math.min(end, runEnd(holder, at));
            runs.add(runEnd, firstAuthor + holder, PageContent.UNKNOWN);
            at = runEnd;
        }
    }
}
