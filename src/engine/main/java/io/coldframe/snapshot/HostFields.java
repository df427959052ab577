package io.coldframe.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.memory.PageSize;
import io.coldframe.wire.WireReader;
import io.coldframe.wire.WireWriter;

import java.util.Arrays;
import java.util.SortedSet;
import java.util.TreeSet;

/// The host in a manifest; its tool is OpenVMM's field 3 of the manifest itself.
final class HostFields {

    private HostFields() {}

    static void write(HostDescription host, WireWriter out) {
        out.string(1, host.operatingSystem());
        out.string(2, host.architecture());
        out.string(3, host.cpuVendor());
        out.string(4, host.cpuName());
        out.uint32(5, host.cpuFamily());
        out.uint32(6, host.cpuModel());
        out.uint32(7, host.cpuStepping());
        host.cpuFeatures().forEach(feature -> out.explicitString(8, feature));
        out.string(9, host.kernel());
        out.uint32(10, host.pageSize().bytes());
        out.string(11, host.hypervisor());
    }

    static HostDescription read(WireReader in) throws SnapshotException {
        String[] texts = new String[12];
        Arrays.fill(texts, "");
        int[] numbers = new int[12];
        SortedSet<String> features = new TreeSet<>();
        while (in.next()) {
            switch (in.field()) {
                case 1, 2, 3, 4, 9, 11 -> texts[in.field()] = in.string();
                case 5, 6, 7, 10 -> numbers[in.field()] = in.uint32();
                case 8 -> {
                    in.checkCount(features.size(), HostDescription.FEATURE_COUNT_MAX, "features");
                    features.add(in.eachString());
                }
                default -> in.skip();
            }
        }
        return new HostDescription(
                texts[1],
                texts[2],
                texts[3],
                texts[4],
                numbers[5],
                numbers[6],
                numbers[7],
                features,
                texts[9],
                PageSize.ofBytes(numbers[10]),
                texts[11],
                "");
    }
}
