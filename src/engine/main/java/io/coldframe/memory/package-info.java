/// Guest memory, which pages of it were written, and what is in them.
package io.coldframe.memory;
