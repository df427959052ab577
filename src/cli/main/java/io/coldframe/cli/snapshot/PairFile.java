package io.coldframe.cli.snapshot;

import io.coldframe.cli.StoreOption;

import java.nio.file.Files;
import java.nio.file.Path;

/// Tells the state file of a pair from a name in a store.
final class PairFile {

    private static final String SUFFIX = ".snap";

    private PairFile() {}

    /// Whether `reference` means a file: one that is there, or that can be nothing else.
    static boolean isMeant(String reference, StoreOption store) {
        if (store.isAsked()) {
            return false;
        }
        return !store.isNamed()
                || reference.contains("/")
                || reference.endsWith(SUFFIX)
                || Files.isRegularFile(Path.of(reference));
    }
}
