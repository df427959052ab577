package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.crash.Call;
import io.coldframe.crash.ForwardingFileCalls;
import io.coldframe.crash.MemoryFolder;
import io.coldframe.memory.PageSize;
import io.coldframe.os.FileCalls;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;

/// A sweep that is refused is made up for by whoever comes next, and a mark too many does no harm.
final class UnsweptMarkTest {

    @TempDir(factory = MemoryFolder.class)
    private Path folder;

    private ChainModel model;
    private StorePaths paths;
    private String first;
    private String last;

    /// Two layers, the first of which the last one does not read.
    @BeforeEach
    void begin() throws Exception {
        model = ChainModel.in(folder.resolve("store"), 8, PageSize.KIB_4);
        paths = new StorePaths(model.store().directory());
        model.writePage(1, 1);
        first = model.captureFirst();
        model.writePage(1, 2);
        last = model.captureOn(first);
    }

    @AfterEach
    void end() {
        model.close();
    }

    private int onTheShelf() throws Exception {
        return new LayerShelf(paths).all().size();
    }

    private void requireAllMadeUpFor() throws Exception {
        assertEquals(0, onTheShelf());
        assertFalse(paths.unswept().isThere());
        assertEquals(List.of(), model.store().fsck(FsckOptions.DEFAULT).problems());
        model.check();
    }

    private void pruneWhileRefused() throws Exception {
        try (LayerLease _ = LayerLease.take(paths)) {
            PruneReport report = model.prune(PrunePolicy.keeping(1));
            assertEquals(List.of(first), report.removed());
            assertFalse(report.sweep().whyLeft().isEmpty());
        }
        assertEquals(1, onTheShelf());
        assertTrue(paths.unswept().isThere());
    }

    @Test
    void aCaptureThatHasNothingToDoWithItSweepsWhenItEnds() throws Exception {
        pruneWhileRefused();
        model.captureFirst();
        requireAllMadeUpFor();
    }

    @Test
    void soDoesOneThatFails() throws Exception {
        pruneWhileRefused();
        assertThrows(Exception.class, () -> model.captureOn("nobody"));
        requireAllMadeUpFor();
    }

    @Test
    void soDoesTheNextSweepOfAnybody() throws Exception {
        pruneWhileRefused();
        model.delete(last);
        requireAllMadeUpFor();
    }

    @Test
    void fsckTakesTheMarkForNothingForeign() throws Exception {
        pruneWhileRefused();
        FsckReport found = model.store().fsck(FsckOptions.DEFAULT);
        assertEquals(
                List.of(FsckProblem.Kind.UNNEEDED_LAYER),
                found.problems().stream().map(FsckProblem::kind).toList());
        assertTrue(model.store().repair(found).isClean());
        requireAllMadeUpFor();
    }

    @Test
    void aMarkTooManyDoesNoHarm() throws Exception {
        paths.unswept().put();
        paths.unswept().put();
        assertEquals(List.of(), model.store().fsck(FsckOptions.DEFAULT).problems());
        model.captureOn(last);
        requireAllMadeUpFor();
    }

    @Test
    void whatIsNoFileIsNoMark() throws Exception {
        Files.createDirectory(paths.layers().resolve(StorePaths.UNSWEPT));
        model.delete(first);
        assertEquals(0, onTheShelf());
        assertEquals(
                List.of(FsckProblem.Kind.FOREIGN_ENTRY),
                model.store().fsck(FsckOptions.DEFAULT).problems().stream()
                        .map(FsckProblem::kind)
                        .toList());
    }

    /// The lease is ended between the refusal and the mark, when nobody looks for that any more.
    @Test
    void whoIsRefusedTriesOnceMoreAfterTheMark() throws Exception {
        LayerLease lease = LayerLease.take(paths);
        try (var _ = FileCalls.use(new Before("open", StorePaths.UNSWEPT, lease::close))) {
            model.delete(first);
        } finally {
            lease.close();
        }
        requireAllMadeUpFor();
    }

    /// A sweep has looked at everything, and while it removes a layer somebody retires another.
    @Test
    void aSweepMakesUpForThoseWhomItRefuses() throws Exception {
        model.writePage(2, 3);
        String other = model.captureFirst();
        try (LayerLease _ = LayerLease.take(paths)) {
            model.delete(first);
        }
        Step deletion = () -> model.delete(other);
        try (var _ = FileCalls.use(new Before("unlink", StorePaths.LAYER, deletion))) {
            LayerSweep swept = new LayerShelf(paths).sweep();
            assertEquals(2, swept.removed().size());
        }
        requireAllMadeUpFor();
    }

    private interface Step {
        void run() throws Exception;
    }

    /// Does something just before a call on a file is made for the first time.
    private static final class Before extends ForwardingFileCalls {
        private final String function;
        private final String file;
        private final Step step;
        private boolean isDone;

        Before(String function, String file, Step step) {
            super(FileCalls.current());
            this.function = function;
            this.file = file;
            this.step = step;
        }

        @Override
        protected long around(Call call, LongSupplier make) {
            if (!isDone && call.is(function) && call.paths().getFirst().endsWith(file)) {
                isDone = true;
                try {
                    step.run();
                } catch (Exception failure) {
                    throw new AssertionError(failure);
                }
            }
            return make.getAsLong();
        }
    }
}
