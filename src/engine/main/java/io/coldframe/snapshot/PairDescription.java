package io.coldframe.snapshot;

import io.coldframe.Sha256;
import io.coldframe.state.Architecture;
import io.coldframe.state.Version;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// What the state file of a pair says, as much of it as can be read: of a file whose sum is wrong
/// too, whose words may then be anything.
///
/// @param path the state file
/// @param magic its first 8 bytes
/// @param architecture what the magic stands for, if it is a known one
/// @param version of the file
/// @param vcpuCount how many virtual CPUs the machine has
/// @param memoryMib how much memory it has
/// @param trackDirtyPages whether written pages are tracked
/// @param deviceCount how many devices it has
/// @param metadataServicePresent whether it has a metadata service
/// @param isDiff whether the memory holds written pages only
/// @param memoryDigest what names the memory that belongs to the state
/// @param memoryBase what names the memory that a diff lies on, if it says so
/// @param memoryFile where the memory is: beside its own name if a save was ended between its two
///     renames
/// @param memoryFileByteCount how long that file is; empty if it is missing
/// @param otherKeptFiles memory of other states that such a save has left, hidden, each as large as
///     a memory is; the next save of the pair removes it
/// @param isCrcOk whether the sum at the end is that of the bytes before it
/// @param problem why the file can't be loaded, if it can't
public record PairDescription(
        Path path,
        OptionalLong magic,
        Optional<Architecture> architecture,
        Optional<Version> version,
        OptionalInt vcpuCount,
        OptionalLong memoryMib,
        Optional<Boolean> trackDirtyPages,
        OptionalInt deviceCount,
        Optional<Boolean> metadataServicePresent,
        Optional<Boolean> isDiff,
        Optional<Sha256> memoryDigest,
        Optional<Sha256> memoryBase,
        Path memoryFile,
        OptionalLong memoryFileByteCount,
        List<Path> otherKeptFiles,
        boolean isCrcOk,
        Optional<String> problem) {

    /// Keeps the list as it is now.
    public PairDescription {
        otherKeptFiles = List.copyOf(otherKeptFiles);
    }
}
