package io.coldframe.cli.bench;

import io.coldframe.cli.WorkFolder;
import io.coldframe.image.AtomicDirectory;

import java.io.IOException;
import java.nio.file.Path;

/// A memory file as the engine captures it, from opening what it reads to the last sync: a layer
/// and its index in a directory of their own.
final class CaptureWay implements Way {

    /// Brings the memory into a directory.
    @FunctionalInterface
    private interface Capture {
        void into(Path target) throws IOException;
    }

    private final Capture capture;
    private final WorkFolder folder;
    private final Path target;

    private CaptureWay(Capture capture, WorkFolder folder) {
        this.capture = capture;
        this.folder = folder;
        this.target = folder.resolve("capture");
    }

    /// Alone.
    static CaptureWay first(CaptureFiles files, WorkFolder folder) {
        return new CaptureWay(files::captureFirst, folder);
    }

    /// Over its parent.
    static CaptureWay next(CaptureFiles files, WorkFolder folder) {
        return new CaptureWay(files::captureNext, folder);
    }

    @Override
    public void run() throws IOException {
        capture.into(target);
    }

    @Override
    public void clear() throws IOException {
        AtomicDirectory.remove(target, () -> {});
        RawFile.syncDirectory(folder.path());
    }
}
