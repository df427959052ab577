package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.PageSize;
import io.coldframe.snapshot.Compatibility.Item;
import io.coldframe.snapshot.Compatibility.Verdict;
import io.coldframe.state.Architecture;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

final class CompatibilityTest {

    private static final GuestLayout LAYOUT = GuestLayout.of(16 << 20);

    private static final CpuInfo XEON =
            new CpuInfo(
                    "GenuineIntel",
                    "Xeon",
                    6,
                    85,
                    4,
                    new TreeSet<>(Set.of("sse2", "avx2", "avx512f", "constant_tsc")));

    private static final HostDescription HERE =
            HostDescription.of(XEON, "Linux", "amd64", "6.1.0", PageSize.KIB_4, "kvm");

    private static HostDescription with(CpuInfo cpu) {
        return HostDescription.of(cpu, "Linux", "amd64", "6.1.0", PageSize.KIB_4, "kvm");
    }

    private static CpuInfo xeon(int model, String... features) {
        return new CpuInfo("GenuineIntel", "Xeon", 6, model, 4, new TreeSet<>(List.of(features)));
    }

    private static Item item(HostDescription saved, HostDescription here, String name) {
        return Compatibility.between(Architecture.X86_64, saved, LAYOUT, here).items().stream()
                .filter(item -> item.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theHostItselfFits() {
        Compatibility same = Compatibility.between(Architecture.X86_64, HERE, LAYOUT, HERE);
        assertEquals(Verdict.FITS, same.verdict());
        same.items().forEach(item -> assertEquals("", item.why(), item.toString()));
    }

    @Test
    void thisHostDescribesItself() throws Exception {
        HostDescription host = HostDescription.current();
        Architecture own = Architecture.named(host.architecture()).orElseThrow();
        assertEquals(Verdict.FITS, Compatibility.between(own, host, LAYOUT, host).verdict());
        assertNotEquals("", host.kernel());
        assertNotEquals("", host.operatingSystem());
        assertFalse(host.cpuFeatures().isEmpty());
        assertTrue(host.tool().startsWith("coldframe"), host.tool());
        assertTrue(Set.of("x86_64", "aarch64").contains(host.architecture()), host.architecture());
    }

    @Test
    void anotherArchitectureRefuses() {
        HostDescription arm =
                HostDescription.of(XEON, "Linux", "aarch64", "6.1.0", PageSize.KIB_4, "kvm");
        Item item = item(HERE, arm, "architecture");
        assertEquals(Verdict.REFUSES, item.verdict());
        assertEquals("x86_64", item.saved());
        assertEquals("aarch64", item.here());
    }

    /// As one of OpenVMM that was imported where it can't run.
    @Test
    void aGuestOfAnotherArchitectureThanItsHostsRefuses() {
        Compatibility found = Compatibility.between(Architecture.AARCH64, HERE, LAYOUT, HERE);
        assertEquals(Verdict.REFUSES, found.verdict());
        Item item = found.items().getFirst();
        assertEquals("architecture", item.name());
        assertEquals("aarch64", item.saved());
        assertEquals("x86_64", item.here());
    }

    @Test
    void anotherVendorRefusesAndAnUnknownOneDiffers() {
        CpuInfo epyc = new CpuInfo("AuthenticAMD", "EPYC", 6, 85, 4, XEON.features());
        assertEquals(Verdict.REFUSES, item(HERE, with(epyc), "cpu-vendor").verdict());
        CpuInfo hidden = new CpuInfo("", "", 6, 85, 4, XEON.features());
        assertEquals(Verdict.DIFFERS, item(HERE, with(hidden), "cpu-vendor").verdict());
    }

    @Test
    void anotherModelDiffers() {
        Item item = item(HERE, with(xeon(106, "sse2")), "cpu-model");
        assertEquals(Verdict.DIFFERS, item.verdict());
        assertTrue(item.saved().contains("model 85"), item.saved());
        assertTrue(item.here().contains("model 106"), item.here());
    }

    @Test
    void aFeatureThatIsMissingHereRefusesByName() {
        Item item = item(HERE, with(xeon(85, "sse2", "avx2", "constant_tsc")), "cpu-features");
        assertEquals(Verdict.REFUSES, item.verdict());
        assertEquals("missing here: avx512f", item.why());
    }

    @Test
    void aFeatureThatIsNewHereFits() {
        HostDescription newer =
                with(xeon(85, "sse2", "avx2", "avx512f", "constant_tsc", "amx_tile"));
        assertEquals(Verdict.FITS, item(HERE, newer, "cpu-features").verdict());
        assertEquals(Verdict.REFUSES, item(newer, HERE, "cpu-features").verdict());
    }

    @Test
    void whatTheKernelMakesUpIsNotMissed() {
        Item item = item(HERE, with(xeon(85, "sse2", "avx2", "avx512f")), "cpu-features");
        assertEquals(Verdict.DIFFERS, item.verdict());
        assertTrue(item.why().contains("constant_tsc"), item.why());
    }

    @Test
    void aHostThatHidesItsFeaturesDiffers() {
        assertEquals(Verdict.DIFFERS, item(HERE, with(xeon(85)), "cpu-features").verdict());
    }

    @Test
    void largerPagesRefuseWhatIsNotMadeOfThem() {
        HostDescription large =
                HostDescription.of(XEON, "Linux", "amd64", "6.1.0", PageSize.KIB_16, "kvm");
        assertEquals(Verdict.DIFFERS, item(HERE, large, "host-page").verdict());
        GuestLayout odd = GuestLayout.of(5 * 4096);
        assertEquals(
                Verdict.REFUSES,
                Compatibility.between(Architecture.X86_64, HERE, odd, large).verdict());
        GuestLayout shifted = GuestLayout.startingAt(4096, 16384);
        assertEquals(
                Verdict.REFUSES,
                Compatibility.between(Architecture.X86_64, HERE, shifted, large).verdict());
    }

    @Test
    void anotherHypervisorRefusesAndNoneDiffers() {
        HostDescription mac =
                HostDescription.of(XEON, "Linux", "amd64", "6.1.0", PageSize.KIB_4, "hvf");
        HostDescription none =
                HostDescription.of(XEON, "Linux", "amd64", "6.1.0", PageSize.KIB_4, "");
        assertEquals(Verdict.REFUSES, item(HERE, mac, "hypervisor").verdict());
        assertEquals(Verdict.DIFFERS, item(HERE, none, "hypervisor").verdict());
        assertEquals(Verdict.FITS, item(none, HERE, "hypervisor").verdict());
    }

    @Test
    void anotherKernelDiffers() {
        HostDescription newer =
                HostDescription.of(XEON, "Linux", "amd64", "6.12.1", PageSize.KIB_4, "kvm");
        Item item = item(HERE, newer, "kernel");
        assertEquals(Verdict.DIFFERS, item.verdict());
        assertEquals("6.1.0", item.saved());
        assertEquals("6.12.1", item.here());
    }
}
