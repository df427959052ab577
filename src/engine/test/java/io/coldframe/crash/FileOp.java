package io.coldframe.crash;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/// What a call has done to a file system: to the names in its directories, or to the contents of
/// its files. Files and directories are numbers, because their names change.
sealed interface FileOp {

    /// A change of names, which is durable when the directory has been synced.
    sealed interface Names extends FileOp {
        /// The directories whose names change; syncing one of them will do.
        Set<Integer> directories();
    }

    /// A node gets a name that was free: it was created, or linked to.
    record Added(int directory, String name, int node) implements Names {
        @Override
        public Set<Integer> directories() {
            return Set.of(directory);
        }
    }

    /// A name is gone.
    record Removed(int directory, String name, int node) implements Names {
        @Override
        public Set<Integer> directories() {
            return Set.of(directory);
        }
    }

    /// A node has another name, which may have been another node's.
    record Renamed(
            int fromDirectory,
            String fromName,
            int node,
            int toDirectory,
            String toName,
            Optional<Integer> replaced)
            implements Names {
        @Override
        public Set<Integer> directories() {
            return Set.copyOf(Arrays.asList(fromDirectory, toDirectory));
        }
    }

    /// Two nodes have each other's names.
    record Exchanged(
            int oneDirectory,
            String oneName,
            int one,
            int otherDirectory,
            String otherName,
            int other)
            implements Names {
        @Override
        public Set<Integer> directories() {
            return Set.copyOf(Arrays.asList(oneDirectory, otherDirectory));
        }
    }

    /// The contents of a file change.
    record Changed(int file, Contents change) implements FileOp {}

    /// All contents of a file are durable.
    record FileSynced(int file) implements FileOp {}

    /// All names in a directory are durable.
    record DirectorySynced(int directory) implements FileOp {}

    /// Whoever is being recorded has said how far it is.
    record Marked(String mark) implements FileOp {}

    /// How contents change.
    sealed interface Contents {
        byte[] applyTo(byte[] before);
    }

    /// Bytes at an offset.
    final class Written implements Contents {
        private final long offset;
        private final byte[] bytes;

        Written(long offset, byte[] bytes) {
            this.offset = offset;
            this.bytes = bytes;
        }

        @Override
        public byte[] applyTo(byte[] before) {
            int end = Math.toIntExact(offset + bytes.length);
            byte[] after = Arrays.copyOf(before, Math.max(before.length, end));
            System.arraycopy(bytes, 0, after, (int) offset, bytes.length);
            return after;
        }

        /// The same, with the power cut half way.
        Written torn() {
            return new Written(offset, Arrays.copyOf(bytes, bytes.length / 2));
        }
    }

    /// Another length.
    record Resized(long byteCount) implements Contents {
        @Override
        public byte[] applyTo(byte[] before) {
            return Arrays.copyOf(before, Math.toIntExact(byteCount));
        }
    }

    /// Zeros at an offset, within the length.
    record Zeroed(long offset, long byteCount) implements Contents {
        @Override
        public byte[] applyTo(byte[] before) {
            byte[] after = before.clone();
            int end = (int) Math.min(after.length, offset + byteCount);
            Arrays.fill(after, (int) Math.min(after.length, offset), end, (byte) 0);
            return after;
        }
    }

    /// Zeros between what was before an offset and what was after it.
    record Inserted(long offset, long byteCount) implements Contents {
        @Override
        public byte[] applyTo(byte[] before) {
            int at = Math.toIntExact(offset);
            byte[] after = new byte[Math.toIntExact(before.length + byteCount)];
            System.arraycopy(before, 0, after, 0, at);
            System.arraycopy(before, at, after, (int) (at + byteCount), before.length - at);
            return after;
        }
    }
}
