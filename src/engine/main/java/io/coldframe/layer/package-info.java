/// Memory stored packed: the blocks that changed one after another, and an index that maps the
/// whole address space to them.
///
/// Start with [io.coldframe.layer.LayerIndex]: the file; then [io.coldframe.layer.ExtentMap]: where
/// every block is.
package io.coldframe.layer;
