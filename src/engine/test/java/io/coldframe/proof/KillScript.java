package io.coldframe.proof;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.PageSize;

import java.io.IOException;
import java.nio.file.Path;

/// Operations without an end, numbered from 1, of which it is known what they leave. Operation `n`
/// is done to a guest at step `n`.
///
/// It is made by name, from a constructor without arguments.
abstract class KillScript {
    private final GuestLayout layout;
    private final ScriptedMemory memory;

    KillScript(GuestLayout layout, long seed) {
        this.layout = layout;
        this.memory = new ScriptedMemory(Math.toIntExact(layout.byteCount()), seed);
    }

    /// The script of a class of that name.
    static KillScript named(String className) {
        try {
            return Class.forName(className)
                    .asSubclass(KillScript.class)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException impossible) {
            throw new LinkageError(className, impossible);
        }
    }

    /// Makes what has to be there before the first operation.
    abstract void prepare(Path folder) throws IOException;

    /// The operation of a number.
    abstract void run(Path folder, ScriptedGuest guest, int number) throws IOException;

    /// What [#read] says after so many operations.
    abstract String expected(int doneCount);

    /// What is there, every byte of it looked at.
    abstract String read(Path folder) throws IOException;

    /// Reads something of it, which must be whole, while another process writes.
    abstract void readWhileWritten(Path folder) throws IOException;

    /// Whoever comes after a crash, and sweeps.
    abstract void comeNext(Path folder, ScriptedGuest guest, int number) throws IOException;

    GuestLayout layout() {
        return layout;
    }

    ScriptedMemory memory() {
        return memory;
    }

    ScriptedGuest guest(int step) throws SnapshotException {
        return ScriptedGuest.after(step, layout, PageSize.KIB_4, memory.seed());
    }

    static void requireMissing(SnapshotException failure) throws SnapshotException {
        if (failure.kind() != Kind.MISSING) {
            throw failure;
        }
    }

    @Override
    public String toString() {
        return getClass().getSimpleName();
    }
}
