package io.coldframe.cli.snapshot;

import io.coldframe.cli.CommandFailure;
import io.coldframe.memory.FileMapping;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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

    @Option(
            names = "--region",
            paramLabel = "ADDRESS+SIZE",
            converter = RegionConverter.class,
            description =
                    "Where the next part of the file is in the guest, as in 0+3g; once for each "
                            + "region. Default: the whole file at 0.")
    private List<RegionConverter.Region> regions = new ArrayList<>();

    /// The file, mapped read-only.
    GuestMemory open() throws IOException, CommandFailure {
        // The person at the keyboard may well name a link; a daemon would not follow one.
        Path file = memory.toRealPath();
        if (regions.isEmpty()) {
            return GuestMemory.mapped(file, FileMapping.READ_ONLY);
        }
        GuestLayout layout = UserInput.check(this::layout);
        return GuestMemory.mapped(file, layout, FileMapping.READ_ONLY);
    }

    private GuestLayout layout() {
        RegionConverter.Region first = regions.getFirst();
        GuestLayout layout = GuestLayout.startingAt(first.guestAddress(), first.byteCount());
        for (RegionConverter.Region next : regions.subList(1, regions.size())) {
            layout = layout.then(next.guestAddress(), next.byteCount());
        }
        return layout;
    }
}
