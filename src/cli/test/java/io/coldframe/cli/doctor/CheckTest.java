package io.coldframe.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.cli.WorkFolder;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

final class CheckTest {

    private static Outcome run(Check.Trial trial) {
        return Check.of("group", "name", trial).run().outcome();
    }

    @Test
    void whateverATrialThrowsIsAFindingThatSaysWhy() {
        List<Throwable> failures =
                List.of(
                        new IllegalStateException("one"),
                        new IOException("two"),
                        new NoClassDefFoundError("three"),
                        new ExceptionInInitializerError(new IOException("inside")),
                        new StackOverflowError("four"),
                        new AssertionError("five"),
                        new InternalError("a fault in mapped memory"));
        for (Throwable failure : failures) {
            Outcome outcome =
                    run(
                            () -> {
                                if (failure instanceof Error error) {
                                    throw error;
                                }
                                throw (Exception) failure;
                            });
            assertEquals(Outcome.State.FAILED, outcome.state());
            assertTrue(outcome.reason().contains(failure.toString()), outcome.reason());
        }
    }

    @Test
    void theCausesOfAFailureAreNotHidden() {
        Exception failure =
                new IllegalStateException("outer", new IOException("inner", new Error("core")));
        Outcome outcome =
                run(
                        () -> {
                            throw failure;
                        });
        assertTrue(
                outcome.reason()
                        .endsWith(
                                "IllegalStateException: outer; because of java.io.IOException:"
                                        + " inner; because of java.lang.Error: core"),
                outcome.reason());
    }

    @Test
    void aRefusedCallIsMissingWithItsRemedy() {
        Check.Trial trial =
                () -> {
                    Refused.check(-1, "open");
                    return Outcome.available("never");
                };
        Outcome outcome = Check.of("group", "name", trial).orElse("ask nicely").run().outcome();
        assertEquals(Outcome.State.MISSING, outcome.state());
        assertTrue(outcome.reason().startsWith("open answers EPERM"), outcome.reason());
        assertEquals("ask nicely", outcome.remedy());
    }

    @Test
    void aTrialThatThrowsLeavesNothingInTheDirectory(@TempDir Path directory) throws Exception {
        Outcome outcome =
                run(
                        () -> {
                            try (WorkFolder work = WorkFolder.in(directory, "doctor")) {
                                Files.createDirectories(work.resolve("a/b"));
                                Files.createFile(work.resolve("a/b/c"));
                                throw new IllegalStateException("half way");
                            }
                        });
        assertEquals(Outcome.State.FAILED, outcome.state());
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(List.of(), files.toList());
        }
    }
}
