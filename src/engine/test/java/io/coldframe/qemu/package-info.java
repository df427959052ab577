/// A real guest: a Debian kernel under QEMU, with its memory in a file, which does as it is told
/// over its serial console.
@NullMarked
package io.coldframe.qemu;

import org.jspecify.annotations.NullMarked;
