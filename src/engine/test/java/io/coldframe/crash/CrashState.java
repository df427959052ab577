package io.coldframe.crash;

import java.util.Set;

/// Where a crash came, and what was lost of what had not been synced.
///
/// @param stepCount how many changes had been made
/// @param lastCall the call that made the last of them
/// @param marks what [RecordingFileCalls#mark(String)] had noted by then
/// @param lost what did not get to the disk, in words
/// @param isOrdered whether names got there in the order in which they were changed, as a journal
///     writes them; POSIX alone promises no order
public record CrashState(
        int stepCount, String lastCall, Set<String> marks, String lost, boolean isOrdered) {

    /// Whether the work had come to its mark.
    public boolean isAfter(String mark) {
        return marks.contains(mark);
    }

    @Override
    public String toString() {
        return "after change %d, %s; marks %s; lost: %s"
                .formatted(stepCount, lastCall, marks, lost);
    }
}
