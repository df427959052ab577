package io.coldframe.bindings.linux;

import io.coldframe.bindings.generated.linux.UserfaultfdH;

import java.util.EnumSet;
import java.util.Set;

/// What a kernel's userfaultfd can do beyond missing pages of private anonymous memory. What is not
/// asked for at the handshake is off.
public enum UffdFeature {
    /// Write protection; its faults say so.
    PAGEFAULT_FLAG_WP(UserfaultfdH.UFFD_FEATURE_PAGEFAULT_FLAG_WP()),
    /// A child's memory is watched too. Needs a privilege.
    EVENT_FORK(UserfaultfdH.UFFD_FEATURE_EVENT_FORK()),
    /// A message when watched memory is moved.
    EVENT_REMAP(UserfaultfdH.UFFD_FEATURE_EVENT_REMAP()),
    /// A message when watched memory is dropped and will read as zero.
    EVENT_REMOVE(UserfaultfdH.UFFD_FEATURE_EVENT_REMOVE()),
    /// Missing pages of huge page memory.
    MISSING_HUGETLBFS(UserfaultfdH.UFFD_FEATURE_MISSING_HUGETLBFS()),
    /// Missing pages of memfd and other shared memory.
    MISSING_SHMEM(UserfaultfdH.UFFD_FEATURE_MISSING_SHMEM()),
    /// A message when watched memory is unmapped.
    EVENT_UNMAP(UserfaultfdH.UFFD_FEATURE_EVENT_UNMAP()),
    /// A signal in place of a message.
    SIGBUS(UserfaultfdH.UFFD_FEATURE_SIGBUS()),
    /// Faults name the thread.
    THREAD_ID(UserfaultfdH.UFFD_FEATURE_THREAD_ID()),
    /// Pages of huge page memory that are there but not mapped.
    MINOR_HUGETLBFS(UserfaultfdH.UFFD_FEATURE_MINOR_HUGETLBFS()),
    /// Pages of shared memory that are there but not mapped.
    MINOR_SHMEM(UserfaultfdH.UFFD_FEATURE_MINOR_SHMEM()),
    /// Faults give the address to the byte.
    EXACT_ADDRESS(UserfaultfdH.UFFD_FEATURE_EXACT_ADDRESS()),
    /// Write protection of shared and of huge page memory.
    WP_HUGETLBFS_SHMEM(UserfaultfdH.UFFD_FEATURE_WP_HUGETLBFS_SHMEM()),
    /// Write protection also of pages that are not there yet.
    WP_UNPOPULATED(UserfaultfdH.UFFD_FEATURE_WP_UNPOPULATED()),
    /// [UffdHandler#poison].
    POISON(UserfaultfdH.UFFD_FEATURE_POISON()),
    /// The kernel lifts write protection by itself, without a message: [PagemapScan] finds out.
    WP_ASYNC(UserfaultfdH.UFFD_FEATURE_WP_ASYNC()),
    /// [UffdHandler#move].
    MOVE(UserfaultfdH.UFFD_FEATURE_MOVE());

    private final long bit;

    UffdFeature(long bit) {
        this.bit = bit;
    }

    static long bits(Set<UffdFeature> features) {
        long bits = 0;
        for (UffdFeature feature : features) {
            bits |= feature.bit;
        }
        return bits;
    }

    /// Those of `bits` that have a name here; a newer kernel knows more.
    static Set<UffdFeature> of(long bits) {
        Set<UffdFeature> features = EnumSet.noneOf(UffdFeature.class);
        for (UffdFeature feature : values()) {
            if ((bits & feature.bit) != 0) {
                features.add(feature);
            }
        }
        return features;
    }
}
