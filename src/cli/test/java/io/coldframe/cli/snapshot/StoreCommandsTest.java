package io.coldframe.cli.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.cli.CommandRun;
import io.coldframe.cli.ExitCode;
import io.coldframe.cli.JsonView;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// The commands of a store, with real files, from the first snapshot to the last.
final class StoreCommandsTest {

    private static final int PAGE_COUNT = 256;

    @TempDir private Path folder;
    private Path store;
    private RamFile ram;

    @BeforeEach
    void haveAGuest() throws IOException {
        store = folder.resolve("store");
        ram = RamFile.random(folder.resolve("ram"), PAGE_COUNT, 1);
    }

    private JsonView save(String name, Object... more) {
        return CommandRun.json(
                "save", name, "--memory", ram, "--store", store, "--json", List.of(more));
    }

    private CommandRun run(String command, Object... more) {
        return CommandRun.of(command, "--store", store, List.of(more));
    }

    private byte[] restored(String reference) throws IOException {
        Path target = folder.resolve("restored of " + reference);
        run("restore", reference, target, "--replace").expect(ExitCode.OK);
        return Files.readAllBytes(target);
    }

    @Test
    void whatWasSavedIsRestoredByteForByte() throws IOException {
        JsonView base = save("base");
        assertEquals("full", base.get("kind"));
        assertEquals((long) PAGE_COUNT, base.get("writtenPageCount"));
        byte[] before = ram.bytes();
        ram.change(5);
        ram.zero(7);
        JsonView next = save("next", "--parent", "base");
        assertEquals("diff", next.get("kind"));
        assertEquals(2L, next.get("writtenPageCount"));
        assertEquals(1L, next.get("generation"));
        assertEquals("base", next.object("parent").text("name"));
        assertArrayEquals(before, restored("base"));
        assertArrayEquals(ram.bytes(), restored("next"));
    }

    @Test
    void holesAndStrategiesChangeNothingOfTheBytes() throws IOException {
        for (String strategy : List.of("auto", "mapped", "direct", "buffered")) {
            save(strategy, "--strategy", strategy, "--threads", 2);
            save(strategy + ".holes", "--strategy", strategy, "--holes");
            assertArrayEquals(ram.bytes(), restored(strategy));
            assertArrayEquals(ram.bytes(), restored(strategy + ".holes"));
        }
    }

    @Test
    void anOpaqueStateComesBackAsItWas() throws IOException {
        Path state = Files.write(folder.resolve("state"), new byte[] {1, 2, 3});
        JsonView saved =
                save("base", "--state", state, "--arch", "aarch64", "--vcpus", 4, "--label", "a=b");
        assertEquals("opaque", saved.get("stateFormat"));
        assertEquals("aarch64", saved.get("architecture"));
        assertEquals(4L, saved.get("vcpuCount"));
        assertEquals(Map.of("a", "b"), saved.get("labels"));
        Path back = folder.resolve("back");
        run("restore", "base", folder.resolve("memory"), "--state", back).expect(ExitCode.OK);
        assertArrayEquals(Files.readAllBytes(state), Files.readAllBytes(back));
    }

    @Test
    void regionsAreWhereTheyWereSaid() {
        JsonView saved = save("base", "--region", "0+512k", "--region", "0x100000000+512k");
        assertEquals(
                List.of(
                        Map.of("guestAddress", 0L, "byteCount", 512L << 10),
                        Map.of("guestAddress", 1L << 32, "byteCount", 512L << 10)),
                saved.get("regions"));
    }

    @Test
    void aFileThatIsThereIsNotOverwritten() throws IOException {
        save("base");
        Path target = Files.writeString(folder.resolve("target"), "mine");
        String failure = run("restore", "base", target).expect(ExitCode.CONFLICT).failure();
        assertTrue(failure.contains(target.toString()), failure);
        assertEquals("mine", Files.readString(target));
        String ofState =
                run("restore", "base", folder.resolve("new"), "--state", target)
                        .expect(ExitCode.CONFLICT)
                        .failure();
        assertTrue(ofState.contains(target.toString()), ofState);
        assertFalse(Files.exists(folder.resolve("new")));
        run("restore", "base", target, "--replace").expect(ExitCode.OK);
        assertArrayEquals(ram.bytes(), Files.readAllBytes(target));
    }

    @Test
    void aNameIsTakenOnlyOnPurpose() throws IOException {
        save("base");
        ram.change(1);
        CommandRun.of("save", "base", "--memory", ram, "--store", store)
                .expect(ExitCode.CONFLICT)
                .failure();
        save("base", "--replace");
        assertArrayEquals(ram.bytes(), restored("base"));
    }

    @Test
    void theListHasEverySnapshotAndItsTags() throws IOException {
        save("base");
        ram.change(1);
        save("next", "--parent", "base");
        run("tag", "good", "base").expect(ExitCode.OK);
        JsonView list = run("ls", "--json").expect(ExitCode.OK).json();
        List<JsonView> snapshots = list.objects("snapshots");
        assertEquals(2, snapshots.size());
        JsonView first = snapshots.getFirst();
        assertEquals("base", first.get("name"));
        assertEquals(List.of("good"), first.get("tags"));
        List<String> lines = run("ls").expect(ExitCode.OK).out().lines().toList();
        assertTrue(
                lines.get(0).matches("NAME +KIND +MEMORY +WRITTEN +PARENT +CREATED +TAGS"),
                lines.get(0));
        assertTrue(lines.get(1).matches("base +full +1 MiB +1 MiB +- +.*Z +good"), lines.get(1));
        assertTrue(lines.get(2).matches("next +diff +1 MiB +4 KiB +base +.*Z"), lines.get(2));
    }

    @Test
    void aTagIsAnotherNameUntilItIsDeleted() throws IOException {
        save("base");
        run("tag", "good", "base").expect(ExitCode.OK);
        assertArrayEquals(ram.bytes(), restored("good"));
        JsonView tags = run("tag", "--json").expect(ExitCode.OK).json();
        assertEquals(List.of("good"), tags.object("tags").names());
        run("rm", "base").expect(ExitCode.CONFLICT);
        run("tag", "--delete", "good").expect(ExitCode.OK);
        run("tag", "--delete", "good").expect(ExitCode.NO_INPUT).failure();
        run("restore", "good", folder.resolve("x")).expect(ExitCode.NO_INPUT).failure();
        run("rm", "base").expect(ExitCode.OK);
        run("tag", "one").expect(ExitCode.USAGE);
    }

    @Test
    void whatOthersLieOnIsNotRemoved() throws IOException {
        save("base");
        ram.change(1);
        save("next", "--parent", "base");
        String failure = run("rm", "base").expect(ExitCode.CONFLICT).failure();
        assertTrue(failure.contains("next"), failure);
        assertEquals(
                List.of("next", "base"),
                run("rm", "next", "base", "--json").expect(ExitCode.OK).json().get("removed"));
        assertEquals(List.of(), run("ls", "--json").json().get("snapshots"));
    }

    @Test
    void aFlippedBitIsFoundAndNamed() throws IOException {
        save("base");
        save("other");
        Path memory = store.resolve("base/memory.bin");
        byte[] bytes = Files.readAllBytes(memory);
        bytes[5 * RamFile.PAGE_BYTES + 9] ^= 1;
        Files.write(memory, bytes);

        CommandRun verified = run("verify").expect(ExitCode.DAMAGED);
        List<String> lines = verified.out().lines().toList();
        assertEquals("other: ok, 1 MiB read", lines.get(0));
        assertTrue(lines.get(1).startsWith("base: DAMAGED: "), lines.get(1));
        assertTrue(lines.get(1).contains(memory.toString()), lines.get(1));

        JsonView json = run("verify", "base", "--json").expect(ExitCode.DAMAGED).json();
        assertEquals(false, json.get("clean"));
        run("restore", "base", folder.resolve("x")).expect(ExitCode.DAMAGED).failure();
        assertFalse(Files.exists(folder.resolve("x")));
        run("verify", "other").expect(ExitCode.OK);
    }

    @Test
    void whatOthersLieOnIsReadWithThemAndNotAgain() throws IOException {
        save("base");
        ram.change(1);
        save("next", "--parent", "base");
        assertEquals(
                "next: ok, 1.0 MiB read, with base\n", run("verify").expect(ExitCode.OK).out());
    }

    @Test
    void fsckFindsAndRepairsAndThenIsClean() throws IOException {
        save("base");
        assertTrue(run("fsck", "--json").expect(ExitCode.OK).json().flag("clean"));
        Path extra = Files.createFile(store.resolve("base/extra"));
        JsonView found = run("fsck", "--json").expect(ExitCode.DAMAGED).json();
        JsonView problem = found.objects("problems").getFirst();
        assertEquals("extra-file", problem.get("kind"));
        assertEquals(extra.toString(), problem.get("path"));
        assertEquals("found", problem.get("outcome"));
        assertTrue(Files.exists(extra));
        run("fsck", "--repair", "--no-memory").expect(ExitCode.OK);
        assertFalse(Files.exists(extra));
        run("fsck").expect(ExitCode.OK);
    }

    @Test
    void aSnapshotOfThisHostFitsIt() {
        save("base");
        JsonView json = run("check-host", "base", "--json").expect(ExitCode.OK).json();
        assertEquals("fits", json.get("verdict"));
        CommandRun text = run("check-host", "base").expect(ExitCode.OK);
        assertTrue(text.out().endsWith("\nbase fits this host\n"), text.out());
    }

    @Test
    void aSnapshotIsDescribedByNameTagAndId() {
        JsonView saved = save("base");
        run("tag", "good", "base").expect(ExitCode.OK);
        String id = saved.text("id");
        for (String reference : List.of("base", "good", id)) {
            JsonView json = run("describe", reference, "--json").expect(ExitCode.OK).json();
            assertEquals("base", json.get("name"));
            assertEquals(id, json.text("id"));
        }
        List<String> lines = run("describe", "base").expect(ExitCode.OK).out().lines().toList();
        assertEquals("snapshot  base", lines.getFirst());
    }

    @Test
    void whatIsNotThereIsNamed() {
        run("ls").expect(ExitCode.NO_INPUT).failure();
        save("base");
        String failure = run("describe", "nothing").expect(ExitCode.NO_INPUT).failure();
        assertTrue(failure.contains("nothing"), failure);
        CommandRun.of("save", "x", "--memory", folder.resolve("no"), "--store", store)
                .expect(ExitCode.NO_INPUT)
                .failure();
    }

    @Test
    void aNameThatIsNoneIsAUsageError() {
        CommandRun run = CommandRun.of("save", "../x", "--memory", ram, "--store", store);
        String failure = run.expect(ExitCode.USAGE).failure();
        assertTrue(failure.startsWith("a name is"), failure);
        assertFalse(Files.exists(store));
    }

    @Test
    void memoryOfAnotherSizeThanTheParentsIsRefusedWithBoth() throws IOException {
        save("base");
        RamFile other = RamFile.random(folder.resolve("other"), PAGE_COUNT / 2, 3);
        Object[] diff = {"save", "x", "--memory", other, "--store", store, "--parent", "base"};
        String failure = CommandRun.of(diff).expect(ExitCode.USAGE).failure();
        assertTrue(failure.contains("1 MiB") || failure.contains("1048576"), failure);
    }

    @Test
    void withoutAStoreItIsSaidHowToNameOne() {
        CommandRun run = CommandRun.of("ls").expect(ExitCode.USAGE);
        assertTrue(run.err().startsWith("coldframe: name a store by --store"), run.err());
    }
}
