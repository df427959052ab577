package io.coldframe.state;

import io.coldframe.SnapshotException;

import java.util.Optional;
import java.util.OptionalLong;

/// What can be read of a state file, sound or not. Of a file that is not, nothing here is certain:
/// it is for people to look at, not to restore from.
///
/// @param byteCount how many bytes it has, or one more than the limit
/// @param magic its first eight bytes
/// @param version its version
/// @param architecture the architecture's name as it stands there
/// @param checksumGood whether its sum is right
/// @param contents what it holds
/// @param fault what is wrong, or nothing
public record StatePeek(
        long byteCount,
        OptionalLong magic,
        Optional<Version> version,
        Optional<String> architecture,
        boolean checksumGood,
        Contents contents,
        Optional<SnapshotException> fault) {

    /// What was found in the payload.
    ///
    /// @param vmInfo what the machine is
    /// @param vcpuCount how many vCPUs there are
    /// @param deviceCount how many devices
    /// @param hasMetadataService whether there is a metadata service
    /// @param memory which memory belongs to it
    public record Contents(
            Optional<VmInfo> vmInfo,
            int vcpuCount,
            int deviceCount,
            boolean hasMetadataService,
            Optional<MemoryBinding> memory) {}
}
