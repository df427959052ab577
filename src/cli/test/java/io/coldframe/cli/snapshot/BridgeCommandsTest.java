package io.coldframe.cli.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Blob;
import io.coldframe.cli.CommandRun;
import io.coldframe.cli.ExitCode;
import io.coldframe.cli.JsonView;
import io.coldframe.state.Architecture;
import io.coldframe.state.InterruptController;
import io.coldframe.state.MachineState;
import io.coldframe.state.StateEnvelope;
import io.coldframe.state.VmInfo;
import io.coldframe.state.X86Vcpu;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Pairs and OpenVMM directories: out of a store, described and verified as they are, and back.
final class BridgeCommandsTest {

    @TempDir private Path folder;
    private Path store;
    private RamFile ram;
    private Path state;

    @BeforeEach
    void haveASnapshot() throws IOException {
        store = folder.resolve("store");
        ram = RamFile.random(folder.resolve("ram"), 256, 2);
        state = folder.resolve("state");
        MachineState machine =
                new MachineState(
                        Architecture.X86_64,
                        new VmInfo(1).withTrackDirtyPages(true),
                        List.of(new X86Vcpu(0), new X86Vcpu(1)),
                        new InterruptController(Blob.of(new byte[] {1, 2, 3})));
        Files.write(state, new StateEnvelope(machine, Optional.empty()).encode(state));
        CommandRun.json(
                "save", "base", "--memory", ram, "--state", state, "--store", store, "--json");
    }

    private CommandRun run(Object... args) {
        return CommandRun.of(List.of(args), "--store", store);
    }

    private Path exported() {
        Path pair = folder.resolve("vm.snap");
        run("export", "base", "--pair", pair).expect(ExitCode.OK);
        return pair;
    }

    private byte[] restored(String reference) throws IOException {
        Path target = folder.resolve("restored of " + reference);
        run("restore", reference, target).expect(ExitCode.OK);
        return Files.readAllBytes(target);
    }

    @Test
    void anEnvelopeTellsWhatTheGuestIs() {
        JsonView json = run("describe", "base", "--json").expect(ExitCode.OK).json();
        assertEquals("coldframe", json.get("stateFormat"));
        assertEquals("x86_64", json.get("architecture"));
        assertEquals(2L, json.get("vcpuCount"));
    }

    @Test
    void aPairGoesOutAndComesBack() throws IOException {
        Path pair = exported();
        assertArrayEquals(ram.bytes(), Files.readAllBytes(folder.resolve("vm.mem")));
        run("export", "base", "--pair", pair).expect(ExitCode.CONFLICT).failure();
        run("export", "base", "--pair", pair, "--replace").expect(ExitCode.OK);
        JsonView back = run("import", "back", "--pair", pair, "--json").json();
        assertEquals("pair", back.get("format"));
        assertEquals("coldframe", back.get("stateFormat"));
        assertArrayEquals(ram.bytes(), restored("back"));
    }

    @Test
    void aPairIsDescribedAndVerifiedAsItIs() {
        Path pair = exported();
        JsonView json = CommandRun.json("describe", pair, "--json");
        assertEquals("0x0710198486640000", json.get("magic"));
        assertEquals("5.0.0", json.get("version"));
        assertEquals("x86_64", json.get("architecture"));
        assertEquals(2L, json.get("vcpus"));
        assertEquals(1L, json.get("memoryMib"));
        assertEquals(true, json.get("trackDirtyPages"));
        assertEquals(0L, json.get("devices"));
        assertEquals(false, json.get("mmds"));
        assertEquals("full", json.get("kind"));
        assertEquals(folder.resolve("vm.mem").toString(), json.get("memoryFile"));
        assertEquals(1L << 20, json.get("memoryFileByteCount"));
        assertEquals(true, json.get("crcOk"));
        assertTrue(json.isNull("problem"));
        assertTrue(CommandRun.json("verify", pair, "--json").flag("clean"));
    }

    @Test
    void whatCanBeReadOfADamagedStateFileIsPrinted() throws IOException {
        Path pair = exported();
        byte[] bytes = Files.readAllBytes(pair);
        bytes[bytes.length - 1] ^= 1;
        Files.write(pair, bytes);
        Files.delete(folder.resolve("vm.mem"));
        CommandRun text = CommandRun.of("describe", pair).expect(ExitCode.DAMAGED);
        assertTrue(text.out().lines().anyMatch("vCPUs              2"::equals), text.out());
        assertTrue(text.out().lines().anyMatch("CRC ok             false"::equals), text.out());
        assertTrue(text.out().contains("vm.mem (MISSING)"), text.out());
        JsonView json = CommandRun.of("describe", pair, "--json").expect(ExitCode.DAMAGED).json();
        assertEquals(2L, json.get("vcpus"));
        assertEquals(false, json.get("crcOk"));
        assertTrue(json.isNull("memoryFileByteCount"));
    }

    @Test
    void aFlippedBitOfAPairsMemoryIsFound() throws IOException {
        Path pair = exported();
        Path memory = folder.resolve("vm.mem");
        byte[] bytes = Files.readAllBytes(memory);
        bytes[4096 * 7 + 1] ^= 1;
        Files.write(memory, bytes);
        CommandRun run = CommandRun.of("verify", pair).expect(ExitCode.DAMAGED);
        assertTrue(run.out().startsWith(pair + ": DAMAGED: "), run.out());
        assertTrue(run.out().contains(memory.toString()), run.out());
        run("import", "back", "--pair", pair).expect(ExitCode.DAMAGED).failure();
        run("describe", "back").expect(ExitCode.NO_INPUT);
    }

    @Test
    void aDirectoryOfOpenVmmGoesOutAndComesBack() throws IOException {
        Path directory = folder.resolve("openvmm");
        run("export", "base", "--openvmm", directory).expect(ExitCode.OK);
        assertArrayEquals(ram.bytes(), Files.readAllBytes(directory.resolve("memory.bin")));
        JsonView back = run("import", "back", "--openvmm", directory, "--json").json();
        assertEquals("openvmm", back.get("format"));
        assertArrayEquals(ram.bytes(), restored("back"));
        assertTrue(Files.exists(directory.resolve("manifest.bin")));
    }

    @Test
    void aStateThatOnlyItsMakerReadsMakesNoPair() throws IOException {
        Path opaque = Files.writeString(folder.resolve("opaque"), "QEVM");
        CommandRun.json(
                "save", "other", "--memory", ram, "--state", opaque, "--store", store, "--json");
        Path pair = folder.resolve("other.snap");
        run("export", "other", "--pair", pair).expect(ExitCode.UNAVAILABLE).failure();
        assertFalse(Files.exists(pair));
    }

    @Test
    void aDamagedEnvelopeIsNotTakenForAnother() throws IOException {
        byte[] bytes = Files.readAllBytes(state);
        bytes[20] ^= 1;
        Files.write(state, bytes);
        Object[] save = {"save", "x", "--memory", ram, "--state", state, "--store", store};
        String failure = CommandRun.of(save).expect(ExitCode.DAMAGED).failure();
        assertTrue(failure.contains("--opaque"), failure);
        Object[] opaque = {
            "save", "x", "--memory", ram, "--state", state, "--store", store, "--opaque"
        };
        CommandRun.of(opaque).expect(ExitCode.OK);
    }

    @Test
    void oneFormatIsNamedAndNotTwo() {
        run("export", "base").expect(ExitCode.USAGE);
        run("export", "base", "--pair", "a.snap", "--openvmm", "b").expect(ExitCode.USAGE);
    }
}
