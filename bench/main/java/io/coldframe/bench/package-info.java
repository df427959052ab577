/// Benchmarks. Each states its question and its floor, and proves itself correct before it is
/// timed.
package io.coldframe.bench;
