package io.coldframe.image;

import io.coldframe.crash.Recording;
import io.coldframe.crash.RecordingFileCalls;
import io.coldframe.os.FileCalls;

import java.nio.file.Path;

/// The child of [CommitTraceTest]: commits, and prints what the recorder saw.
///
/// Not a test; it needs a JVM of its own that somebody watches.
public final class CommitProbe {
    private CommitProbe() {}

    /// Commits once.
    ///
    /// @param arguments the [CommitWork], and a folder that is prepared for it
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[1]);
        RecordingFileCalls calls = RecordingFileCalls.below(folder);
        try (var _ = FileCalls.use(calls)) {
            CommitWork.valueOf(arguments[0]).commit(folder);
        }
        for (Recording.MadeCall made : calls.recording().calls()) {
            if (made.call().isChange() && made.result() >= 0) {
                System.out.println(made.call().name() + " " + String.join(" ", made.paths()));
            }
        }
    }
}
