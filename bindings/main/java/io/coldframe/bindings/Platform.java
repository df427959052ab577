package io.coldframe.bindings;

import java.util.Locale;

/// The systems whose C library Coldframe knows.
public enum Platform {
    /// Linux on x86-64.
    LINUX_X64,
    /// Linux on arm64.
    LINUX_ARM64,
    /// macOS on Apple silicon.
    MACOS_ARM64,
    /// Anything else. Every native call answers `-ENOSYS` there.
    OTHER;

    private static final Platform CURRENT =
            of(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));

    /// The one that this process runs on.
    public static Platform current() {
        return CURRENT;
    }

    /// Linux, on any architecture that is known.
    public boolean isLinux() {
        return this == LINUX_X64 || this == LINUX_ARM64;
    }

    /// macOS, on any architecture that is known.
    public boolean isMacos() {
        return this == MACOS_ARM64;
    }

    /// @param osName as the system property `os.name`
    /// @param osArch as the system property `os.arch`
    static Platform of(String osName, String osArch) {
        boolean arm64 = osArch.equals("aarch64");
        boolean x64 = osArch.equals("amd64") || osArch.equals("x86_64");
        String name = osName.toLowerCase(Locale.ROOT);
        if (name.equals("linux") && (arm64 || x64)) {
            return arm64 ? LINUX_ARM64 : LINUX_X64;
        }
        return name.startsWith("mac") && arm64 ? MACOS_ARM64 : OTHER;
    }
}
