package io.coldframe.cli;

import picocli.CommandLine.IVersionProvider;

/// What `--version` prints: this build, the Java that runs it, and what that runs on.
public final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        return new String[] {
            "coldframe " + coldframe(), "JDK " + jdk(), operatingSystem(),
        };
    }

    /// The version of this build, from the module's own descriptor.
    public static String coldframe() {
        return Version.class
                .getModule()
                .getDescriptor()
                .rawVersion()
                .orElseThrow(() -> new IllegalStateException("built without a module version"));
    }

    /// Version and vendor of the running JDK.
    public static String jdk() {
        return Runtime.version() + " (" + System.getProperty("java.vendor") + ")";
    }

    /// Name, release and architecture of what the JDK runs on.
    public static String operatingSystem() {
        return System.getProperty("os.name")
                + " "
                + System.getProperty("os.version")
                + " ("
                + System.getProperty("os.arch")
                + ")";
    }
}
