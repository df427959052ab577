package io.coldframe.memory;

/// Code that reads or writes guest memory and returns nothing.
///
/// @param <X> what it throws; nothing checked where it is a lambda that throws nothing
@FunctionalInterface
public interface GuardedAction<X extends Exception> {

    /// Reads or writes guest memory, in this thread only.
    ///
    /// @throws X as it likes
    void run() throws X;
}
