/// Wrenn's memory files: a header that maps the address space, and the compact files it points to.
package io.coldframe.wrenn;
