/// Files that hold guest memory, and how anything gets its name: whole or not at all.
///
/// Start with [io.coldframe.image.AtomicFile] and [io.coldframe.image.AtomicDirectory].
package io.coldframe.image;
