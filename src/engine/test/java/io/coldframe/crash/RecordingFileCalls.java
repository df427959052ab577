package io.coldframe.crash;

import io.coldframe.bindings.Abi;
import io.coldframe.bindings.NativeMemory;
import io.coldframe.os.FileCalls;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Records what happens below one directory, with all the data, for [CrashReplay].
///
/// Stores to mapped memory pass by no call. They are seen when the mapping or the file is synced or
/// unmapped, which is late, and no later than they are durable.
///
/// **Threads.** Any; the calls are made one after another.
public final class RecordingFileCalls extends ForwardingFileCalls {
    private final Path root;
    private final Disk before;
    private final Disk live;
    private final List<Recording.Step> steps = new ArrayList<>();
    private final List<Recording.MadeCall> made = new ArrayList<>();
    private final Map<Integer, Open> open = new HashMap<>();
    private final Map<Integer, Path> elsewhere = new HashMap<>();
    private final Map<Long, Mapped> mapped = new HashMap<>();

    private record Open(int node, String path) {}

    private record Mapped(int file, long fileOffset, long byteCount) {}

    private RecordingFileCalls(FileCalls behind, Path root, Disk before) {
        super(behind);
        this.root = root;
        this.before = before;
        this.live = before.copy();
    }

    /// Records calls of this thread's.
    ///
    /// @param root an absolute path, without links on the way
    public static RecordingFileCalls below(Path root) throws IOException {
        return new RecordingFileCalls(FileCalls.current(), root, Disk.of(root));
    }

    /// Notes how far the work is, as in `committed`; see [CrashState#isAfter(String)].
    public synchronized void mark(String mark) {
        record(new FileOp.Marked(mark));
    }

    /// What was recorded so far.
    public synchronized Recording recording() {
        return new Recording(before.copy(), live.copy(), List.copyOf(steps), List.copyOf(made));
    }

    @Override
    protected synchronized long around(Call call, LongSupplier make) {
        if (call.is("fsync") || call.is("fdatasync")) {
            recordStoresTo(call.fd());
        }
        if (call.is("unmap")) {
            recordStoresAt(call.offset());
        }
        Optional<Integer> linked = call.is("link") ? linked(call) : Optional.empty();
        long result = make.getAsLong();
        made.add(new Recording.MadeCall(call, named(call), result));
        if (result >= 0) {
            switch (call.name()) {
                case "open" -> opened(call, (int) result);
                case "map" -> map(call, result);
                case "unmap" -> mapped.remove(call.offset());
                case "msync" -> recordStoresAt(call.bytes().orElseThrow().address());
                case "rename" -> renamed(call);
                case "link" -> added(call.paths().get(1), linked.orElseThrow());
                case "unlink", "rmdir" -> removed(call);
                case "mkdir" -> added(call.paths().getFirst(), live.newDirectory());
                default -> recordFileCall(call, result);
            }
        }
        if (call.is("close")) {
            open.remove(call.fd());
            elsewhere.remove(call.fd());
        }
        return result;
    }

    private void recordFileCall(Call call, long result) {
        Open file = open.get(call.fd());
        if (file == null) {
            return;
        }
        int node = file.node();
        switch (call.name()) {
            case "fsync", "fdatasync" ->
                    record(
                            live.isDirectory(node)
                                    ? new FileOp.DirectorySynced(node)
                                    : new FileOp.FileSynced(node));
            case "pwrite" -> {
                byte[] bytes = bytes(call.bytes().orElseThrow().asSlice(0, result));
                changed(node, new FileOp.Written(call.offset(), bytes));
            }
            case "ftruncate" -> changed(node, new FileOp.Resized(call.byteCount()));
            case "fallocate" -> allocated(node, call);
            case "ficlone" -> {
                byte[] bytes = contents(call.flags());
                changed(node, new FileOp.Resized(bytes.length));
                changed(node, new FileOp.Written(0, bytes));
            }
            default -> {}
        }
    }

    private void allocated(int node, Call call) {
        // 0x20: FALLOC_FL_INSERT_RANGE.
        if ((call.flags() & 0x20) != 0) {
            changed(node, new FileOp.Inserted(call.offset(), call.byteCount()));
            return;
        }
        long end = call.offset() + call.byteCount();
        boolean keepsLength = (call.flags() & Abi.FALLOC_FL_KEEP_SIZE) != 0;
        if (!keepsLength && end > live.contents(node).length) {
            changed(node, new FileOp.Resized(end));
        }
        if ((call.flags() & (Abi.FALLOC_FL_PUNCH_HOLE | Abi.FALLOC_FL_ZERO_RANGE)) != 0) {
            changed(node, new FileOp.Zeroed(call.offset(), call.byteCount()));
        }
    }

    private void opened(Call call, int fd) {
        Path path = call.paths().getFirst();
        Optional<Path> below = relative(path);
        if (below.isEmpty()) {
            elsewhere.put(fd, path);
            return;
        }
        Optional<Integer> node = live.find(below.get());
        if (node.isEmpty()) {
            int created = live.newFile(new byte[0]);
            added(path, created);
            node = Optional.of(created);
        } else if ((call.flags() & Abi.O_TRUNC) != 0) {
            changed(node.get(), new FileOp.Resized(0));
        }
        open.put(fd, new Open(node.get(), below.get().toString()));
    }

    /// The node that gets a name. A file from elsewhere comes with contents that nobody has synced.
    private Optional<Integer> linked(Call call) {
        Path existing = call.paths().getFirst();
        if (relative(call.paths().get(1)).isEmpty() || !Files.isRegularFile(existing)) {
            return Optional.empty();
        }
        Optional<Integer> known = relative(existing).flatMap(live::find);
        if (known.isPresent()) {
            return known;
        }
        int node = live.newFile(new byte[0]);
        changed(node, new FileOp.Written(0, read(existing)));
        elsewhere.forEach(
                (fd, path) -> {
                    if (path.equals(existing)) {
                        open.put(fd, new Open(node, path.toString()));
                    }
                });
        return Optional.of(node);
    }

    private void added(Path path, int node) {
        Place place = place(path);
        apply(new FileOp.Added(place.directory(), place.name(), node));
    }

    private void removed(Call call) {
        Place place = place(call.paths().getFirst());
        int node = live.find(place.directory(), place.name()).orElseThrow();
        apply(new FileOp.Removed(place.directory(), place.name(), node));
    }

    private void renamed(Call call) {
        Place from = place(call.paths().getFirst());
        Place to = place(call.paths().get(1));
        int node = live.find(from.directory(), from.name()).orElseThrow();
        Optional<Integer> target = live.find(to.directory(), to.name());
        if (target.equals(Optional.of(node))) {
            return;
        }
        apply(
                call.flags() == Abi.RENAME_EXCHANGE
                        ? new FileOp.Exchanged(
                                from.directory(),
                                from.name(),
                                node,
                                to.directory(),
                                to.name(),
                                target.orElseThrow())
                        : new FileOp.Renamed(
                                from.directory(),
                                from.name(),
                                node,
                                to.directory(),
                                to.name(),
                                target));
    }

    private void apply(FileOp.Names op) {
        if (!live.apply(op)) {
            throw new AssertionError("the kernel did what the names do not allow: " + op);
        }
        record(op);
    }

    private void changed(int file, FileOp.Contents change) {
        live.setContents(file, change.applyTo(live.contents(file)));
        record(new FileOp.Changed(file, change));
    }

    private void record(FileOp op) {
        steps.add(new Recording.Step(op, made.size() - 1));
    }

    private void map(Call call, long address) {
        Open file = open.get(call.fd());
        if (file != null) {
            mapped.put(address, new Mapped(file.node(), call.offset(), call.byteCount()));
        }
    }

    private void recordStoresTo(int fd) {
        Open file = open.get(fd);
        if (file != null) {
            List.copyOf(mapped.entrySet()).stream()
                    .filter(each -> each.getValue().file() == file.node())
                    .forEach(each -> recordStoresAt(each.getKey()));
        }
    }

    private void recordStoresAt(long address) {
        mapped.forEach(
                (start, mapping) -> {
                    if (start <= address && address < start + mapping.byteCount()) {
                        recordStores(start, mapping);
                    }
                });
    }

    private void recordStores(long start, Mapped mapping) {
        byte[] known = live.contents(mapping.file());
        long inFile = Math.min(mapping.byteCount(), known.length - mapping.fileOffset());
        MemorySegment now = NativeMemory.borrowed(start, Math.max(0, inFile));
        MemorySegment then = MemorySegment.ofArray(known).asSlice(mapping.fileOffset());
        if (now.mismatch(then.asSlice(0, now.byteSize())) >= 0) {
            changed(mapping.file(), new FileOp.Written(mapping.fileOffset(), bytes(now)));
        }
    }

    private byte[] contents(int fd) {
        Open known = open.get(fd);
        return known == null ? read(Path.of("/proc/self/fd/" + fd)) : live.contents(known.node());
    }

    private static byte[] read(Path path) {
        try {
            return Files.readAllBytes(path);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static byte[] bytes(MemorySegment segment) {
        return segment.toArray(ValueLayout.JAVA_BYTE);
    }

    private List<String> named(Call call) {
        if (!call.paths().isEmpty()) {
            return call.paths().stream()
                    .map(path -> relative(path).map(Path::toString).orElse(path.toString()))
                    .toList();
        }
        Open file = open.get(call.fd());
        return file == null ? List.of() : List.of(file.path());
    }

    /// The path below the root; empty for one that is elsewhere.
    private Optional<Path> relative(Path path) {
        return path.startsWith(root) ? Optional.of(root.relativize(path)) : Optional.empty();
    }

    private record Place(int directory, String name) {}

    private Place place(Path path) {
        Path below =
                relative(path)
                        .orElseThrow(() -> new AssertionError("not below " + root + ": " + path));
        Path directory = below.getParent() == null ? Path.of("") : below.getParent();
        return new Place(live.find(directory).orElseThrow(), below.getFileName().toString());
    }
}
