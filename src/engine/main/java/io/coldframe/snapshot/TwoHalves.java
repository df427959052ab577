package io.coldframe.snapshot;

import io.coldframe.Progress;

/// One progress of two things that are done one after the other, each of which counts from nothing.
///
/// What the second will have to do is not known before the first is done, so each is a half.
///
/// @param whole hears of both
/// @param halfBytes how much each half counts
record TwoHalves(Progress whole, long halfBytes) {

    Progress first() {
        return (done, total) -> whole.proceed(share(done, total), 2 * halfBytes);
    }

    Progress second() {
        return (done, total) -> whole.proceed(halfBytes + share(done, total), 2 * halfBytes);
    }

    private long share(long done, long total) {
        // Of nothing, all is done. No precision is lost that anybody would see.
        return done >= total ? halfBytes : (long) ((double) done / total * halfBytes);
    }
}
