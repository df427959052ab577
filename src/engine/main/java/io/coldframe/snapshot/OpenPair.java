package io.coldframe.snapshot;

import io.coldframe.Progress;
import io.coldframe.Sha256;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.AtomicDirectory;
import io.coldframe.image.AtomicPair;
import io.coldframe.image.CopyMethod;
import io.coldframe.image.MemoryImage;
import io.coldframe.memory.GuestMemory;
import io.coldframe.os.Failures;
import io.coldframe.state.StateEnvelope;

import java.nio.file.Path;
import java.util.Optional;

/// A pair that was opened: a state, and the memory file that it names.
///
/// The two files are replaced one after the other, the state last. So until it has been replaced,
/// the memory that belongs to it may lie aside, under the name that [AtomicPair#kept] gives it:
///
/// ```
///  a save      link .mem aside      rename .mem      rename .snap      unlink what lies aside
///  .snap       old                  old              NEW               new
///  .mem        old                  NEW              new               new
///  aside       old                  old              old               -
/// ```
///
/// A reader looks aside before it opens `.mem` and once more after it, because `.mem` may be new
/// when it is opened; and it looks at last whether `.snap` is still the file that it has read. A
/// save that fails between the renames takes back what it did, so the file that is open must still
/// have its name, too.
///
/// **Lifetime.** Owns the opened memory file.
///
/// **Threads.** One.
final class OpenPair implements AutoCloseable {

    // Each attempt is lost to a whole save of somebody else, which takes a thousand times as long.
    private static final int ATTEMPTS_MAX = 1000;

    private final StateOfPair state;
    private final MemoryImage image;
    private final Optional<GuestMemory> mapped;
    private boolean isMappingOurs = true;

    private OpenPair(StateOfPair state, MemoryImage image, Optional<GuestMemory> mapped) {
        this.state = state;
        this.image = image;
        this.mapped = mapped;
    }

    /// Opens the pair that is there at one instant.
    static OpenPair open(PairPaths paths) throws SnapshotException {
        return open(paths, false);
    }

    /// Opens the pair that is there at one instant, and maps its memory if it is a full one.
    static OpenPair openMapped(PairPaths paths) throws SnapshotException {
        return open(paths, true);
    }

    private static OpenPair open(PairPaths paths, boolean isToBeMapped) throws SnapshotException {
        boolean wasRefused = false;
        for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
            try (StateFile file =
                    StateFile.open(paths.state(), "state file", StateEnvelope.LIMIT_BYTES)) {
                StateOfPair state = StateOfPair.decode(file.bytes(), paths.state());
                Path aside = AtomicPair.kept(paths.memory(), state.binding().digest());
                boolean isAside = FileIdentity.of(aside).isPresent();
                OpenPair opened;
                try {
                    opened = open(state, isAside ? aside : paths.memory(), isToBeMapped);
                } catch (SnapshotException failure) {
                    // Once is not enough: it may have been the memory of a save that has failed
                    // since, and has left no trace.
                    boolean mayBeTransient = !wasRefused || failure.reason() == Reason.BUSY;
                    if (isUnchanged(file, aside, isAside) && !mayBeTransient) {
                        throw failure;
                    }
                    wasRefused = true;
                    continue;
                }
                wasRefused = false;
                try {
                    if (isUnchanged(file, aside, isAside) && opened.image().isStillNamed()) {
                        return opened;
                    }
                } catch (Throwable failure) {
                    Failures.closeAfter(failure, opened);
                    throw failure;
                }
                opened.close();
            }
        }
        throw new SnapshotException(
                Kind.CONFLICT,
                Reason.BUSY,
                "replaced %d times while it was read".formatted(ATTEMPTS_MAX),
                paths.state());
    }

    private static OpenPair open(StateOfPair state, Path memoryFile, boolean isToBeMapped)
            throws SnapshotException {
        if (FileIdentity.of(memoryFile).isEmpty()) {
            throw FileIdentity.missing("memory file", memoryFile);
        }
        MemoryImage image = MemoryImage.open(memoryFile, state.sums());
        try {
            Optional<GuestMemory> mapped =
                    isToBeMapped && !state.isDiff()
                            ? Optional.of(image.map(state.layout()))
                            : Optional.empty();
            return new OpenPair(state, image, mapped);
        } catch (Throwable failure) {
            Failures.closeAfter(failure, image);
            throw failure;
        }
    }

    private static boolean isUnchanged(StateFile file, Path aside, boolean wasAside)
            throws SnapshotException {
        return FileIdentity.of(aside).isPresent() == wasAside && file.isStillNamed();
    }

    StateOfPair state() {
        return state;
    }

    Path memoryFile() {
        return image.path();
    }

    MemoryImage image() {
        return image;
    }

    /// The mapped memory, which is the caller's from now on.
    GuestMemory takeMapped() {
        isMappingOurs = false;
        return mapped.orElseThrow();
    }

    /// Reads all of the memory, and refuses what the state does not name.
    void verify(Progress progress) throws SnapshotException {
        try {
            image.verify(state.layout(), progress);
        } catch (SnapshotException bad) {
            throw bad.kind() == Kind.CORRUPT ? mismatch(bad) : bad;
        }
    }

    /// Copies the memory into a directory that is being made, and refuses what the state does not
    /// name.
    CopyMethod copyInto(AtomicDirectory directory, String name, Progress progress)
            throws SnapshotException {
        try {
            return image.copyInto(directory, name, state.layout(), progress);
        } catch (SnapshotException bad) {
            throw bad.kind() == Kind.CORRUPT ? mismatch(bad) : bad;
        }
    }

    private SnapshotException mismatch(SnapshotException bad) throws SnapshotException {
        Sha256 found = image.sumsFound().digest();
        if (found.equals(state.binding().digest())) {
            // It is not this file that is bad, but a copy of it.
            return bad;
        }
        return new SnapshotException(
                Kind.CORRUPT,
                Reason.MISMATCH,
                "the memory is not the one that the state names: its digest is %s, named is %s; %s"
                        .formatted(found, state.binding().digest(), bad.getMessage()),
                memoryFile(),
                bad);
    }

    @Override
    public void close() {
        if (isMappingOurs) {
            mapped.ifPresent(GuestMemory::close);
        }
        image.close();
    }
}
