import org.jspecify.annotations.NullMarked;

/// The engine.
@NullMarked
module io.coldframe {
    requires static org.jspecify;
    requires io.coldframe.bindings;

    exports io.coldframe;
    exports io.coldframe.image;
    exports io.coldframe.inspect;
    exports io.coldframe.layer;
    exports io.coldframe.memory;
    exports io.coldframe.snapshot;
    exports io.coldframe.state;
    exports io.coldframe.wrenn;
}
