package io.coldframe.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.bindings.Platform;
import io.coldframe.cli.StrictJson;
import io.coldframe.cli.Terminal;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The whole diagnosis of the machine that this runs on, made once.
final class DoctorTest {

    private static final Path MEMORY_FILE_SYSTEM = Path.of("/dev/shm");

    /// The published names, in their order. One may be added; none may change or go.
    private static final List<String> NAMES =
            List.of(
                    "jdk",
                    "native-access",
                    "os",
                    "page-size",
                    "transparent-huge-pages",
                    "hugetlb-pages",
                    "memfd",
                    "kvm",
                    "kvm.dirty-log",
                    "kvm.manual-protect",
                    "kvm.dirty-ring",
                    "hypervisor-framework",
                    "userfaultfd.wp",
                    "userfaultfd.wp-async",
                    "userfaultfd.wp-unpopulated",
                    "userfaultfd.wp-hugetlbfs-shmem",
                    "pagemap-scan",
                    "userfaultfd",
                    "userfaultfd.kernel-faults",
                    "userfaultfd.missing",
                    "userfaultfd.minor-shmem",
                    "userfaultfd.continue",
                    "userfaultfd.event-remove",
                    "userfaultfd.move",
                    "userfaultfd.poison",
                    "directory",
                    "directory.direct-io",
                    "directory.reflink",
                    "directory.fallocate",
                    "directory.punch-hole",
                    "directory.sparse-files",
                    "directory.rename-noreplace",
                    "directory.rename-exchange",
                    "directory.unnamed-files",
                    "directory.sync");

    @TempDir private static Path folder;
    private static Diagnosis diagnosis;

    @BeforeAll
    static void diagnose() {
        diagnosis = Diagnosis.of(folder);
    }

    private static Outcome outcome(Diagnosis diagnosis, String name) {
        return diagnosis.findings().stream()
                .filter(finding -> finding.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no finding " + name))
                .outcome();
    }

    private static List<Path> contents(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    @Test
    void everyFindingIsThereInItsOrder() {
        assertEquals(NAMES, diagnosis.findings().stream().map(Finding::name).toList());
    }

    @Test
    void noTrialBreaks() {
        for (Finding finding : diagnosis.findings()) {
            assertTrue(
                    finding.outcome().state() != Outcome.State.FAILED,
                    finding.name() + ": " + finding.outcome().reason());
        }
    }

    @Test
    void whatIsThereHasADetailAndWhatIsMissingAReason() {
        for (Finding finding : diagnosis.findings()) {
            Outcome outcome = finding.outcome();
            assertEquals(finding.isAvailable(), !outcome.detail().isEmpty(), finding.name());
            assertEquals(finding.isAvailable(), outcome.reason().isEmpty(), finding.name());
            String all = outcome.detail() + outcome.reason() + outcome.remedy();
            assertFalse(all.contains("\n"), finding.name());
        }
    }

    /// Where KVM is open the guest must have run, and its page must have been named.
    @Test
    void aGuestRunsWhereThereIsKvm() {
        Assumptions.assumeTrue(
                outcome(diagnosis, "kvm").state() == Outcome.State.AVAILABLE
                        && Platform.current() == Platform.LINUX_X64,
                "no KVM on x86-64");
        assertEquals(
                "a guest wrote one page, and the log named it",
                outcome(diagnosis, "kvm.dirty-log").detail());
        assertEquals(12, outcome(diagnosis, "kvm").numbers().getOrDefault("apiVersion", 0L));
    }

    @Test
    void everySystemIsToldThatAppleHardwareIsUntested() {
        assertTrue(TextReport.of(diagnosis, Terminal.PLAIN).contains(HypervisorChecks.UNTESTED));
    }

    @Test
    void aReasonIsSaidOnceInARow() {
        Outcome missing = Outcome.missing("gone", "buy one");
        List<Finding> findings =
                List.of(
                        new Finding("group", "one", false, missing),
                        new Finding("group", "two", false, missing));
        String text = TextReport.of(new Diagnosis(folder, findings), Terminal.PLAIN);
        String expected =
                """
                group
                  no   one  missing
                       why: gone
                       fix: buy one
                  no   two  missing, as above
                """;
        assertTrue(text.contains(expected), text);
    }

    @Test
    void nothingIsLeftBehind() throws Exception {
        assertEquals(List.of(), contents(folder));
    }

    @Test
    void aMemoryFileSystemIsToldFromADisk() throws Exception {
        Assumptions.assumeTrue(
                Files.isWritable(MEMORY_FILE_SYSTEM)
                        && Files.getFileStore(MEMORY_FILE_SYSTEM).type().equals("tmpfs"),
                "no tmpfs at " + MEMORY_FILE_SYSTEM);
        Path place = Files.createTempDirectory(MEMORY_FILE_SYSTEM, "doctor-test-");
        try {
            Diagnosis inMemory = Diagnosis.of(place);
            assertTrue(outcome(inMemory, "directory").detail().contains(" on tmpfs, "));
            assertEquals(Outcome.State.MISSING, outcome(inMemory, "directory.reflink").state());
            assertEquals(Outcome.State.MISSING, outcome(inMemory, "directory.direct-io").state());
            assertEquals(Outcome.State.AVAILABLE, outcome(inMemory, "directory.fallocate").state());
        } finally {
            // Not empty: this would fail.
            Files.delete(place);
        }
    }

    @Test
    void aDiskTakesDirectWrites() throws Exception {
        String type = Files.getFileStore(folder).type();
        Assumptions.assumeTrue(
                List.of("ext4", "xfs", "btrfs").contains(type), "no disk but " + type);
        Outcome directIo = outcome(diagnosis, "directory.direct-io");
        assertEquals(Outcome.State.AVAILABLE, directIo.state());
        long unitByteCount = directIo.numbers().getOrDefault("unitByteCount", 0L);
        assertTrue(unitByteCount >= 512, directIo.toString());
    }

    @Test
    void aDirectoryThatCannotBeWrittenIsUntriedNotFailed() {
        Diagnosis gone = Diagnosis.of(folder.resolve("gone"));
        assertEquals(Outcome.State.MISSING, outcome(gone, "directory").state());
        assertEquals(Outcome.State.UNTRIED, outcome(gone, "directory.reflink").state());
        assertTrue(gone.hasFloor());
    }

    @Test
    void aDirectoryThatTakesNoFolderIsUntriedNotFailed() {
        Assumptions.assumeTrue(Files.isDirectory(Path.of("/proc")), "no /proc");
        Diagnosis odd = Diagnosis.of(Path.of("/proc"));
        assertEquals(Outcome.State.MISSING, outcome(odd, "directory").state());
        assertEquals(Outcome.State.UNTRIED, outcome(odd, "directory.sync").state());
    }

    @Test
    void onlyTheFloorDecides() {
        Outcome missing = Outcome.missing("gone", "");
        Finding extra = new Finding("group", "extra", false, missing);
        Finding floor = new Finding("group", "floor", true, missing);
        assertTrue(new Diagnosis(folder, List.of(extra)).hasFloor());
        Diagnosis bad = new Diagnosis(folder, List.of(extra, floor));
        assertFalse(bad.hasFloor());
        String text = TextReport.of(bad, Terminal.PLAIN);
        assertTrue(text.endsWith("the engine can't work without: floor\n"), text);
    }

    @Test
    void theJsonHasEveryMemberOfEveryFinding() {
        Map<?, ?> report = (Map<?, ?>) StrictJson.parse(JsonReport.of(diagnosis));
        assertEquals(
                List.of("schema", "coldframe", "os", "directory", "ok", "findings"),
                List.copyOf(report.keySet()));
        assertEquals(1L, report.get("schema"));
        assertEquals(true, report.get("ok"));
        assertEquals(folder.toString(), report.get("directory"));
        List<?> findings = assertInstanceOf(List.class, report.get("findings"));
        assertEquals(NAMES.size(), findings.size());
        for (int at = 0; at < NAMES.size(); at++) {
            assertSame(diagnosis.findings().get(at), (Map<?, ?>) findings.get(at));
        }
    }

    private static void assertSame(Finding finding, Map<?, ?> members) {
        assertEquals(
                List.of("name", "group", "floor", "state", "detail", "reason", "remedy", "numbers"),
                List.copyOf(members.keySet()));
        assertEquals(finding.name(), members.get("name"));
        assertEquals(finding.group(), members.get("group"));
        assertEquals(finding.floor(), members.get("floor"));
        assertEquals(finding.outcome().state().word(), members.get("state"));
        assertEquals(finding.outcome().detail(), members.get("detail"));
        assertEquals(finding.outcome().reason(), members.get("reason"));
        assertEquals(finding.outcome().remedy(), members.get("remedy"));
        assertEquals(finding.outcome().numbers(), members.get("numbers"));
    }

    @Test
    void everyTerminalGetsTheSameLinesInItsOwnSigns() {
        String plain = TextReport.of(diagnosis, Terminal.PLAIN);
        assertTrue(plain.chars().allMatch(unit -> unit == '\n' || (unit >= ' ' && unit <= '~')));
        assertTrue(plain.contains("\n  yes  jdk  "), plain);
        String rich = TextReport.of(diagnosis, new Terminal(true, true, false));
        assertTrue(rich.contains("\n  \u001b[32m✓\u001b[0m  jdk  "), rich);
        assertEquals(plain.lines().count(), rich.lines().count());
    }

    @Test
    void theModeOfHugePagesIsTheWordInBrackets() {
        assertEquals("madvise", MemoryChecks.chosen("always [madvise] never\n"));
    }
}
