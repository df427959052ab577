package io.coldframe.snapshot;

import io.coldframe.image.OnExisting;
import io.coldframe.image.WriteOptions;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.PageSize;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What of a [SnapshotRequest] has a default.
record SaveSettings(
        Optional<DirtyBitmap> dirty,
        Optional<PageSize> pageSize,
        SortedMap<String, String> labels,
        OnExisting onExisting,
        WriteOptions writeOptions,
        Optional<HostDescription> host) {

    static final SaveSettings DEFAULT =
            new SaveSettings(
                    Optional.empty(),
                    Optional.empty(),
                    Collections.emptySortedMap(),
                    OnExisting.REFUSE,
                    WriteOptions.DEFAULT,
                    Optional.empty());

    SaveSettings withDirty(DirtyBitmap other) {
        return new SaveSettings(
                Optional.of(other), pageSize, labels, onExisting, writeOptions, host);
    }

    SaveSettings withPageSize(PageSize other) {
        return new SaveSettings(dirty, Optional.of(other), labels, onExisting, writeOptions, host);
    }

    SaveSettings withLabel(String key, String value) {
        SortedMap<String, String> more = new TreeMap<>(labels);
        more.put(key, value);
        Manifest.requireLabels(more);
        return new SaveSettings(
                dirty,
                pageSize,
                Collections.unmodifiableSortedMap(more),
                onExisting,
                writeOptions,
                host);
    }

    SaveSettings withOnExisting(OnExisting other) {
        return new SaveSettings(dirty, pageSize, labels, other, writeOptions, host);
    }

    SaveSettings withWriteOptions(WriteOptions other) {
        return new SaveSettings(dirty, pageSize, labels, onExisting, other, host);
    }

    SaveSettings withHost(HostDescription other) {
        return new SaveSettings(
                dirty, pageSize, labels, onExisting, writeOptions, Optional.of(other));
    }
}
