package io.coldframe.inspect;

import io.coldframe.SnapshotException;
import io.coldframe.memory.PageSize;
import io.coldframe.snapshot.Snapshot;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/// Which snapshot wrote each page last: the address space as runs of pages of one author.
///
/// ```
///  offset 0        1 MiB            5 MiB     6 MiB
///         | base    | next           | base    |
///         | data    | zero           | data    |
/// ```
/// A layer snapshot knows it of every page, also after its parents are gone. The pages of an image
/// are its author's who stored them, changed or not: with a list of dirty pages an image holds what
/// was *written*, and a full one holds everything.
///
/// **Threads.** Immutable.
public final class Blame {

    private final Author subject;
    private final PageSize pageSize;
    private final long byteCount;
    private final List<Author> authors;
    private final long[] endOffsets;
    private final int[] authorIndexes;
    private final PageContent[] contents;

    private Blame(
            Author subject,
            PageSize pageSize,
            long byteCount,
            List<Author> authors,
            long[] endOffsets,
            int[] authorIndexes,
            PageContent[] contents) {
        this.subject = subject;
        this.pageSize = pageSize;
        this.byteCount = byteCount;
        this.authors = authors;
        this.endOffsets = endOffsets;
        this.authorIndexes = authorIndexes;
        this.contents = contents;
    }

    /// {@return who wrote each page of a snapshot; only its maps are looked at}
    ///
    /// @param snapshot an open one
    /// @throws SnapshotException if what it lies on can't be told
    public static Blame of(Snapshot snapshot) throws SnapshotException {
        return Authors.blame(snapshot);
    }

    /// {@return the snapshot itself, as an author}
    public Author subject() {
        return subject;
    }

    /// {@return the unit in which it was found out who wrote}
    public PageSize pageSize() {
        return pageSize;
    }

    /// {@return the length of the memory}
    public long byteCount() {
        return byteCount;
    }

    /// {@return everybody who may have written, in no order}
    public List<Author> authors() {
        return authors;
    }

    /// {@return how many runs there are; they lie end to end, and no two neighbours are alike}
    public int runCount() {
        return endOffsets.length;
    }

    /// {@return where a run begins}
    ///
    /// @param run counted from 0
    public long startOffset(int run) {
        Objects.checkIndex(run, runCount());
        return run == 0 ? 0 : endOffsets[run - 1];
    }

    /// {@return where a run ends}
    ///
    /// @param run counted from 0
    public long endOffset(int run) {
        return endOffsets[run];
    }

    /// {@return who wrote it, as an index into [#authors()]}
    ///
    /// @param run counted from 0
    public int authorIndex(int run) {
        return authorIndexes[run];
    }

    /// {@return who wrote it}
    ///
    /// @param run counted from 0
    public Author author(int run) {
        return authors.get(authorIndex(run));
    }

    /// {@return what it holds}
    ///
    /// @param run counted from 0
    public PageContent content(int run) {
        return contents[run];
    }

    /// {@return the run that holds a byte}
    ///
    /// @param offset of the byte
    /// @throws IndexOutOfBoundsException if it is not in the memory
    public int find(long offset) {
        Objects.checkIndex(offset, byteCount);
        // The end of a run is not in it.
        int found = Arrays.binarySearch(endOffsets, offset + 1);
        return found >= 0 ? found : -found - 1;
    }

    /// Takes runs in ascending order. For one thread.
    static final class Builder {

        // Most snapshots have few runs; doubling takes care of the others.
        private static final int RUNS_AT_FIRST = 64;

        private final long byteCount;
        private long[] endOffsets = new long[RUNS_AT_FIRST];
        private int[] authorIndexes = new int[RUNS_AT_FIRST];
        private PageContent[] contents = new PageContent[RUNS_AT_FIRST];
        private int count;

        Builder(long byteCount) {
            this.byteCount = byteCount;
        }

        /// The next run, which ends at `endOffset`, or where the memory ends if that is before.
        void add(long endOffset, int author, PageContent content) {
            long end = Math.min(endOffset, byteCount);
            long start = count == 0 ? 0 : endOffsets[count - 1];
            if (end <= start) {
                throw new IllegalArgumentException(
                        "a run of [%d, %d) of %d bytes".formatted(start, end, byteCount));
            }
            if (count > 0 && authorIndexes[count - 1] == author && contents[count - 1] == content) {
                endOffsets[count - 1] = end;
                return;
            }
            if (count == endOffsets.length) {
                grow();
            }
            endOffsets[count] = end;
            authorIndexes[count] = author;
            contents[count++] = content;
        }

        private void grow() {
            int length = Math.multiplyExact(count, 2);
            endOffsets = Arrays.copyOf(endOffsets, length);
            authorIndexes = Arrays.copyOf(authorIndexes, length);
            contents = Arrays.copyOf(contents, length);
        }

        Blame build(Author subject, PageSize pageSize, List<Author> authors) {
            if (count == 0 || endOffsets[count - 1] != byteCount) {
                throw new IllegalStateException(
                        "%d runs do not cover %d bytes".formatted(count, byteCount));
            }
            return new Blame(
                    subject,
                    pageSize,
                    byteCount,
                    List.copyOf(authors),
                    Arrays.copyOf(endOffsets, count),
                    Arrays.copyOf(authorIndexes, count),
                    Arrays.copyOf(contents, count));
        }
    }
}
