package io.coldframe.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.image.OnExisting;
import io.coldframe.image.Output;
import io.coldframe.image.WriteOptions;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.PageSize;
import io.coldframe.snapshot.LoadedPair;
import io.coldframe.snapshot.PairPaths;
import io.coldframe.snapshot.SaveRequest;
import io.coldframe.snapshot.SnapshotPair;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Pairs of a state and a memory file.
enum PairWork implements Work {
    NEW_MAPPED(Output.MAPPED, false, false),
    NEW_DIRECT(Output.DIRECT, false, false),
    REPLACED_MAPPED(Output.MAPPED, false, true),
    REPLACED_BUFFERED(Output.BUFFERED, false, true),
    NEW_DIFF_BUFFERED(Output.BUFFERED, true, false),
    REPLACED_DIFF_MAPPED(Output.MAPPED, true, true),
    REPLACED_DIFF_DIRECT(Output.DIRECT, true, true);

    // The least that a machine's state can say.
    static final GuestLayout LAYOUT = GuestLayout.of(1 << 20);
    static final long SEED = 32;
    private static final int FIRST_STEP = 3;
    private static final ScriptedMemory SCRIPT = new ScriptedMemory(1 << 20, SEED);

    private final Output output;
    private final boolean isDiff;
    private final boolean replaces;

    PairWork(Output output, boolean isDiff, boolean replaces) {
        this.output = output;
        this.isDiff = isDiff;
        this.replaces = replaces;
    }

    @Override
    public ScriptedGuest guest() throws IOException {
        return ScriptedGuest.after(FIRST_STEP, LAYOUT, PageSize.KIB_4, SEED);
    }

    private static PairPaths paths(Path folder, String name) {
        return PairPaths.of(folder.resolve(name + ".snap"));
    }

    @Override
    public void prepare(Path folder, ScriptedGuest guest) throws IOException {
        if (isDiff) {
            SnapshotPair.save(
                    SaveRequest.full(paths(folder, "base"), guest.machine(), guest.memory())
                            .dirty(guest.dirty()));
            guest.expectClean();
            guest.advance();
        }
        if (replaces) {
            // Of a copy of the bitmap: what replaces this lies on the same base.
            try (DirtyBitmap copy = DirtyBitmap.create(guest.dirty().grid())) {
                copy.union(guest.dirty());
                SnapshotPair.save(request(folder, guest).dirty(copy));
            }
        }
        guest.advance();
    }

    private SaveRequest request(Path folder, ScriptedGuest guest) {
        PairPaths paths = paths(folder, "vm");
        SaveRequest request =
                isDiff
                        ? SaveRequest.diff(paths, guest.machine(), guest.memory())
                        : SaveRequest.full(paths, guest.machine(), guest.memory());
        // One thread, so that the calls come in the same order each time.
        return request.dirty(guest.dirty())
                .options(WriteOptions.DEFAULT.withOutput(output).withThreadCount(1))
                .onExisting(replaces ? OnExisting.REPLACE : OnExisting.REFUSE);
    }

    @Override
    public void run(Path folder, ScriptedGuest guest) throws IOException {
        SnapshotPair.save(request(folder, guest));
        guest.expectClean();
    }

    @Override
    public boolean takesDirtyPages() {
        return true;
    }

    @Override
    public String read(Path folder) throws IOException {
        PairPaths paths = paths(folder, "vm");
        List<PairPaths> chain = isDiff ? List.of(paths(folder, "base"), paths) : List.of(paths);
        try (LoadedPair pair = SnapshotPair.load(chain, Progress.NONE)) {
            int step = ScriptedGuest.stepOf(pair.envelope().state());
            ScriptedGuest.checkMemory(SCRIPT, step, pair.memory());
            return "step " + step;
        } catch (SnapshotException failure) {
            if (failure.kind() != Kind.MISSING) {
                throw failure;
            }
            assertFalse(Files.exists(paths.state()), failure::toString);
            return NOTHING;
        }
    }

    @Override
    public void comeNext(Path folder) throws IOException {
        int step = FIRST_STEP + 9;
        try (ScriptedGuest later = ScriptedGuest.after(step, LAYOUT, PageSize.KIB_4, SEED)) {
            SnapshotPair.save(request(folder, later).onExisting(OnExisting.REPLACE));
        }
        assertEquals("step " + step, read(folder));
    }
}
