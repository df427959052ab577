/// Readers of the formats of others, written from the descriptions of those formats alone. They
/// share no code with the product, so that a mistake would have to be made twice.
@NullMarked
package io.coldframe.judge;

import org.jspecify.annotations.NullMarked;
