/// What the engine asks of the operating system: a result that is checked in one place, and a
/// failure that keeps its first cause.
///
/// Not exported. Every package of the engine may use this one; it uses none of them.
package io.coldframe.os;
