/// What Linux offers beyond the C library: KVM, userfaultfd, PAGEMAP_SCAN.
///
/// What this host lacks is a [io.coldframe.bindings.Facility] with the reason. Every call answers
/// its result or the negated errno. The kernel does not ask how long a caller's memory is, so that
/// is checked here.
package io.coldframe.bindings.linux;
