package io.coldframe.memory;

/// Takes runs of pages, one after another: two numbers instead of a [PageRange], so that a walk
/// over millions of runs allocates nothing.
///
/// @param <X> what a visit may throw; a visitor that throws nothing checked needs no mention of it
@FunctionalInterface
public interface PageRunVisitor<X extends Exception> {

    /// Takes the next run.
    ///
    /// @param firstPage the first page of the run
    /// @param pageCount how many pages, at least one
    /// @throws X what went wrong with this run
    void visit(long firstPage, long pageCount) throws X;
}
