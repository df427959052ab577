import org.jspecify.annotations.NullMarked;

/// The command line.
@NullMarked
module io.coldframe.cli {
    requires static org.jspecify;
    requires info.picocli;
    requires io.coldframe;
    requires io.coldframe.bindings;

    // picocli sets the fields of the commands.
    opens io.coldframe.cli to
            info.picocli;
    opens io.coldframe.cli.bench to
            info.picocli;
    opens io.coldframe.cli.chain to
            info.picocli;
    opens io.coldframe.cli.doctor to
            info.picocli;
    opens io.coldframe.cli.snapshot to
            info.picocli;
}
