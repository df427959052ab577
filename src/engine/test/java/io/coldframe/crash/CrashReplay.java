package io.coldframe.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Everything that a crash may leave on the disk: for each number of changes, what was synced by
/// then, and of the rest every part that the disk may have got.
///
/// Of the changes of names any may be lost that no sync of their directory has made durable, if
/// what is left makes sense: a file is not renamed that was not created. Of the unsynced contents
/// of a file, all may be there, or none, or all but half of the last write, or the right length
/// with zeros in it.
///
/// The model is harsher than any file system that it stands for: a sync of a file makes no name
/// durable, and nothing comes to the disk unasked in the order in which it was done.
public final class CrashReplay {
    // 4,096 subsets of names; above, those that lose a tail, or one change, or both.
    private static final int ALL_SUBSETS_MAX = 12;

    private final Recording recording;

    private CrashReplay(Recording recording) {
        this.recording = recording;
    }

    /// A replay of what was recorded.
    public static CrashReplay of(Recording recording) {
        return new CrashReplay(recording);
    }

    /// Looks at a directory after a crash.
    @FunctionalInterface
    public interface Check {
        /// Fails if it is not as it should be. It may change the directory, as whoever opens it
        /// after the crash would.
        void check(Path directory, CrashState state) throws Exception;
    }

    /// Checks every state that differs from those before it.
    ///
    /// @param scratch a folder in which each gets a fresh directory
    /// @return how many there were
    public int forEachState(Path scratch, Check check) throws IOException {
        Durable durable = new Durable(recording);
        Set<String> seen = new HashSet<>();
        Set<String> marks = new LinkedHashSet<>();
        String lastCall = "nothing";
        List<Recording.Step> steps = recording.operations();
        for (int count = 0; count <= steps.size(); count++) {
            if (count > 0) {
                Recording.Step step = steps.get(count - 1);
                if (step.operation() instanceof FileOp.Marked marked) {
                    marks.add(marked.mark());
                } else {
                    lastCall = recording.calls().get(step.callIndex()).toString();
                }
                durable.add(step.operation());
            }
            for (Left left : durable.leftovers()) {
                if (seen.add(marks + left.fingerprint())) {
                    CrashState state =
                            new CrashState(
                                    count,
                                    lastCall,
                                    Set.copyOf(marks),
                                    left.lost(),
                                    left.isOrdered());
                    check(scratch, check, left, state);
                }
            }
        }
        return seen.size();
    }

    private void check(Path scratch, Check check, Left left, CrashState state) throws IOException {
        Path directory = Files.createTempDirectory(scratch, "crash");
        left.disk().writeTo(directory);
        try {
            check.check(directory, state);
        } catch (Exception | AssertionError failure) {
            throw new AssertionError(
                    "a crash %s leaves %s%n%s"
                            .formatted(state, left.disk().paths().keySet(), trace(state)),
                    failure);
        }
        Disk.delete(directory);
    }

    private String trace(CrashState state) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < state.stepCount(); i++) {
            FileOp operation = recording.operations().get(i).operation();
            String shown =
                    operation instanceof FileOp.Changed changed
                            ? "Changed[" + changed.file() + ", " + changed.change().getClass() + "]"
                            : operation.toString();
            text.append("  ").append(i + 1).append(' ').append(shown).append('\n');
        }
        return text.toString();
    }

    /// What a crash leaves.
    private record Left(Disk disk, String lost, boolean isOrdered, String fingerprint) {}

    /// What is on the disk for sure, and what may be.
    private static final class Durable {
        private final Disk disk;
        private List<FileOp.Names> pendingNames = new ArrayList<>();
        private final Map<Integer, List<FileOp.Contents>> pendingContents = new TreeMap<>();

        Durable(Recording recording) {
            this.disk = recording.before().copy();
            disk.learn(recording.after());
        }

        void add(FileOp operation) {
            switch (operation) {
                case FileOp.Names names -> pendingNames.add(names);
                case FileOp.Changed changed ->
                        pendingContents
                                .computeIfAbsent(changed.file(), node -> new ArrayList<>())
                                .add(changed.change());
                case FileOp.FileSynced synced -> {
                    List<FileOp.Contents> changes = pendingContents.remove(synced.file());
                    if (changes != null) {
                        disk.setContents(
                                synced.file(), apply(disk.contents(synced.file()), changes));
                    }
                }
                case FileOp.DirectorySynced synced -> sync(synced.directory());
                case FileOp.Marked marked -> {}
            }
        }

        private void sync(int directory) {
            Set<Integer> synced = new HashSet<>(Set.of(directory));
            for (FileOp.Names names : pendingNames.reversed()) {
                // A directory that is gone for sure is empty for sure.
                if (names instanceof FileOp.Removed gone && synced.contains(gone.directory())) {
                    synced.add(gone.node());
                }
            }
            List<FileOp.Names> stillPending = new ArrayList<>();
            for (FileOp.Names names : pendingNames) {
                if (Collections.disjoint(names.directories(), synced)) {
                    stillPending.add(names);
                } else if (!disk.apply(names)) {
                    throw new AssertionError("synced before what it needs: " + names);
                }
            }
            pendingNames = stillPending;
        }

        List<Left> leftovers() {
            List<Left> found = new ArrayList<>();
            for (boolean[] kept : subsets(pendingNames.size())) {
                Disk names = disk.copy();
                if (applyKept(names, kept)) {
                    addContents(names, kept, found);
                }
            }
            return found;
        }

        private boolean applyKept(Disk names, boolean[] kept) {
            for (int i = 0; i < kept.length; i++) {
                if (kept[i] && !names.apply(pendingNames.get(i))) {
                    return false;
                }
            }
            return true;
        }

        private void addContents(Disk names, boolean[] kept, List<Left> found) {
            Set<Integer> unsynced = new LinkedHashSet<>(names.paths().values());
            unsynced.retainAll(pendingContents.keySet());
            List<Disk> disks = new ArrayList<>(List.of(names));
            List<String> lost = new ArrayList<>(List.of(lostNames(kept)));
            for (int file : unsynced) {
                List<Disk> nextDisks = new ArrayList<>();
                List<String> nextLost = new ArrayList<>();
                variants(file)
                        .forEach(
                                (what, contents) -> {
                                    for (int i = 0; i < disks.size(); i++) {
                                        Disk next = disks.get(i).copy();
                                        next.setContents(file, contents);
                                        nextDisks.add(next);
                                        nextLost.add(lost.get(i) + what);
                                    }
                                });
                disks.clear();
                disks.addAll(nextDisks);
                lost.clear();
                lost.addAll(nextLost);
            }
            for (int i = 0; i < disks.size(); i++) {
                found.add(
                        new Left(
                                disks.get(i),
                                lost.get(i),
                                isPrefix(kept),
                                fingerprint(disks.get(i))));
            }
        }

        /// The contents that a file with unsynced changes may have.
        private Map<String, byte[]> variants(int file) {
            List<FileOp.Contents> changes = pendingContents.getOrDefault(file, List.of());
            byte[] before = disk.contents(file);
            byte[] after = apply(before, changes);
            Map<String, byte[]> found = new TreeMap<>();
            found.put("", after);
            found.put(" all contents of " + file, before);
            // The length came to the disk, the new bytes did not.
            found.put(" the bytes of " + file, Arrays.copyOf(before, after.length));
            if (!changes.isEmpty() && changes.getLast() instanceof FileOp.Written last) {
                List<FileOp.Contents> torn = new ArrayList<>(changes);
                torn.set(torn.size() - 1, last.torn());
                found.put(" half of the last write to " + file, apply(before, torn));
            }
            return found;
        }

        private String lostNames(boolean[] kept) {
            StringBuilder lost = new StringBuilder();
            for (int i = 0; i < kept.length; i++) {
                lost.append(kept[i] ? "" : " " + pendingNames.get(i));
            }
            return lost.toString();
        }
    }

    private static byte[] apply(byte[] before, List<FileOp.Contents> changes) {
        byte[] now = before;
        for (FileOp.Contents change : changes) {
            now = change.applyTo(now);
        }
        return now;
    }

    private static boolean isPrefix(boolean[] kept) {
        for (int i = 1; i < kept.length; i++) {
            if (kept[i] && !kept[i - 1]) {
                return false;
            }
        }
        return true;
    }

    private static List<boolean[]> subsets(int count) {
        List<boolean[]> found = new ArrayList<>();
        if (count <= ALL_SUBSETS_MAX) {
            for (int bits = 0; bits < 1 << count; bits++) {
                boolean[] kept = new boolean[count];
                for (int i = 0; i < count; i++) {
                    kept[i] = (bits >> i & 1) != 0;
                }
                found.add(kept);
            }
            return found;
        }
        for (int end = 0; end <= count; end++) {
            for (int gap = -1; gap < end - 1; gap++) {
                boolean[] kept = new boolean[count];
                Arrays.fill(kept, 0, end, true);
                if (gap >= 0) {
                    kept[gap] = false;
                }
                found.add(kept);
            }
        }
        return found;
    }

    private static String fingerprint(Disk disk) {
        StringBuilder text = new StringBuilder();
        disk.paths()
                .forEach(
                        (path, node) -> {
                            text.append(path).append('=').append(node);
                            if (!disk.isDirectory(node)) {
                                byte[] contents = disk.contents(node);
                                text.append(':').append(contents.length).append(':');
                                text.append(Arrays.hashCode(contents));
                            }
                            text.append('\n');
                        });
        return text.toString();
    }
}
