package io.coldframe.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coldframe.Soak;
import io.coldframe.proof.ChildJvm;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;

/// A guest of 16 GiB is captured, and captured again over itself, with a heap of 64 MiB.
final class LayerHeapTest {

    @TempDir Path folder;

    @Test
    void aLargeGuestTakesASmallHeap() throws Exception {
        // Each run of data is an extent; in a soak there is 1 GiB of them.
        long strideBytes = Soak.size(4L << 20, 64L << 10);
        Process child =
                ChildJvm.start(
                        ChildJvm.command(
                                List.of(),
                                List.of("-Xmx64m"),
                                LayerHeapProbe.class,
                                folder.toString(),
                                Long.toString(strideBytes)));
        try (var lines = child.inputReader().lines()) {
            long dataBlocks = LayerHeapProbe.BYTES / strideBytes;
            long zeroBlocks = LayerHeapProbe.BYTES / 4096 - dataBlocks;
            assertEquals(
                    List.of(
                            dataBlocks + " data, " + zeroBlocks + " zero, 0 unchanged",
                            "0 data, 0 zero, " + LayerHeapProbe.BYTES / 4096 + " unchanged"),
                    lines.toList());
        }
        assertEquals(0, child.waitFor());
    }
}
