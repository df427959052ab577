package io.coldframe.proof;

import io.coldframe.SnapshotException;

import java.io.IOException;
import java.nio.file.Path;

/// A process of its own, whose files may not become long, that tries a work which was prepared and
/// says what came of it: the kind of the refusal, and whether all dirty pages are still known.
final class LimitedSaver {
    private LimitedSaver() {}

    /// Of each work: its class, its name and its folder.
    public static void main(String[] arguments) throws IOException {
        for (int i = 0; i < arguments.length; i += 2) {
            Work work = FileSizeLimitTest.named(arguments[i]);
            System.out.println(work + " " + attempt(work, Path.of(arguments[i + 1])));
        }
    }

    private static String attempt(Work work, Path folder) throws IOException {
        try (ScriptedGuest guest = work.guest()) {
            // All pages of it are dirty, and it is a step further than what was prepared.
            guest.advanceTo(guest.step() + 5);
            try {
                work.run(folder, guest);
                return "done";
            } catch (SnapshotException refusal) {
                guest.checkDirty();
                boolean named = refusal.toString().contains(folder.toString());
                return refusal.kind() + (named ? "" : " of something: " + refusal);
            }
        }
    }
}
