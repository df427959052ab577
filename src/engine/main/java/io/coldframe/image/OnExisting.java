package io.coldframe.image;

/// What a commit does about a target that is there already.
public enum OnExisting {
    /// It is left alone and the commit is refused.
    REFUSE,
    /// It is replaced, in one step.
    REPLACE
}
