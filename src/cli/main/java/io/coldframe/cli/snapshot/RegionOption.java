package io.coldframe.cli.snapshot;

import io.coldframe.cli.CommandFailure;
import io.coldframe.cli.UserInput;
import io.coldframe.memory.GuestLayout;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// `--region`: where in the guest the bytes of a memory file are.
final class RegionOption {

    @Option(
            names = "--region",
            paramLabel = "ADDRESS+SIZE",
            converter = RegionConverter.class,
            description =
                    "Where the next part of the file is in the guest, as in 0+3g; once for each "
                            + "region. Default: the whole file at 0.")
    private List<RegionConverter.Region> regions = new ArrayList<>();

    boolean isAsked() {
        return !regions.isEmpty();
    }

    /// The regions, or one of the whole file.
    GuestLayout layout(Path file) throws IOException, CommandFailure {
        if (isAsked()) {
            return UserInput.check(this::named);
        }
        long byteCount = Files.size(file);
        return UserInput.check(() -> GuestLayout.of(byteCount));
    }

    private GuestLayout named() {
        RegionConverter.Region first = regions.getFirst();
        GuestLayout layout = GuestLayout.startingAt(first.guestAddress(), first.byteCount());
        for (RegionConverter.Region next : regions.subList(1, regions.size())) {
            layout = layout.then(next.guestAddress(), next.byteCount());
        }
        return layout;
    }
}
