package io.coldframe.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The names and contents of a small file system, in memory.
final class Disk {
    /// The directory that everything is in.
    static final int ROOT = 0;

    private final Map<Integer, TreeMap<String, Integer>> directories = new HashMap<>();
    private final Map<Integer, byte[]> files = new HashMap<>();

    Disk() {
        directories.put(ROOT, new TreeMap<>());
    }

    /// Another one, which is the same until either changes.
    Disk copy() {
        Disk copy = new Disk();
        directories.forEach((node, names) -> copy.directories.put(node, new TreeMap<>(names)));
        copy.files.putAll(files);
        return copy;
    }

    /// What a directory holds now.
    static Disk of(Path root) throws IOException {
        Disk disk = new Disk();
        disk.read(ROOT, root, new HashMap<>());
        return disk;
    }

    private void read(int directory, Path path, Map<Object, Integer> known) throws IOException {
        List<Path> entries;
        try (Stream<Path> listed = Files.list(path)) {
            entries = listed.sorted().toList();
        }
        for (Path entry : entries) {
            int node;
            if (Files.isDirectory(entry)) {
                node = newDirectory();
                read(node, entry, known);
            } else {
                Object inode = Files.getAttribute(entry, "unix:ino");
                Integer linked = known.get(inode);
                node = linked == null ? newFile(Files.readAllBytes(entry)) : linked;
                known.put(inode, node);
            }
            names(directory).put(String.valueOf(entry.getFileName()), node);
        }
    }

    private Map<String, Integer> names(int directory) {
        return Objects.requireNonNull(directories.get(directory), "no directory has this number");
    }

    private int unusedNode() {
        return directories.size() + files.size();
    }

    int newDirectory() {
        int node = unusedNode();
        directories.put(node, new TreeMap<>());
        return node;
    }

    int newFile(byte[] contents) {
        int node = unusedNode();
        files.put(node, contents);
        return node;
    }

    /// Nodes that another disk has made since this one was its copy; their contents are empty.
    void learn(Disk newer) {
        newer.directories.keySet().forEach(n -> directories.putIfAbsent(n, new TreeMap<>()));
        newer.files.keySet().forEach(node -> files.putIfAbsent(node, new byte[0]));
    }

    boolean isDirectory(int node) {
        return directories.containsKey(node);
    }

    Optional<Integer> find(int directory, String name) {
        return Optional.ofNullable(names(directory).get(name));
    }

    /// The node of a path below the root.
    Optional<Integer> find(Path relative) {
        Optional<Integer> found = Optional.of(ROOT);
        for (Path name : relative) {
            found =
                    name.toString().isEmpty()
                            ? found
                            : found.filter(this::isDirectory)
                                    .flatMap(directory -> find(directory, name.toString()));
        }
        return found;
    }

    byte[] contents(int file) {
        return Objects.requireNonNull(files.get(file), "no file has this number");
    }

    void setContents(int file, byte[] contents) {
        files.put(file, contents);
    }

    /// Applies a change of names if what it changes is there.
    ///
    /// @return whether it was
    boolean apply(FileOp.Names op) {
        return switch (op) {
            case FileOp.Added added -> add(added.directory(), added.name(), added.node());
            case FileOp.Removed gone -> remove(gone.directory(), gone.name(), gone.node());
            case FileOp.Renamed renamed -> rename(renamed);
            case FileOp.Exchanged swapped -> exchange(swapped);
        };
    }

    private boolean add(int directory, String name, int node) {
        return names(directory).putIfAbsent(name, node) == null;
    }

    private boolean remove(int directory, String name, int node) {
        boolean full = isDirectory(node) && !names(node).isEmpty();
        return !full && names(directory).remove(name, node);
    }

    private boolean rename(FileOp.Renamed op) {
        Optional<Integer> target = find(op.toDirectory(), op.toName());
        if (!target.equals(op.replaced())
                || !names(op.fromDirectory()).remove(op.fromName(), op.node())) {
            return false;
        }
        names(op.toDirectory()).put(op.toName(), op.node());
        return true;
    }

    private boolean exchange(FileOp.Exchanged op) {
        return names(op.oneDirectory()).replace(op.oneName(), op.one(), op.other())
                && names(op.otherDirectory()).replace(op.otherName(), op.other(), op.one());
    }

    /// Every path that leads somewhere from the root, with its node; a directory before what it
    /// holds.
    Map<String, Integer> paths() {
        Map<String, Integer> found = new TreeMap<>();
        collect(ROOT, "", found);
        return found;
    }

    private void collect(int directory, String prefix, Map<String, Integer> found) {
        names(directory)
                .forEach(
                        (name, node) -> {
                            found.put(prefix + name, node);
                            if (isDirectory(node)) {
                                collect(node, prefix + name + "/", found);
                            }
                        });
    }

    /// Writes it all below an empty directory, a file with two names as one file.
    void writeTo(Path root) throws IOException {
        Map<Integer, Path> written = new HashMap<>();
        for (Map.Entry<String, Integer> entry : paths().entrySet()) {
            Path path = root.resolve(entry.getKey());
            int node = entry.getValue();
            if (isDirectory(node)) {
                Files.createDirectory(path);
            } else if (written.containsKey(node)) {
                Files.createLink(path, written.get(node));
            } else {
                Files.write(path, contents(node));
                written.put(node, path);
            }
        }
    }

    /// Removes a real directory with everything in it.
    static void delete(Path root) throws IOException {
        List<Path> paths = new ArrayList<>();
        try (Stream<Path> all = Files.walk(root)) {
            all.forEach(paths::add);
        }
        for (Path path : paths.reversed()) {
            Files.delete(path);
        }
    }
}
