package io.coldframe.cli.bench;

import io.coldframe.Progress;
import io.coldframe.cli.WorkFolder;
import io.coldframe.image.OnExisting;
import io.coldframe.layer.LayerChain;
import io.coldframe.layer.LayerIndex;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A memory in layers, made a file: from opening the index to the last sync, every sum compared.
final class MaterialiseWay implements Way {

    private final LayeredMemory layered;
    private final WorkFolder folder;
    private final Path target;

    private MaterialiseWay(LayeredMemory layered, WorkFolder folder, String name) {
        this.layered = layered;
        this.folder = folder;
        this.target = folder.resolve(name);
    }

    /// A thousand generations, and one layer with what they come to.
    static Contest contest(Workbench bench) throws IOException {
        WorkFolder folder = bench.folder();
        Path many = folder.resolve("generations");
        Path one = folder.resolve("layer");
        return new Contest(
                new MaterialiseWay(
                        LayeredMemory.ofGenerations(bench.bytes(), many), folder, "of-many"),
                new MaterialiseWay(LayeredMemory.ofOneLayer(bench.bytes(), one), folder, "of-one"));
    }

    @Override
    public void run() throws IOException {
        LayerIndex index = LayerIndex.open(layered.index());
        try (LayerChain chain = LayerChain.open(index, layered::find, Optional.empty())) {
            chain.materialise(target, OnExisting.REFUSE, Progress.NONE);
        }
    }

    @Override
    public void clear() throws IOException {
        Files.deleteIfExists(target);
        RawFile.syncDirectory(folder.path());
    }
}
