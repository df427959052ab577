import org.jspecify.annotations.NullMarked;

/// Native calls, and nothing else.
///
/// The only module of the project that may call restricted methods, and so the only name that a
/// user grants: `--enable-native-access=io.coldframe.bindings`.
@NullMarked
module io.coldframe.bindings {
    requires static org.jspecify;

    exports io.coldframe.bindings to
            io.coldframe,
            io.coldframe.bench,
            io.coldframe.cli;
    exports io.coldframe.bindings.linux to
            io.coldframe,
            io.coldframe.cli;
    exports io.coldframe.bindings.macos to
            io.coldframe,
            io.coldframe.cli;
}
