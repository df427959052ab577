/// Protobuf's wire format, as much of it as the engine's own records need.
package io.coldframe.wire;
