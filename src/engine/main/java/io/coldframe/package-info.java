/// What every part of the engine shares: [io.coldframe.SnapshotException].
package io.coldframe;
