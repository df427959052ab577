package io.coldframe.memory;

/// What stores into the mapping of a file do.
public enum FileMapping {
    /// They are refused. Loads see what others write into the file.
    READ_ONLY,
    /// They go into the file, where every other mapping of it sees them.
    SHARED,
    /// They stay in this process; the file is only read. What others write into the file may or
    /// may not be seen, so nobody should.
    PRIVATE
}
