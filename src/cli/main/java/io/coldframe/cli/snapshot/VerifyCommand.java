package io.coldframe.cli.snapshot;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.cli.Activity;
import io.coldframe.cli.ByteCounts;
import io.coldframe.cli.ErrorText;
import io.coldframe.cli.ExitCode;
import io.coldframe.cli.JsonOption;
import io.coldframe.cli.ProgressOption;
import io.coldframe.cli.StoreOption;
import io.coldframe.inspect.StoreVerification;
import io.coldframe.snapshot.PairPaths;
import io.coldframe.snapshot.PairVerification;
import io.coldframe.snapshot.Snapshot;
import io.coldframe.snapshot.SnapshotPair;
import io.coldframe.snapshot.SnapshotStore;
import io.coldframe.snapshot.SnapshotSummary;
import io.coldframe.snapshot.VerifyReport;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/// `coldframe verify`: reads everything, and compares it with its sums.
@Command(
        name = "verify",
        description = {
            "Reads every byte of snapshots and of those that they lie on, and compares them with "
                    + "their sums.",
            "",
            "SNAPSHOT is the state file of a pair (NAME.snap), or a name, a tag or an id in a "
                    + "store; without one, all of the store. What is damaged is named by file, "
                    + "offset and guest page, and the exit code is 2.",
            ""
        })
public final class VerifyCommand implements Callable<Integer> {

    @Mixin private StoreOption store = new StoreOption();
    @Mixin private JsonOption json = new JsonOption();
    @Mixin private ProgressOption progress = new ProgressOption();

    @Parameters(arity = "0..*", paramLabel = "SNAPSHOT", description = "What to verify.")
    private List<String> references = new ArrayList<>();

    /// For picocli.
    public VerifyCommand() {}

    /// What has become of one.
    ///
    /// @param problem empty if all is well
    private record Result(String reference, String problem, List<Map<String, Object>> read) {

        boolean isOk() {
            return problem.isEmpty();
        }
    }

    @Override
    public Integer call() throws SnapshotException {
        List<Result> results = new ArrayList<>();
        try (Activity activity = progress.begin("verifying", json)) {
            if (references.isEmpty()) {
                verifyAll(results, activity);
            }
            for (String reference : references) {
                results.add(verify(reference, activity));
            }
        }
        boolean clean = results.stream().allMatch(Result::isOk);
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("clean", clean);
        members.put("results", results.stream().map(VerifyCommand::members).toList());
        json.print(members, text(results));
        return clean ? ExitCode.OK : ExitCode.DAMAGED;
    }

    /// The newest first: whoever lies on others has them read with it, and nothing is read twice.
    private void verifyAll(List<Result> results, Progress activity) throws SnapshotException {
        Set<Object> done = new HashSet<>();
        SnapshotStore opened = store.open();
        StoreVerification verification = new StoreVerification();
        for (SnapshotSummary summary : opened.list().reversed()) {
            if (!done.contains(summary.name())) {
                Result result =
                        verify(
                                summary.name(),
                                () -> {
                                    try (Snapshot snapshot = opened.open(summary.name())) {
                                        return stored(verification.verify(snapshot, activity));
                                    }
                                });
                results.add(result);
                result.read().forEach(read -> done.add(read.get("name")));
            }
        }
    }

    private Result verify(String reference, Progress activity) throws SnapshotException {
        return verify(
                reference,
                () ->
                        PairFile.isMeant(reference, store)
                                ? pair(PairPaths.of(Path.of(reference)), activity)
                                : stored(store.open().verify(reference, activity)));
    }

    /// Reads something, and says what.
    @FunctionalInterface
    private interface Reading {
        List<Map<String, Object>> read() throws SnapshotException;
    }

    /// What is damaged is a result; whatever else goes wrong ends the command.
    private static Result verify(String reference, Reading reading) throws SnapshotException {
        try {
            return new Result(reference, "", reading.read());
        } catch (SnapshotException failure) {
            if (failure.kind() != Kind.CORRUPT) {
                throw failure;
            }
            return new Result(reference, ErrorText.of(failure), List.of());
        }
    }

    private static List<Map<String, Object>> stored(VerifyReport report) {
        return report.verified().stream()
                .map(verified -> read(verified.name(), verified.byteCount()))
                .toList();
    }

    private static List<Map<String, Object>> pair(PairPaths paths, Progress activity)
            throws SnapshotException {
        PairVerification pair = SnapshotPair.verifyPair(paths, activity);
        return List.of(read(pair.memoryFile().toString(), pair.byteCount()));
    }

    private static Map<String, Object> read(String name, long byteCount) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("name", name);
        members.put("byteCount", byteCount);
        return members;
    }

    private static Map<String, Object> members(Result result) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("snapshot", result.reference());
        members.put("ok", result.isOk());
        members.put("problem", result.problem());
        members.put("read", result.read());
        return members;
    }

    private static String text(List<Result> results) {
        StringBuilder out = new StringBuilder();
        for (Result result : results) {
            long byteCount =
                    result.read().stream().mapToLong(read -> (Long) read.get("byteCount")).sum();
            out.append(result.reference())
                    .append(": ")
                    .append(
                            result.isOk()
                                    ? "ok, " + ByteCounts.text(byteCount) + " read" + on(result)
                                    : "DAMAGED: " + result.problem())
                    .append('\n');
        }
        return out.toString();
    }

    /// What it lies on, which was read with it.
    private static String on(Result result) {
        return result.read().size() < 2
                ? ""
                : result.read().stream()
                        .skip(1)
                        .map(read -> String.valueOf(read.get("name")))
                        .collect(Collectors.joining(", ", ", with ", ""));
    }
}
