package io.coldframe;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Which package of the engine may use which: the one place that says so.
///
/// A row may name only rows below it, so whoever reads from top to bottom never meets a name
/// twice. Everything may use `io.coldframe` (what went wrong), `.jfr` (what it cost), `.os`
/// (what the kernel answered), `.wire` (how records become bytes) and `.work` (on which threads).
final class PackageGraph {

    static final String ENGINE = "io.coldframe";
    static final String BINDINGS = "io.coldframe.bindings";

    /// The rows, from what users see down to the primitives.
    static final List<Row> ROWS =
            List.of(
                    // The pager serves faults through userfaultfd.
                    row(".restore", uses(".snapshot", ".layer", ".image", ".memory")).andBindings(),
                    // Hosts KVM and Hypervisor.framework.
                    row(".vm", uses(".track", ".state", ".memory")).andBindings(),
                    row(".inspect", uses(".snapshot", ".layer", ".image", ".memory")),
                    row(".snapshot", uses(".wrenn", ".layer", ".image", ".state", ".memory")),
                    row(".wrenn", uses(".layer", ".image", ".memory")),
                    // Opens files, and looks for holes in them.
                    row(".layer", uses(".image", ".memory")).andBindings(),
                    // Asks the kernel which pages were written.
                    row(".track", uses(".memory")).andBindings(),
                    // Allocates before it maps, and renames without replacing.
                    row(".image", uses(".memory")).andBindings(),
                    row(".state", uses()),
                    // Maps, seals and populates guest memory.
                    row(".memory", uses()).andBindings(),
                    // Runs what is worth several threads.
                    row(".work", uses()),
                    // Speaks protobuf's wire format, for state and manifests.
                    row(".wire", uses()),
                    // Turns the negative result of a native call into an exception.
                    row(".os", uses()).andBindings(),
                    row(".jfr", uses()),
                    row("", uses()));

    private static final Set<String> FOR_ALL =
            Set.of(ENGINE, ENGINE + ".jfr", ENGINE + ".os", ENGINE + ".wire", ENGINE + ".work");

    private PackageGraph() {}

    /// A package and what it may use besides itself.
    record Row(String name, Set<String> uses, boolean usesBindings) {

        Row andBindings() {
            return new Row(name, uses, true);
        }

        boolean allows(String target) {
            if (target.equals(BINDINGS) || target.startsWith(BINDINGS + ".")) {
                return usesBindings;
            }
            return target.equals(name) || uses.contains(target) || FOR_ALL.contains(target);
        }
    }

    private static Row row(String suffix, Set<String> uses) {
        return new Row(ENGINE + suffix, uses, false);
    }

    private static Set<String> uses(String... suffixes) {
        return Stream.of(suffixes).map(suffix -> ENGINE + suffix).collect(Collectors.toSet());
    }
}
