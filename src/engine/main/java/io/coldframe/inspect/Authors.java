package io.coldframe.inspect;

import io.coldframe.SnapshotException;
import io.coldframe.layer.BlockPlace;
import io.coldframe.layer.ExtentMap;
import io.coldframe.layer.LayerIndex;
import io.coldframe.layer.Origin;
import io.coldframe.memory.PageSize;
import io.coldframe.snapshot.ImageLink;
import io.coldframe.snapshot.Manifest;
import io.coldframe.snapshot.Snapshot;

import java.util.ArrayList;
import java.util.List;

/// Finds out who wrote: from the index of a layer snapshot, and where that points to an image, from
/// the images.
final class Authors {

    private Authors() {}

    /// What is known of one page.
    record Page(Author author, PageContent content) {}

    static Author author(Manifest manifest) {
        return new Author(manifest.id(), manifest.generation(), manifest.createdAt());
    }

    private static Author author(Origin origin) {
        return new Author(origin.snapshotId(), origin.generation(), origin.createdAt());
    }

    static Blame blame(Snapshot snapshot) throws SnapshotException {
        ImageHolders images = new ImageHolders(snapshot.images());
        long byteCount = snapshot.manifest().memory().byteCount();
        Blame.Builder runs = new Blame.Builder(byteCount);
        List<Author> authors = new ArrayList<>();
        PageSize pageSize = snapshot.manifest().memory().pageSize();
        if (snapshot.layers().isPresent()) {
            LayerIndex index = snapshot.layers().get().index();
            index.origins().forEach(origin -> authors.add(author(origin)));
            addExtents(index, images, runs);
        } else {
            images.addRuns(0, byteCount, 0, runs);
        }
        for (ImageLink link : snapshot.images()) {
            authors.add(author(link.manifest()));
            pageSize = finer(pageSize, link.manifest().memory().pageSize());
        }
        return runs.build(author(snapshot.manifest()), pageSize, authors);
    }

    private static void addExtents(LayerIndex index, ImageHolders images, Blame.Builder runs) {
        ExtentMap map = index.map();
        PageSize block = index.blockSize();
        for (int extent = 0; extent < map.extentCount(); extent++) {
            long end = end(block, map.endBlock(extent), index.byteCount());
            switch (map.place(extent)) {
                case DATA -> runs.add(end, map.origin(extent), PageContent.DATA);
                case ZERO -> runs.add(end, map.origin(extent), PageContent.ZERO);
                case PARENT ->
                        images.addRuns(
                                block.bytes(map.firstBlock(extent)),
                                end,
                                index.origins().size(),
                                runs);
            }
        }
    }

    /// Where the pages before `endPage` end; the last of the memory may be a short one.
    static long end(PageSize pageSize, long endPage, long byteCount) {
        return endPage > byteCount >> pageSize.shift() ? byteCount : pageSize.bytes(endPage);
    }

    static PageSize finer(PageSize one, PageSize other) {
        return one.isMultipleOf(other) ? other : one;
    }

    /// Who wrote the page at an offset.
    static Page at(Snapshot snapshot, long offset) throws SnapshotException {
        if (snapshot.layers().isPresent()) {
            LayerIndex index = snapshot.layers().get().index();
            ExtentMap map = index.map();
            int extent = map.find(index.blockSize().page(offset));
            BlockPlace place = map.place(extent);
            if (place != BlockPlace.PARENT) {
                return new Page(
                        author(index.origins().get(map.origin(extent))),
                        place == BlockPlace.ZERO ? PageContent.ZERO : PageContent.DATA);
            }
        }
        List<ImageLink> images = snapshot.images();
        int holder = new ImageHolders(images).holder(offset);
        return new Page(author(images.get(holder).manifest()), PageContent.UNKNOWN);
    }
}
