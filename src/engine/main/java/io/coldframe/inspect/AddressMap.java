package io.coldframe.inspect;

/// A picture of an address space before it has colours: where there are zeros, where the snapshot's
/// own data is, and where what it inherited, by age.
///
/// The age of a page is the number of generations since its author wrote it; the snapshot's own
/// pages are of age 0.
///
/// **Threads.** Immutable.
public final class AddressMap {

    private final Blame blame;
    private final int[] ages;

    /// What a part of the address space is.
    public enum Kind {
        /// Zeros, whoever wrote them.
        ZERO,
        /// What the snapshot itself wrote.
        OWN,
        /// What one of its ancestors wrote.
        INHERITED
    }

    /// Takes the parts of cells.
    @FunctionalInterface
    public interface PartVisitor {

        /// Takes one part.
        ///
        /// @param cell the cell that it is in, counted from 0; never less than before
        /// @param kind what it is
        /// @param age of inherited data and of zeros, in generations; 0 of the snapshot's own
        /// @param byteCount how much of the cell it is
        void visit(long cell, Kind kind, int age, long byteCount);
    }

    private AddressMap(Blame blame) {
        this.blame = blame;
        this.ages =
                blame.authors().stream()
                        .mapToInt(author -> blame.subject().generation() - author.generation())
                        // An author is an ancestor; a made-up generation is no reason to fail.
                        .map(age -> Math.max(age, 0))
                        .toArray();
    }

    /// {@return the map of a snapshot}
    ///
    /// @param blame who wrote its pages
    public static AddressMap of(Blame blame) {
        return new AddressMap(blame);
    }

    /// {@return the length of the memory}
    public long byteCount() {
        return blame.byteCount();
    }

    /// {@return what the map was made of}
    public Blame blame() {
        return blame;
    }

    /// {@return what a run of [#blame()] is}
    ///
    /// @param run counted from 0
    public Kind kind(int run) {
        if (blame.content(run) == PageContent.ZERO) {
            return Kind.ZERO;
        }
        boolean own = blame.author(run).snapshotId().equals(blame.subject().snapshotId());
        return own ? Kind.OWN : Kind.INHERITED;
    }

    /// {@return how many generations ago a run of [#blame()] was written}
    ///
    /// @param run counted from 0
    public int age(int run) {
        return ages[blame.authorIndex(run)];
    }

    /// {@return the age of the oldest data; 0 where nothing is inherited}
    public int ageMax() {
        int max = 0;
        for (int run = 0; run < blame.runCount(); run++) {
            if (kind(run) == Kind.INHERITED) {
                max = Math.max(max, age(run));
            }
        }
        return max;
    }

    /// {@return how many bytes are of a kind}
    ///
    /// @param kind which
    public long byteCount(Kind kind) {
        long sum = 0;
        for (int run = 0; run < blame.runCount(); run++) {
            if (kind(run) == kind) {
                sum += blame.endOffset(run) - blame.startOffset(run);
            }
        }
        return sum;
    }

    /// {@return whether there are pages of which it is not known whether they are zeros}
    public boolean mayHaveMoreZeros() {
        for (int run = 0; run < blame.runCount(); run++) {
            if (blame.content(run) == PageContent.UNKNOWN) {
                return true;
            }
        }
        return false;
    }

    /// {@return how many cells of `cellBytes` there are; the last may be short}
    ///
    /// @param cellBytes how much of the memory one cell is
    public long cellCount(long cellBytes) {
        return (byteCount() - 1) / cellBytes + 1;
    }

    /// Visits all parts of all cells, in the order of addresses.
    ///
    /// @param cellBytes how much of the memory one cell is
    /// @param visitor takes them
    public void forEachPart(long cellBytes, PartVisitor visitor) {
        if (cellBytes <= 0) {
            throw new IllegalArgumentException("a cell of " + cellBytes + " bytes");
        }
        for (int run = 0; run < blame.runCount(); run++) {
            Kind kind = kind(run);
            int age = age(run);
            long end = blame.endOffset(run);
            for (long at = blame.startOffset(run); at < end; ) {
                long cell = at / cellBytes;
                long left = cellBytes - at % cellBytes;
                long byteCount = Math.min(left, end - at);
                visitor.visit(cell, kind, age, byteCount);
                at += byteCount;
            }
        }
    }
}
