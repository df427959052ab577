package io.coldframe.crash;

import java.util.List;

/// What was done below a directory: how it was before, and every change since, in order.
///
/// @param before the directory and everything in it, taken as durable
/// @param after how it is now, if nothing else has changed it
/// @param operations what changed it
/// @param calls every call that was made, the failed ones too, with its result
public record Recording(Disk before, Disk after, List<Step> operations, List<MadeCall> calls) {

    /// A change, and which call it was.
    record Step(FileOp operation, int callIndex) {}

    /// A call that was made.
    ///
    /// @param paths below the directory, one for a descriptor, too; as they were named
    public record MadeCall(Call call, List<String> paths, long result) {
        @Override
        public String toString() {
            return call.name() + paths + " = " + result;
        }
    }
}
