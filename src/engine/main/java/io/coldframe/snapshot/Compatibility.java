package io.coldframe.snapshot;

import io.coldframe.memory.GuestLayout;
import io.coldframe.state.Architecture;

import java.util.List;
import java.util.stream.Stream;

/// What of a snapshot fits a host and what does not, before anything is restored.
///
/// It compares what the manifest says of the host then with what a host is now. What a guest sees
/// of the host is up to its VMM, which may hide a difference; so only what no VMM can hide is
/// [Verdict#REFUSES].
///
/// **Threads.** Immutable.
///
/// @param items one for each thing that was compared, in an order that never changes
public record Compatibility(List<Item> items) {

    /// How well one thing fits; the worst is the last.
    public enum Verdict {
        /// The same, or more than is needed.
        FITS,
        /// Not the same. The guest may notice, and mostly does not mind.
        DIFFERS,
        /// The guest can't go on here.
        REFUSES
    }

    /// One thing that was compared.
    ///
    /// @param name what it is; it never changes
    /// @param verdict how well it fits
    /// @param saved what the snapshot says
    /// @param here what the host says
    /// @param why what follows from it; empty where it fits
    public record Item(String name, Verdict verdict, String saved, String here, String why) {}

    /// Copies the list.
    public Compatibility {
        items = List.copyOf(items);
    }

    /// {@return the worst of all verdicts}
    public Verdict verdict() {
        return items.stream().map(Item::verdict).max(Verdict::compareTo).orElse(Verdict.FITS);
    }

    /// {@return how a guest of one host fits another}
    ///
    /// @param guest the guest's architecture, which need not be that of the host that saved it: it
    ///     may have been brought there
    /// @param saved the host that the snapshot was made on
    /// @param layout where the guest's memory is
    /// @param here the host that it would be restored on
    public static Compatibility between(
            Architecture guest, HostDescription saved, GuestLayout layout, HostDescription here) {
        return new Compatibility(
                List.of(
                        architecture(guest, here),
                        vendor(saved, here),
                        model(saved, here),
                        CpuFeatures.compare(saved, here),
                        hostPage(saved, layout, here),
                        hypervisor(saved, here),
                        told("operating-system", saved.operatingSystem(), here.operatingSystem()),
                        told("kernel", saved.kernel(), here.kernel()),
                        told("tool", saved.tool(), here.tool())));
    }

    private static Item architecture(Architecture guest, HostDescription here) {
        return item(
                "architecture",
                guest.text(),
                here.architecture(),
                Verdict.REFUSES,
                "the guest's instructions are not those of this processor");
    }

    private static Item vendor(HostDescription saved, HostDescription here) {
        boolean isTold = !saved.cpuVendor().isEmpty() && !here.cpuVendor().isEmpty();
        return item(
                "cpu-vendor",
                saved.cpuVendor(),
                here.cpuVendor(),
                isTold ? Verdict.REFUSES : Verdict.DIFFERS,
                isTold
                        ? "the vendors' system registers and virtualisation are not the same"
                        : "one of the two is not known");
    }

    private static Item model(HostDescription saved, HostDescription here) {
        boolean isSame =
                saved.cpuFamily() == here.cpuFamily()
                        && saved.cpuModel() == here.cpuModel()
                        && saved.cpuStepping() == here.cpuStepping();
        return new Item(
                "cpu-model",
                isSame ? Verdict.FITS : Verdict.DIFFERS,
                saved.cpu(),
                here.cpu(),
                isSame ? "" : "errata and model-specific registers may not be the same");
    }

    /// A region is mapped in whole pages of the host, at an address that is one.
    private static Item hostPage(HostDescription saved, GuestLayout layout, HostDescription here) {
        boolean isMappable =
                layout.regions().stream()
                        .flatMap(
                                region ->
                                        Stream.of(
                                                region.guestAddress(),
                                                region.imageOffset(),
                                                region.byteCount()))
                        .allMatch(here.pageSize()::isAligned);
        return item(
                "host-page",
                saved.pageSize().toString(),
                here.pageSize().toString(),
                isMappable ? Verdict.DIFFERS : Verdict.REFUSES,
                isMappable
                        ? "what tracks written pages works in other units"
                        : "a region of the guest is not made of whole pages of this host");
    }

    private static Item hypervisor(HostDescription saved, HostDescription here) {
        if (saved.hypervisor().isEmpty()) {
            return new Item(
                    "hypervisor",
                    Verdict.FITS,
                    shown(saved.hypervisor()),
                    shown(here.hypervisor()),
                    "");
        }
        boolean isNone = here.hypervisor().isEmpty();
        return item(
                "hypervisor",
                saved.hypervisor(),
                here.hypervisor(),
                isNone ? Verdict.DIFFERS : Verdict.REFUSES,
                isNone
                        ? "no guest runs here at the speed of the processor"
                        : "the machine state is that of another hypervisor");
    }

    private static Item told(String name, String saved, String here) {
        return item(name, saved, here, Verdict.DIFFERS, "not the same release");
    }

    private static Item item(
            String name, String saved, String here, Verdict ifNotEqual, String why) {
        boolean isSame = saved.equals(here);
        return new Item(
                name,
                isSame ? Verdict.FITS : ifNotEqual,
                shown(saved),
                shown(here),
                isSame ? "" : why);
    }

    private static String shown(String value) {
        return value.isEmpty() ? "none" : value;
    }
}
