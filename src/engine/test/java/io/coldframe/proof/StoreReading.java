package io.coldframe.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;
import io.coldframe.snapshot.FsckOptions;
import io.coldframe.snapshot.Manifest;
import io.coldframe.snapshot.Snapshot;
import io.coldframe.snapshot.SnapshotStore;
import io.coldframe.snapshot.SnapshotSummary;
import io.coldframe.snapshot.StateSource;
import io.coldframe.state.Architecture;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Reads all of a store of scripted guests, and believes nothing that it has not compared.
///
/// **Threads.** Any.
record StoreReading(ScriptedMemory script, GuestLayout layout) {

    /// A machine state that tells a step.
    static StateSource state(int step) {
        return StateSource.opaque(
                MemorySegment.ofArray(ScriptedMemory.stateOf(step)), Architecture.X86_64, 2);
    }

    /// Every snapshot, with its step, its parent and its tags, by name.
    String read(SnapshotStore store) throws SnapshotException {
        Map<String, String> found = new TreeMap<>();
        for (SnapshotSummary summary : store.list()) {
            assertEquals("", summary.problem(), summary.name());
            Manifest manifest = summary.manifest().orElseThrow();
            String on = manifest.parent().map(parent -> " on " + parent.name()).orElse("");
            found.put(
                    summary.name(),
                    "step %d, generation %d%s, tags %s"
                            .formatted(
                                    step(store, summary.name()),
                                    manifest.generation(),
                                    on,
                                    summary.tags()));
        }
        assertEquals(
                store.tags().keySet().stream().sorted().toList(),
                store.list().stream().flatMap(each -> each.tags().stream()).sorted().toList());
        StringBuilder text = new StringBuilder("a store\n");
        found.forEach((name, what) -> text.append(name).append(": ").append(what).append('\n'));
        return text.toString();
    }

    /// The step that a snapshot tells, if its state and all of its memory are of that step.
    int step(SnapshotStore store, String reference) throws SnapshotException {
        try (Snapshot snapshot = store.open(reference);
                Arena arena = Arena.ofConfined();
                GuestMemory memory = GuestMemory.anonymous(layout)) {
            int step =
                    ScriptedMemory.stepOf(
                            snapshot.stateBytes(arena).toArray(ValueLayout.JAVA_BYTE));
            snapshot.verify(Progress.NONE);
            snapshot.load(memory, Progress.NONE);
            ScriptedGuest.checkMemory(script, step, memory);
            return step;
        }
    }

    /// Fails if there is anything that fsck would mend.
    static void checkClean(SnapshotStore store) throws SnapshotException {
        assertEquals(List.of(), store.fsck(FsckOptions.DEFAULT).problems());
    }
}
