package io.coldframe.cli.bench;

import io.coldframe.cli.WorkFolder;
import io.coldframe.image.MemoryWriter;
import io.coldframe.image.OnExisting;
import io.coldframe.image.Output;
import io.coldframe.image.WriteOptions;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A full image as the engine writes it, from opening to the last sync, with its sums.
final class WriterWay implements Way {

    private final GuestMemory memory;
    private final WorkFolder folder;
    private final Path target;
    private final WriteOptions options;

    WriterWay(GuestMemory memory, WorkFolder folder, String name, Output output) {
        this.memory = memory;
        this.folder = folder;
        this.target = folder.resolve(name);
        this.options = WriteOptions.DEFAULT.withOutput(output);
    }

    @Override
    public void run() throws IOException {
        try (MemoryWriter writer =
                MemoryWriter.open(
                        target, OnExisting.REFUSE, memory.byteCount(), GuestLayout.PAGE, options)) {
            writer.writeFull(memory);
            writer.commit();
        }
    }

    @Override
    public void clear() throws IOException {
        Files.deleteIfExists(target);
        RawFile.syncDirectory(folder.path());
    }
}
