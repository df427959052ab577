/// What work on several threads needs, be it writing or reading: the threads, their turns, and how
/// far they are.
///
/// Not exported. Every package of the engine may use this one.
package io.coldframe.work;
