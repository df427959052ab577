package io.coldframe.qemu;

import org.junit.jupiter.api.Assumptions;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/// A Debian kernel that runs under QEMU, with a shell that does what it is told, and all of its
/// memory in a file.
///
/// Nothing waits for a time: the guest says when it has done something, and QEMU answers when the
/// machine stands still.
///
/// **Lifetime.** Closing it ends the process.
///
/// **Threads.** One.
final class RealGuest implements AutoCloseable {
    private static final int MIB = 1 << 20;

    static final long MEMORY_BYTES = 96L * MIB;

    private static final String QEMU = "qemu-system-x86_64";
    private static final Path BUSYBOX = Path.of("/bin/busybox");
    private static final String READY = "guest: ready";

    // Numbers its files, so that each command has one of its own. `fill` writes what nobody has
    // written before, `zero` writes zeros over it, `again` the bytes that are there already.
    private static final String INIT =
            """
            #!/bin/busybox sh
            b=/bin/busybox
            $b mkdir -p /proc /ram
            $b mount -t proc proc /proc
            $b mount -t tmpfs tmpfs /ram
            echo "guest: ready"
            i=0
            while read line; do
              i=$((i+1))
              case "$line" in
                fill*) $b dd if=/dev/urandom of=/ram/f$i bs=64k count=32 status=none;;
                zero*) for f in /ram/f*; do
                    $b dd if=/dev/zero of=$f bs=64k count=16 conv=notrunc status=none; done;;
                again*) for f in /ram/f*; do
                    $b dd if=$f of=$f bs=64k conv=notrunc status=none; done;;
                drop*) $b rm -f /ram/f*;;
                say*) $b cat /ram/f* | $b sha256sum | $b cut -c 1-64;;
              esac
              echo "guest: did $line"
            done
            """;

    private final Process process;
    private final BufferedReader serial;
    private final Qmp qmp;
    private final Path memory;

    private RealGuest(Process process, BufferedReader serial, Qmp qmp, Path memory) {
        this.process = process;
        this.serial = serial;
        this.qmp = qmp;
        this.memory = memory;
    }

    /// Skips the test where there is no such guest.
    static void requireInstalled() {
        Assumptions.assumeTrue(
                System.getProperty("os.name").equals("Linux")
                        && System.getProperty("os.arch").equals("amd64"),
                "macOS, or another machine than x86_64, has no kernel to boot under " + QEMU);
        String path = System.getenv().getOrDefault("PATH", "");
        boolean isThere =
                Stream.of(path.split(":", -1))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, QEMU)));
        Assumptions.assumeTrue(isThere, "needs " + QEMU + " (Debian: qemu-system-x86)");
        Assumptions.assumeTrue(
                Files.isExecutable(BUSYBOX), "needs " + BUSYBOX + " (Debian: busybox-static)");
        Assumptions.assumeTrue(
                kernel().isPresent(),
                "needs /boot/vmlinuz-*-cloud-amd64 (Debian: linux-image-cloud-amd64)");
    }

    private static Optional<Path> kernel() {
        try (Stream<Path> all = Files.list(Path.of("/boot"))) {
            return all.filter(path -> path.toString().matches(".*/vmlinuz-.*-cloud-amd64"))
                    .filter(Files::isReadable)
                    .max(Comparator.naturalOrder());
        } catch (IOException noFolder) {
            return Optional.empty();
        }
    }

    /// Starts one and waits for its shell.
    ///
    /// @param memory the file that will be its memory
    static RealGuest boot(Path folder, Path memory) throws IOException {
        RealGuest guest = start(folder, memory, List.of());
        guest.waitFor(READY);
        return guest;
    }

    /// Starts one that goes on from a state: see [#saveState(Path)].
    ///
    /// @param memory the file that is its memory
    static RealGuest resume(Path folder, Path memory, Path state) throws IOException {
        RealGuest guest = start(folder, memory, List.of("-incoming", "defer"));
        guest.leaveMemoryInFile();
        guest.qmp.execute("migrate-incoming", "{\"uri\": \"exec:cat %s\"}".formatted(state));
        guest.qmp.awaitMigration();
        guest.go();
        return guest;
    }

    private static RealGuest start(Path folder, Path memory, List<String> more) throws IOException {
        Path root = Files.write(folder.resolve("initrd"), root());
        // Not below the test's folder, whose name may be longer than a socket's may be.
        Path address = Files.createTempDirectory("qmp").resolve("socket");
        try (ServerSocketChannel door = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            door.bind(UnixDomainSocketAddress.of(address));
            List<String> command = command(memory, root, address);
            command.addAll(more);
            Process process =
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            return connected(process, door, memory);
        } finally {
            Files.deleteIfExists(address);
            Files.delete(address.getParent());
        }
    }

    private static List<String> command(Path memory, Path root, Path address) {
        List<String> command = new ArrayList<>(List.of(QEMU, "-accel", "tcg", "-smp", "1"));
        command.addAll(List.of("-nodefaults", "-nographic", "-no-reboot"));
        String file = "size=%d,mem-path=%s,share=on".formatted(MEMORY_BYTES, memory);
        command.addAll(List.of("-m", MEMORY_BYTES / MIB + "M"));
        command.addAll(List.of("-object", "memory-backend-file,id=m," + file));
        command.addAll(List.of("-machine", "pc,memory-backend=m"));
        command.addAll(List.of("-kernel", kernel().orElseThrow().toString()));
        command.addAll(List.of("-initrd", root.toString()));
        command.addAll(List.of("-append", "console=ttyS0 quiet panic=-1"));
        command.addAll(List.of("-serial", "stdio", "-qmp", "unix:" + address));
        return command;
    }

    /// QEMU is the one who connects, so nobody has to ask again and again whether it listens.
    private static RealGuest connected(Process process, ServerSocketChannel door, Path memory)
            throws IOException {
        CompletableFuture<?> over =
                process.onExit()
                        .thenRun(
                                () -> {
                                    try {
                                        door.close();
                                    } catch (IOException failure) {
                                        throw new UncheckedIOException(failure);
                                    }
                                });
        try {
            Qmp qmp = new Qmp(door.accept());
            over.cancel(false);
            qmp.greet();
            return new RealGuest(
                    process, process.inputReader(StandardCharsets.ISO_8859_1), qmp, memory);
        } catch (IOException | RuntimeException | Error failure) {
            process.destroyForcibly();
            throw failure;
        }
    }

    private static byte[] root() throws IOException {
        return new Cpio()
                .directory("bin")
                .directory("dev")
                .device("dev/console", 5, 1)
                .device("dev/zero", 1, 5)
                .device("dev/urandom", 1, 9)
                .program("bin/busybox", Files.readAllBytes(BUSYBOX))
                .program("init", INIT.getBytes(StandardCharsets.US_ASCII))
                .finished();
    }

    /// Its memory, which changes until it is stopped.
    Path memory() {
        return memory;
    }

    /// Lets the guest do something. @return the last that it said, if it said anything
    String tell(String command) throws IOException {
        Writer keyboard = process.outputWriter(StandardCharsets.US_ASCII);
        keyboard.write(command + "\n");
        keyboard.flush();
        return waitFor("guest: did " + command);
    }

    private String waitFor(String words) throws IOException {
        String said = "";
        for (String line = serial.readLine(); line != null; line = serial.readLine()) {
            if (line.contains(words)) {
                return said;
            }
            said = line;
        }
        throw new IOException("the guest ended before it said '" + words + "': " + said);
    }

    /// Holds it still: from here on its memory file is its memory, and does not change.
    void stop() throws IOException {
        qmp.execute("stop");
    }

    /// Lets it go on.
    void go() throws IOException {
        qmp.execute("cont");
    }

    /// Writes all of a stopped machine but its memory to a file.
    void saveState(Path state) throws IOException {
        leaveMemoryInFile();
        qmp.execute("migrate", "{\"uri\": \"exec:cat > %s\"}".formatted(state));
        qmp.awaitMigration();
    }

    private void leaveMemoryInFile() throws IOException {
        qmp.execute(
                "migrate-set-capabilities",
                "{\"capabilities\": ["
                        + capability("x-ignore-shared")
                        + ", "
                        + capability("events")
                        + "]}");
    }

    private static String capability(String name) {
        return "{\"capability\": \"" + name + "\", \"state\": true}";
    }

    @Override
    public void close() throws IOException {
        qmp.close();
        process.destroyForcibly();
        process.onExit().join();
    }
}
