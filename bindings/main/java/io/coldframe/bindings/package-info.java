/// Native calls in Java types, one small class per facility.
///
/// Every call returns its result or the negated errno ([io.coldframe.bindings.Errno]); what the
/// system lacks answers `-ENOSYS` or is a [io.coldframe.bindings.Facility.Missing], never an
/// exception while a class loads. Turning a negative result into an exception is the caller's.
package io.coldframe.bindings;
