/// Machine state as records, and the file that holds it.
///
/// Start with [io.coldframe.state.StateEnvelope]: the file; then
/// [io.coldframe.state.MachineState]: what is in it.
package io.coldframe.state;
