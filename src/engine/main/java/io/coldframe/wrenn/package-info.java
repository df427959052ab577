/// Generations of memory as Wrenn and e2b store them: a header that maps the address space, and the
/// compact files it points to.
package io.coldframe.wrenn;
