package io.coldframe.os;

/// Which [FileCalls] a thread makes.
final class CurrentFileCalls {
    private static final ThreadLocal<FileCalls> CURRENT =
            ThreadLocal.withInitial(KernelFileCalls::new);

    private CurrentFileCalls() {}

    static FileCalls get() {
        return CURRENT.get();
    }

    static FileCalls.Use use(FileCalls calls) {
        FileCalls before = CURRENT.get();
        CURRENT.set(calls);
        return () -> CURRENT.set(before);
    }
}
