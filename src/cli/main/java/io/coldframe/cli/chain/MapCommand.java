package io.coldframe.cli.chain;

import io.coldframe.SnapshotException;
import io.coldframe.cli.ByteCounts;
import io.coldframe.cli.CommandFailure;
import io.coldframe.cli.ExitCode;
import io.coldframe.cli.JsonOption;
import io.coldframe.cli.StoreOption;
import io.coldframe.cli.Terminal;
import io.coldframe.cli.picture.MapGrid;
import io.coldframe.cli.picture.MapPicture;
import io.coldframe.cli.picture.TerminalMap;
import io.coldframe.image.AtomicFile;
import io.coldframe.image.OnExisting;
import io.coldframe.inspect.AddressMap;
import io.coldframe.inspect.AddressMap.Kind;
import io.coldframe.inspect.Blame;
import io.coldframe.snapshot.Snapshot;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/// `coldframe map`: a picture of an address space.
@Command(
        name = "map",
        description = {
            "Draws the memory of a snapshot: what it wrote itself, what it inherited, by age, and "
                    + "where zeros are. Nothing but the index is read.",
            "",
            "A cell that holds several has the mixture of their colours. Without colours it has "
                    + "the letter of what most of it is: # its own, 1 to 9 and + the age in "
                    + "generations, . zero.",
            ""
        })
public final class MapCommand implements Callable<Integer> {

    @Mixin private StoreOption store = new StoreOption();
    @Mixin private JsonOption json = new JsonOption();

    @Parameters(paramLabel = "SNAPSHOT", description = "A name, a tag or an id.")
    private String reference = "";

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "Draw into a file, by its name: .png or .svg.")
    private Optional<Path> output = Optional.empty();

    @Option(names = "--replace", description = "Take the place of a file that is there.")
    private boolean replace;

    /// For picocli.
    public MapCommand() {}

    @Override
    public Integer call() throws SnapshotException, CommandFailure {
        Optional<MapPicture.Format> format = format();
        try (Snapshot snapshot = store.open().open(reference)) {
            AddressMap map = AddressMap.of(Blame.of(snapshot));
            if (format.isPresent()) {
                byte[] picture = MapPicture.encode(map, snapshot.name(), format.get());
                write(output.orElseThrow(), picture);
                MapGrid grid = MapPicture.grid(map, format.get());
                json.print(members(snapshot, map, grid), drawn(snapshot, grid));
            } else {
                // Text of colours only where it is looked at.
                String text =
                        json.isAsked()
                                ? ""
                                : TerminalMap.text(map, snapshot.name(), Terminal.ofProcess());
                json.print(members(snapshot, map, TerminalMap.grid(map)), text);
            }
        }
        return ExitCode.OK;
    }

    private Optional<MapPicture.Format> format() throws CommandFailure {
        if (output.isEmpty()) {
            return Optional.empty();
        }
        String name = output.get().toString().toLowerCase(Locale.ROOT);
        for (MapPicture.Format format : MapPicture.Format.values()) {
            if (name.endsWith("." + format.name().toLowerCase(Locale.ROOT))) {
                return Optional.of(format);
            }
        }
        throw new CommandFailure(
                ExitCode.USAGE, "--output is a .png or a .svg, not '" + output.get() + "'");
    }

    private void write(Path file, byte[] picture) throws SnapshotException {
        OnExisting onExisting = replace ? OnExisting.REPLACE : OnExisting.REFUSE;
        try (Arena arena = Arena.ofConfined();
                AtomicFile draft = AtomicFile.create(file, onExisting)) {
            draft.write(arena.allocateFrom(ValueLayout.JAVA_BYTE, picture));
            draft.commit();
        }
    }

    private String drawn(Snapshot snapshot, MapGrid grid) {
        return "drew %s to %s: %d cells of %s%n"
                .formatted(
                        snapshot.name(),
                        output.orElseThrow(),
                        grid.cellCount(),
                        ByteCounts.text(grid.cellBytes()));
    }

    private Map<String, Object> members(Snapshot snapshot, AddressMap map, MapGrid grid) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("snapshot", snapshot.name());
        members.put("id", snapshot.manifest().id().toString());
        members.put("file", output.map(Path::toString));
        members.put("byteCount", map.byteCount());
        members.put("ownByteCount", map.byteCount(Kind.OWN));
        members.put("inheritedByteCount", map.byteCount(Kind.INHERITED));
        members.put("zeroByteCount", map.byteCount(Kind.ZERO));
        members.put("zerosKnown", !map.mayHaveMoreZeros());
        members.put("ageMax", map.ageMax());
        members.put("cellByteCount", grid.cellBytes());
        members.put("columnCount", grid.columnCount());
        members.put("cells", output.isPresent() ? List.of() : CellTotals.list(map, grid));
        return members;
    }
}
