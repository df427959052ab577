package io.coldframe.memory;

/// Code that reads or writes guest memory and returns what it found.
///
/// @param <T> what it returns
/// @param <X> what else it throws; nothing checked where it is a lambda that throws nothing
@FunctionalInterface
public interface GuardedAccess<T, X extends Exception> {

    /// Reads or writes guest memory, in this thread only.
    ///
    /// @return what it found
    /// @throws X as it likes
    T run() throws X;
}
