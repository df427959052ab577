package io.coldframe.snapshot;

import java.nio.file.Path;
import java.util.Objects;

/// Where the two files of a pair are.
///
/// **Threads.** Immutable.
///
/// @param state the state file, which is the commit point of the pair
/// @param memory the memory file
public record PairPaths(Path state, Path memory) {

    private static final String STATE_SUFFIX = ".snap";
    private static final String MEMORY_SUFFIX = ".mem";

    /// Refuses paths that name one file, or no file at all.
    public PairPaths {
        requireName(state);
        requireName(memory);
        if (state.toAbsolutePath().normalize().equals(memory.toAbsolutePath().normalize())) {
            throw new IllegalArgumentException(
                    "the state and the memory of a pair are two files, not both " + state);
        }
    }

    /// {@return a pair whose memory lies beside its state: `x.mem` for `x.snap`, and for any other
    /// name that name with `.mem` at its end}
    ///
    /// @param state the state file
    public static PairPaths of(Path state) {
        String name = requireName(state).toString();
        String stem =
                name.endsWith(STATE_SUFFIX)
                        ? name.substring(0, name.length() - STATE_SUFFIX.length())
                        : name;
        return new PairPaths(state, state.resolveSibling(stem + MEMORY_SUFFIX));
    }

    private static Path requireName(Path path) {
        Path name = Objects.requireNonNull(path).getFileName();
        if (name == null || name.toString().isEmpty()) {
            throw new IllegalArgumentException("no file name: '" + path + "'");
        }
        return name;
    }

    @Override
    public String toString() {
        return state + " with " + memory;
    }
}
