package io.coldframe.qemu;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/// QEMU's machine protocol: one JSON object a line, a command and its answer, with events between
/// them.
///
/// **Threads.** One.
final class Qmp implements AutoCloseable {
    private final SocketChannel socket;
    private final BufferedReader lines;

    /// @param socket that QEMU has connected to, and that this object closes
    Qmp(SocketChannel socket) {
        this.socket = socket;
        this.lines = new BufferedReader(Channels.newReader(socket, StandardCharsets.UTF_8));
    }

    /// Agrees on the protocol.
    void greet() throws IOException {
        require(line().contains("\"QMP\""), "no greeting");
        execute("qmp_capabilities");
    }

    void execute(String command) throws IOException {
        execute(command, "{}");
    }

    /// Runs a command and waits for its answer.
    void execute(String command, String arguments) throws IOException {
        String text = "{\"execute\": \"%s\", \"arguments\": %s}%n".formatted(command, arguments);
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            socket.write(bytes);
        }
        while (true) {
            String answer = line();
            require(!answer.startsWith("{\"error\""), command + ": " + answer);
            if (answer.startsWith("{\"return\"")) {
                return;
            }
        }
    }

    /// Waits for the end of a migration, of which QEMU tells by events.
    void awaitMigration() throws IOException {
        while (true) {
            String line = line();
            if (line.contains("\"MIGRATION\"") && line.contains("\"completed\"")) {
                return;
            }
            require(!line.contains("\"failed\""), line);
        }
    }

    private String line() throws IOException {
        String line = lines.readLine();
        if (line == null) {
            throw new IOException("QEMU has hung up");
        }
        return line;
    }

    private static void require(boolean isTrue, String otherwise) {
        if (!isTrue) {
            throw new AssertionError(otherwise);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
