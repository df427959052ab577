package io.coldframe.cli.doctor;

import io.coldframe.cli.Version;

import java.util.List;
import java.util.Map;
import java.util.Set;

/// The Java and the system that everything else stands on.
final class HostChecks {

    private static final String GROUP = "host";

    private static final Set<String> ARCHITECTURES = Set.of("amd64", "x86_64", "aarch64");

    private HostChecks() {}

    static List<Check> all() {
        return List.of(
                Check.floor(GROUP, "jdk", HostChecks::jdk),
                Check.floor(GROUP, "os", HostChecks::operatingSystem));
    }

    /// That this runs proves the release: the class files are those of the oldest that will do.
    private static Outcome jdk() {
        return Outcome.available(
                Version.jdk() + ", " + System.getProperty("java.home"),
                Map.of("feature", (long) Runtime.version().feature()));
    }

    private static Outcome operatingSystem() {
        String name = System.getProperty("os.name");
        if (!name.equals("Linux") && !name.equals("Mac OS X")) {
            return Outcome.missing(name + " is not supported", "use Linux or macOS");
        }
        String architecture = System.getProperty("os.arch");
        if (!ARCHITECTURES.contains(architecture)) {
            return Outcome.missing(
                    "bindings exist for x86-64 and arm64, not for " + architecture,
                    "use a 64-bit JDK on one of these");
        }
        return Outcome.available(Version.operatingSystem());
    }
}
