package io.coldframe.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.coldframe.Sha256;
import io.coldframe.SnapshotException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/// Every kind of commit, with a reader that takes nothing but a whole one.
enum CommitWork {
    NEW_FILE(false) {
        @Override
        void write(Path folder, String text, OnExisting onExisting) throws SnapshotException {
            writeFile(folder, text, onExisting);
        }

        @Override
        String read(Path folder) throws IOException {
            return readFile(folder);
        }
    },
    REPLACED_FILE(true) {
        @Override
        void write(Path folder, String text, OnExisting onExisting) throws SnapshotException {
            writeFile(folder, text, onExisting);
        }

        @Override
        String read(Path folder) throws IOException {
            return readFile(folder);
        }
    },
    NEW_DIRECTORY(false) {
        @Override
        void write(Path folder, String text, OnExisting onExisting) throws IOException {
            writeDirectory(folder, text, onExisting);
        }

        @Override
        String read(Path folder) throws IOException {
            return readDirectory(folder);
        }
    },
    REPLACED_DIRECTORY(true) {
        @Override
        void write(Path folder, String text, OnExisting onExisting) throws IOException {
            writeDirectory(folder, text, onExisting);
        }

        @Override
        String read(Path folder) throws IOException {
            return readDirectory(folder);
        }
    },
    NEW_PAIR(false) {
        @Override
        void write(Path folder, String text, OnExisting onExisting) throws IOException {
            writePair(folder, text, onExisting);
        }

        @Override
        String read(Path folder) throws IOException {
            return readPair(folder);
        }
    },
    REPLACED_PAIR(true) {
        @Override
        void write(Path folder, String text, OnExisting onExisting) throws IOException {
            writePair(folder, text, onExisting);
        }

        @Override
        String read(Path folder) throws IOException {
            return readPair(folder);
        }
    };

    /// What [#read(Path)] answers where there is nothing.
    static final String NOTHING = "nothing";

    private static final String OLD = "the old contents";
    private static final String NEW = "the new contents, which are longer";

    private final boolean replaces;

    CommitWork(boolean replaces) {
        this.replaces = replaces;
    }

    /// Writes and commits.
    abstract void write(Path folder, String text, OnExisting onExisting) throws IOException;

    /// The text that was committed, if it is there in every part.
    abstract String read(Path folder) throws IOException;

    /// What was there before [#commit(Path)]: an old commit, or nothing.
    String before() {
        return replaces ? OLD : NOTHING;
    }

    String after() {
        return NEW;
    }

    /// Makes what is there before.
    void prepare(Path folder) throws IOException {
        Files.writeString(folder.resolve("bystander"), "of no concern");
        if (replaces) {
            write(folder, OLD, OnExisting.REFUSE);
        }
    }

    /// The commit that is looked at.
    void commit(Path folder) throws IOException {
        write(folder, NEW, onExisting());
    }

    OnExisting onExisting() {
        return replaces ? OnExisting.REPLACE : OnExisting.REFUSE;
    }

    private static void writeFile(Path folder, String text, OnExisting onExisting)
            throws SnapshotException {
        try (AtomicFile file = AtomicFile.create(folder.resolve("target"), onExisting)) {
            file.write(text.substring(0, 3).getBytes(UTF_8));
            file.write(text.substring(3).getBytes(UTF_8));
            file.commit();
        }
    }

    private static String readFile(Path folder) throws IOException {
        Path target = folder.resolve("target");
        return Files.exists(target) ? Files.readString(target) : NOTHING;
    }

    private static void writeDirectory(Path folder, String text, OnExisting onExisting)
            throws IOException {
        Path target = folder.resolve("target");
        try (AtomicDirectory directory = AtomicDirectory.create(target, onExisting)) {
            directory.write("one", text.getBytes(UTF_8));
            DraftFile file = directory.newFile("two");
            file.append(text.getBytes(UTF_8));
            directory.link("three", folder.resolve("bystander"));
            directory.commit();
        }
    }

    private static String readDirectory(Path folder) throws IOException {
        Path target = folder.resolve("target");
        if (!Files.exists(target)) {
            return NOTHING;
        }
        String one = Files.readString(target.resolve("one"));
        String two = Files.readString(target.resolve("two"));
        String three = Files.readString(target.resolve("three"));
        try (Stream<Path> files = Files.list(target)) {
            boolean whole = one.equals(two) && three.equals("of no concern") && files.count() == 3;
            return whole ? one : "a mixture of " + one + " and " + two + " and " + three;
        }
    }

    private static void writePair(Path folder, String text, OnExisting onExisting)
            throws IOException {
        Path state = folder.resolve("target.snap");
        Path memory = folder.resolve("target.mem");
        try (AtomicPair pair = AtomicPair.create(state, memory, onExisting)) {
            Optional<Sha256> replaced =
                    Files.exists(state)
                            ? Optional.of(Sha256.stored(Files.readAllBytes(state)))
                            : Optional.empty();
            pair.memory().append(text.getBytes(UTF_8));
            pair.commit(Sha256.of(text.getBytes(UTF_8)).bytes(), replaced);
        }
    }

    // As the contract of AtomicPair says that a pair is loaded, but for what a writer does
    // meanwhile.
    private static String readPair(Path folder) throws IOException {
        Path state = folder.resolve("target.snap");
        Path memory = folder.resolve("target.mem");
        if (!Files.exists(state)) {
            return NOTHING;
        }
        Sha256 digest = Sha256.stored(Files.readAllBytes(state));
        Path kept = AtomicPair.kept(memory, digest);
        byte[] contents = Files.readAllBytes(Files.exists(kept) ? kept : memory);
        return Sha256.of(contents).equals(digest)
                ? new String(contents, UTF_8)
                : "memory that the state does not name: " + new String(contents, UTF_8);
    }

    /// What lies in a folder besides the target and the bystander.
    static Stream<String> leftBehind(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files
                    .map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith("target") && !name.equals("bystander"))
                    .toList()
                    .stream();
        }
    }
}
