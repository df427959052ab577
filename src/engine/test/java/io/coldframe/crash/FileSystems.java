package io.coldframe.crash;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.support.ParameterDeclarations;

import java.util.List;
import java.util.stream.Stream;

/// Every file system that the engine is tried on: where the temporary files are, and small ones of
/// the test's own making.
///
/// ```
/// @ParameterizedClass(name = "{0}")
/// @ArgumentsSource(FileSystems.class)
/// final class SomeTest {
///     private final Path folder;
///
///     SomeTest(Volume volume) {
///         folder = volume.newFolder();
///     }
/// ```
///
/// **Lifetime.** What is mounted stays until all tests of the process have run.
public final class FileSystems implements ArgumentsProvider {
    private static final String KEY = "volumes";

    /// Made by JUnit.
    public FileSystems() {}

    private record Volumes(List<Volume> all) implements AutoCloseable {
        @Override
        public void close() {
            all.forEach(Volume::close);
        }
    }

    @Override
    public Stream<? extends Arguments> provideArguments(
            ParameterDeclarations parameters, ExtensionContext context) {
        return volumes(context).stream().map(Arguments::of);
    }

    private static List<Volume> volumes(ExtensionContext context) {
        return context.getRoot()
                .getStore(Namespace.create(FileSystems.class))
                .computeIfAbsent(KEY, key -> new Volumes(newVolumes()), Volumes.class)
                .all();
    }

    private static List<Volume> newVolumes() {
        return List.of(
                Volume.ofTemporaryFiles(),
                Volume.mounted("ext4", 64, "mkfs.ext4", "-q", "-F"),
                // The least that mkfs.xfs makes. Nothing is written but what is used.
                Volume.mounted("xfs", 300, "mkfs.xfs", "-q"),
                Volume.mounted("btrfs", 128, "mkfs.btrfs", "-q"),
                Volume.mounted("tmpfs", 64));
    }
}
