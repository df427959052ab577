/// Snapshots: memory, machine state and manifest, committed as one. Start reading at
/// [io.coldframe.snapshot.SnapshotStore].
package io.coldframe.snapshot;
