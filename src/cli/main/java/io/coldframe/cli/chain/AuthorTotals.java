package io.coldframe.cli.chain;

import io.coldframe.inspect.Blame;
import io.coldframe.inspect.PageContent;

/// How much is whose.
final class AuthorTotals {

    private final long[] byteCounts;
    private final long[] zeroByteCounts;

    private AuthorTotals(int authorCount) {
        byteCounts = new long[authorCount];
        zeroByteCounts = new long[authorCount];
    }

    static AuthorTotals of(Blame blame) {
        AuthorTotals totals = new AuthorTotals(blame.authors().size());
        for (int run = 0; run < blame.runCount(); run++) {
            long byteCount = blame.endOffset(run) - blame.startOffset(run);
            int author = blame.authorIndex(run);
            totals.byteCounts[author] += byteCount;
            boolean isZero = blame.content(run) == PageContent.ZERO;
            totals.zeroByteCounts[author] += isZero ? byteCount : 0;
        }
        return totals;
    }

    long byteCount(int author) {
        return byteCounts[author];
    }

    /// What an author is known to have left as zeros.
    long zeroByteCount(int author) {
        return zeroByteCounts[author];
    }
}
