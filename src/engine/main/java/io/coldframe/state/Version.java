package io.coldframe.state;

/// The version of a state file.
///
/// A release reads a file of its own major version whose minor version is at most its own; the
/// patch version says nothing about the format.
///
/// @param major changes when older releases can't read what newer ones write
/// @param minor changes when newer releases write what older ones don't understand
/// @param patch changes for anything else
public record Version(int major, int minor, int patch) {

    /// What this release writes.
    public static final Version CURRENT = new Version(5, 0, 0);

    /// Refuses what two bytes do not hold.
    public Version {
        checkPart("major", major);
        checkPart("minor", minor);
        checkPart("patch", patch);
    }

    private static void checkPart(String name, int part) {
        if (part < 0 || part > 0xFFFF) {
            throw new IllegalArgumentException(name + " is not from 0 to 65535: " + part);
        }
    }

    /// {@return whether this release reads a file of this version}
    public boolean isReadable() {
        return major == CURRENT.major && minor <= CURRENT.minor;
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + patch;
    }
}
