/// Snapshots: memory, machine state and manifest, committed as one.
package io.coldframe.snapshot;
