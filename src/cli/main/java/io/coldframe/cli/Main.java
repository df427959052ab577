package io.coldframe.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// `coldframe`, the command line.
@Command(name = "coldframe", mixinStandardHelpOptions = true, version = "coldframe 0.1.0-SNAPSHOT")
public final class Main {

    private Main() {}

    /// Runs one command and exits with its code.
    public static void main(String[] args) {
        System.exit(new CommandLine(new Main()).execute(args));
    }
}
