package io.coldframe.wrenn;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/// Knows where the compact files of builds lie.
@FunctionalInterface
public interface WrennFiles {

    /// The name of a header.
    String HEADER = "memfile.header";

    /// The name that a header's own compact file may have.
    String LEGACY_NAME = "memfile";

    /// {@return the compact file of a build}
    ///
    /// @param buildId the build
    /// @throws SnapshotException of kind `MISSING`, with the places where it was looked for
    Path compactFile(UUID buildId) throws SnapshotException;

    /// {@return the name that a compact file has from its build}
    ///
    /// @param buildId the build
    static String compactName(UUID buildId) {
        return "memfile." + buildId;
    }

    /// {@return the files of a header as Wrenn and e2b lay them out}
    ///
    /// Wrenn has all of them beside the header, `memfile.<build id>`; that of the header's own
    /// build may be called `memfile`. In e2b each build has a directory of its name, with its
    /// header and its `memfile`.
    ///
    /// @param headerFile the header's file
    /// @param ownBuildId the build of that header
    static WrennFiles beside(Path headerFile, UUID ownBuildId) {
        Path directory = headerFile.toAbsolutePath().resolveSibling("");
        return buildId -> {
            Path named = directory.resolve(compactName(buildId));
            Path legacy = directory.resolve(LEGACY_NAME);
            Path sibling = directory.resolveSibling(buildId.toString()).resolve(LEGACY_NAME);
            List<Path> places =
                    buildId.equals(ownBuildId)
                            ? List.of(named, legacy, sibling)
                            : List.of(named, sibling);
            return firstThere(places, buildId);
        };
    }

    private static Path firstThere(List<Path> places, UUID buildId) throws SnapshotException {
        for (Path place : places) {
            if (Files.isRegularFile(place, LinkOption.NOFOLLOW_LINKS)) {
                return place;
            }
        }
        throw new SnapshotException(
                Kind.MISSING,
                "the compact file of build %s is in none of %s".formatted(buildId, places),
                places.getFirst());
    }
}
