package io.coldframe.cli.bench;

import io.coldframe.cli.WorkFolder;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What the commit of a diff can't beat: as many bytes as its pages have in one sequential write to
/// a new file, with everything else that makes a snapshot appear whole: the small files beside it,
/// each synced, the sync of their directory, the rename into place, and the sync of the parent.
final class CommitFloor implements Way {

    private final MemorySegment pages;
    private final List<MemorySegment> smallFiles;
    private final WorkFolder folder;
    private final Path draft;
    private final Path target;

    /// @param pages as many bytes as the diff holds, end to end
    /// @param smallFiles the contents of the other files of a snapshot
    CommitFloor(MemorySegment pages, List<MemorySegment> smallFiles, WorkFolder folder) {
        this.pages = pages;
        this.smallFiles = List.copyOf(smallFiles);
        this.folder = folder;
        this.draft = folder.resolve("floor.draft");
        this.target = folder.resolve("floor");
    }

    @Override
    public void run() throws IOException {
        Files.createDirectory(draft);
        write(draft.resolve("pages"), pages);
        for (int index = 0; index < smallFiles.size(); index++) {
            write(draft.resolve("small." + index), smallFiles.get(index));
        }
        RawFile.syncDirectory(draft);
        RawFile.rename(draft, target);
        RawFile.syncDirectory(folder.path());
    }

    private static void write(Path path, MemorySegment bytes) throws IOException {
        try (RawFile file = RawFile.create(path, 0)) {
            file.write(bytes, 0);
            file.sync();
        }
    }

    @Override
    public void clear() throws IOException {
        Files.delete(target.resolve("pages"));
        for (int index = 0; index < smallFiles.size(); index++) {
            Files.delete(target.resolve("small." + index));
        }
        Files.delete(target);
        RawFile.syncDirectory(folder.path());
    }
}
