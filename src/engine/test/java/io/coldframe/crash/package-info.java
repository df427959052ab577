/// What a crash or a failing disk makes of the engine's files: a recorder, a replay of every point,
/// calls that fail, and real file systems to try it all on.
///
/// ```
/// var calls = RecordingFileCalls.below(folder);
/// try (var _ = FileCalls.use(calls)) {
///     commitSomething(folder);
///     calls.mark("committed");
/// }
/// CrashReplay.of(calls.recording()).forEachState(scratch, (directory, state) -> …);
/// ```
package io.coldframe.crash;
