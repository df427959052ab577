/// Proofs that cross packages: whole saves and loads, through the doors that callers have, against
/// models of what must be there.
@NullMarked
package io.coldframe.proof;

import org.jspecify.annotations.NullMarked;
