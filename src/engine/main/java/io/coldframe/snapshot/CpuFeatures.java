package io.coldframe.snapshot;

import io.coldframe.snapshot.Compatibility.Item;
import io.coldframe.snapshot.Compatibility.Verdict;

import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// Which features of a processor a guest may have found, and would miss.
final class CpuFeatures {

    // What Linux on x86 derives, chooses or measures, and what only a host can use. A guest never
    // saw these as features of its processor; they come and go with kernels and settings.
    private static final Set<String> OF_THE_KERNEL =
            Set.of(
                    "acc_power",
                    "always",
                    "amd_lbr_v2",
                    "aperfmperf",
                    "arat",
                    "arch_perfmon",
                    "art",
                    "bts",
                    "cat_l2",
                    "cat_l3",
                    "cdp_l2",
                    "cdp_l3",
                    "constant_tsc",
                    "cpb",
                    "cpuid",
                    "cpuid_fault",
                    "cqm",
                    "cqm_llc",
                    "cqm_mbm_local",
                    "cqm_mbm_total",
                    "cqm_occup_llc",
                    "dtherm",
                    "eagerfpu",
                    "epb",
                    "ept",
                    "ept_ad",
                    "extd_apicid",
                    "flexpriority",
                    "hw_pstate",
                    "hwp",
                    "hwp_act_window",
                    "hwp_epp",
                    "hwp_notify",
                    "hwp_pkg_req",
                    "hypervisor",
                    "ibrs_enhanced",
                    "ida",
                    "intel_ppin",
                    "intel_pt",
                    "invpcid_single",
                    "l1tf_pteinv",
                    "mba",
                    "nonstop_tsc",
                    "nonstop_tsc_s3",
                    "nopl",
                    "pebs",
                    "perfmon_v2",
                    "pln",
                    "proc_feedback",
                    "pti",
                    "pts",
                    "rapl",
                    "rep_good",
                    "retpoline",
                    "ring3mwait",
                    "split_lock_detect",
                    "ssbd",
                    "tdx_guest",
                    "tdx_host_platform",
                    "tpr_shadow",
                    "tsc_known_freq",
                    "tsc_reliable",
                    "up",
                    "vmmcall",
                    "vnmi",
                    "vpid",
                    "xtopology",
                    "xtpr");

    private CpuFeatures() {}

    static Item compare(HostDescription saved, HostDescription here) {
        SortedSet<String> missing = new TreeSet<>(saved.cpuFeatures());
        missing.removeAll(here.cpuFeatures());
        SortedSet<String> needed = new TreeSet<>(missing);
        needed.removeAll(OF_THE_KERNEL);
        if (here.cpuFeatures().isEmpty() && !missing.isEmpty()) {
            return item(Verdict.DIFFERS, saved, here, "this host does not tell its features");
        }
        if (!needed.isEmpty()) {
            return item(Verdict.REFUSES, saved, here, "missing here: " + String.join(" ", needed));
        }
        return missing.isEmpty()
                ? item(Verdict.FITS, saved, here, "")
                : item(
                        Verdict.DIFFERS,
                        saved,
                        here,
                        "only what a guest does not see: " + String.join(" ", missing));
    }

    private static Item item(
            Verdict verdict, HostDescription saved, HostDescription here, String why) {
        return new Item("cpu-features", verdict, count(saved), count(here), why);
    }

    private static String count(HostDescription host) {
        return host.cpuFeatures().size() + " features";
    }
}
