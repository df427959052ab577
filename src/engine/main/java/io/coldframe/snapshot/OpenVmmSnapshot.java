package io.coldframe.snapshot;

import java.nio.file.Path;
import java.util.Objects;

/// What [OpenVmmDirectory#readSnapshot] has read: all but the memory.
///
/// **Lifetime.** Plain data: holds no file open. Whoever wants the memory too uses
/// [OpenVmmDirectory#restore], which sees to it that the parts are of one snapshot.
///
/// **Threads.** Immutable.
public final class OpenVmmSnapshot {
    private final Path directory;
    private final OpenVmmManifest manifest;
    private final byte[] state;

    OpenVmmSnapshot(Path directory, OpenVmmManifest manifest, byte[] state) {
        this.directory = Objects.requireNonNull(directory);
        this.manifest = Objects.requireNonNull(manifest);
        this.state = state.clone();
    }

    /// {@return where it was read}
    public Path directory() {
        return directory;
    }

    /// {@return what the snapshot says about itself}
    public OpenVmmManifest manifest() {
        return manifest;
    }

    /// {@return a copy of the machine state, which only the machine monitor understands}
    public byte[] state() {
        return state.clone();
    }

    /// {@return where the memory is}
    public Path memoryFile() {
        return directory.resolve(OpenVmmDirectory.MEMORY);
    }
}
