package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Progress;
import io.coldframe.crash.MemoryFolder;
import io.coldframe.memory.PageSize;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What others delete or compact while fsck looks at the layers is no damage.
final class FsckLayersRaceTest {

    @TempDir(factory = MemoryFolder.class)
    private Path folder;

    private interface Change {
        void make(ChainModel model, List<String> names) throws Exception;
    }

    /// Makes a change each time that fsck could be told to stop, one after the other.
    private void requireNothingMissingWhile(Change change) throws Exception {
        boolean isMade = true;
        for (int call = 0; isMade; call++) {
            try (ChainModel model =
                    ChainModel.in(folder.resolve("store" + call), 8, PageSize.KIB_4)) {
                List<String> names = line(model);
                Before before = new Before(call, () -> change.make(model, names));
                FsckReport report = model.store().fsck(new FsckOptions(true, before));
                assertEquals(List.of(), missing(report), "at call " + call);
                isMade = before.isMade;
                assertTrue(isMade || call > 3, "only " + call + " calls");
            }
        }
    }

    private static List<FsckProblem> missing(FsckReport report) {
        return report.problems().stream()
                .filter(problem -> problem.kind() == FsckProblem.Kind.MISSING_LAYER)
                .toList();
    }

    /// Each of which reads all before it.
    private static List<String> line(ChainModel model) throws Exception {
        model.writePage(0, 1);
        String name = model.captureFirst();
        for (int page = 1; page < 4; page++) {
            model.writePage(page, 1);
            name = model.captureOn(name);
        }
        return model.names();
    }

    private static final class Before implements Progress {
        private final int call;
        private final Step step;
        private int calls;
        private boolean isMade;

        private interface Step {
            void run() throws Exception;
        }

        Before(int call, Step step) {
            this.call = call;
            this.step = step;
        }

        @Override
        public boolean proceed(long done, long total) {
            if (calls++ == call) {
                isMade = true;
                try {
                    step.run();
                } catch (Exception failure) {
                    throw new AssertionError(failure);
                }
            }
            return true;
        }
    }

    @Test
    void deletions() throws Exception {
        requireNothingMissingWhile(
                (model, names) -> {
                    for (String name : names.subList(0, 3)) {
                        model.delete(name);
                    }
                });
    }

    @Test
    void aCompactionOfOthers() throws Exception {
        requireNothingMissingWhile(
                (model, names) ->
                        model.compact(CompactionPolicy.intoOne(List.of(names.getLast()))));
    }

    @Test
    void whatIsMissingIsReportedAllTheSame() throws Exception {
        try (ChainModel model = ChainModel.in(folder.resolve("store"), 8, PageSize.KIB_4)) {
            List<String> names = line(model);
            Path second = model.store().directory().resolve(names.get(1));
            Files.delete(second.resolve(StorePaths.LAYER));
            // The second one's own is reported there.
            assertEquals(2, missing(model.store().fsck(FsckOptions.DEFAULT)).size());
        }
    }
}
