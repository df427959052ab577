package io.coldframe.proof;

import io.coldframe.snapshot.OpenVmmDirectory.MemoryTransfer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// One directory of OpenVMM's, replaced again and again.
final class OpenVmmKills extends KillScript {
    /// Made by name.
    public OpenVmmKills() {
        super(OpenVmmWork.LAYOUT, OpenVmmWork.SEED);
    }

    @Override
    void prepare(Path folder) throws IOException {
        Files.createDirectories(folder.resolve("ram"));
    }

    @Override
    void run(Path folder, ScriptedGuest guest, int number) throws IOException {
        // A guest that was killed may have written half of it.
        Files.deleteIfExists(OpenVmmWork.backingPath(folder, number));
        OpenVmmWork.write(folder, number, MemoryTransfer.COPY);
        Files.delete(OpenVmmWork.backingPath(folder, number));
    }

    @Override
    String expected(int doneCount) {
        return doneCount == 0 ? Work.NOTHING : "step " + doneCount;
    }

    @Override
    String read(Path folder) throws IOException {
        return OpenVmmWork.readFrom(folder);
    }

    @Override
    void readWhileWritten(Path folder) throws IOException {
        OpenVmmWork.readFrom(folder);
    }

    @Override
    void comeNext(Path folder, ScriptedGuest guest, int number) throws IOException {
        run(folder, guest, number);
    }
}
