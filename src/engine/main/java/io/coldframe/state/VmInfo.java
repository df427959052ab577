package io.coldframe.state;

import io.coldframe.UnknownFields;

import java.util.Optional;

/// What the machine is, as whoever started it said.
///
/// @param memoryMib the guest's memory, in MiB
/// @param smt whether the guest sees several threads a core
/// @param cpuTemplate which processor features the guest sees; empty for the host's own
/// @param kernelPath the kernel that was booted
/// @param initrdPath its initial file system, if it had one
/// @param bootArguments its command line
/// @param trackDirtyPages whether written pages are tracked, which a diff needs
/// @param unknown what a newer release stored with it
public record VmInfo(
        long memoryMib,
        boolean smt,
        String cpuTemplate,
        String kernelPath,
        Optional<String> initrdPath,
        String bootArguments,
        boolean trackDirtyPages,
        UnknownFields unknown) {

    private static final int MIB_SHIFT = 20;
    private static final long MEMORY_MIB_MAX = Long.MAX_VALUE >> MIB_SHIFT;

    /// Refuses a machine without memory, and one whose bytes 63 bits do not count.
    public VmInfo {
        if (memoryMib <= 0 || memoryMib > MEMORY_MIB_MAX) {
            throw new IllegalArgumentException(
                    "memoryMib is not from 1 to "
                            + MEMORY_MIB_MAX
                            + ": "
                            + Long.toUnsignedString(memoryMib));
        }
    }

    /// A machine of which no more is known. Say more with the methods `with…`.
    ///
    /// @param memoryMib the guest's memory, in MiB
    public VmInfo(long memoryMib) {
        this(memoryMib, false, "", "", Optional.empty(), "", false, UnknownFields.NONE);
    }

    /// {@return the guest's memory, in bytes}
    public long memoryByteCount() {
        return memoryMib << MIB_SHIFT;
    }

    /// {@return the same with several threads a core, or not}
    ///
    /// @param value whether the guest sees several threads a core
    public VmInfo withSmt(boolean value) {
        return new VmInfo(
                memoryMib,
                value,
                cpuTemplate,
                kernelPath,
                initrdPath,
                bootArguments,
                trackDirtyPages,
                unknown);
    }

    /// {@return the same with other processor features}
    ///
    /// @param value which processor features the guest sees
    public VmInfo withCpuTemplate(String value) {
        return new VmInfo(
                memoryMib,
                smt,
                value,
                kernelPath,
                initrdPath,
                bootArguments,
                trackDirtyPages,
                unknown);
    }

    /// {@return the same with another kernel and command line}
    ///
    /// @param path the kernel
    /// @param arguments its command line
    public VmInfo withKernel(String path, String arguments) {
        return new VmInfo(
                memoryMib, smt, cpuTemplate, path, initrdPath, arguments, trackDirtyPages, unknown);
    }

    /// {@return the same with an initial file system}
    ///
    /// @param path the initial file system
    public VmInfo withInitrd(String path) {
        return new VmInfo(
                memoryMib,
                smt,
                cpuTemplate,
                kernelPath,
                Optional.of(path),
                bootArguments,
                trackDirtyPages,
                unknown);
    }

    /// {@return the same with tracking of written pages, or without}
    ///
    /// @param value whether written pages are tracked
    public VmInfo withTrackDirtyPages(boolean value) {
        return new VmInfo(
                memoryMib, smt, cpuTemplate, kernelPath, initrdPath, bootArguments, value, unknown);
    }
}
