package io.coldframe.cli.snapshot;

import io.coldframe.cli.CommandFailure;
import io.coldframe.memory.FileMapping;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;

/// `--memory` and `--region`: the file that holds a guest's RAM, and where in the guest that is.
final class GuestFile {

    @Option(
            names = "--memory",
            required = true,
            paramLabel = "FILE",
            description =
                    "The guest's RAM: the file of QEMU's memory-backend-file, Firecracker's memory "
                            + "file. Nobody writes it meanwhile.")
    private Path memory = Path.of("");

    @Mixin private RegionOption regions = new RegionOption();

    /// The file, mapped read-only.
    GuestMemory open() throws IOException, CommandFailure {
        Path file = path();
        return regions.isAsked()
                ? GuestMemory.mapped(file, layout(), FileMapping.READ_ONLY)
                : GuestMemory.mapped(file, FileMapping.READ_ONLY);
    }

    /// The file. The person at the keyboard may well name a link; a daemon would not follow one.
    Path path() throws IOException {
        return memory.toRealPath();
    }

    /// Where its bytes are in the guest.
    GuestLayout layout() throws IOException, CommandFailure {
        return regions.layout(path());
    }
}
