package io.coldframe.proof;

import io.coldframe.crash.Call;
import io.coldframe.crash.ForwardingFileCalls;
import io.coldframe.os.FileCalls;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/// A process of its own that saves and saves, until it is killed. It says on its standard output
/// whatever it does: a [#CALL] before each call on files, and [#SAVED] when an operation is over.
final class KilledWriter extends ForwardingFileCalls {
    static final int CALL = '.';
    static final int SAVED = 'S';

    // Unbuffered: what was said has been done.
    private static final FileOutputStream OUT = new FileOutputStream(FileDescriptor.out);

    private KilledWriter(FileCalls behind) {
        super(behind);
    }

    /// The class of a [KillScript], the folder, and how many of its operations are done already.
    public static void main(String[] arguments) throws IOException {
        KillScript script = KillScript.named(arguments[0]);
        Path folder = Path.of(arguments[1]);
        int doneCount = Integer.parseInt(arguments[2]);
        try (ScriptedGuest guest = script.guest(doneCount);
                var _ = FileCalls.use(new KilledWriter(FileCalls.current()))) {
            for (int number = doneCount + 1; ; number++) {
                guest.advance();
                script.run(folder, guest, number);
                say(SAVED);
            }
        }
    }

    @Override
    protected long around(Call call, LongSupplier make) {
        say(CALL);
        return make.getAsLong();
    }

    // Of several threads; a single byte is whole.
    private static void say(int what) {
        try {
            OUT.write(what);
        } catch (IOException nobodyListens) {
            throw new UncheckedIOException(nobodyListens);
        }
    }
}
