package io.coldframe.image;

import io.coldframe.SnapshotException;
import io.coldframe.os.Failures;

import java.util.Optional;

/// Picks the way of writing that the file system, the memory and the plan allow.
///
/// **Threads.** One: it tries things out on a draft that is empty before and after.
final class OutputChoice {

    // Shorter runs are better gathered by the page cache than written one by one past it, where
    // they can't be spread.
    private static final long DIRECT_RUN_BYTES_MIN = 256L << 10;

    private final ImageFile file;
    private final WritePlan plan;
    private String refused = "";

    private OutputChoice(ImageFile file, WritePlan plan) {
        this.file = file;
        this.plan = plan;
    }

    static UnitWriter open(ImageFile file, WritePlan plan) throws SnapshotException {
        return new OutputChoice(file, plan).open();
    }

    private UnitWriter open() throws SnapshotException {
        Output wanted = plan.options().output();
        Optional<UnitWriter> found =
                switch (wanted) {
                    case AUTO, DIRECT -> direct(wanted);
                    case MAPPED -> mapped();
                    case BUFFERED -> Optional.empty();
                };
        if (found.isPresent()) {
            return found.get();
        }
        return BufferedWriter.open(
                file, plan, refused.isEmpty() ? "asked for" : "not otherwise: " + refused);
    }

    private Optional<UnitWriter> mapped() throws SnapshotException {
        Optional<UnitWriter> writer = MappedWriter.open(file, plan, "asked for");
        if (writer.isEmpty()) {
            refused = "the file system does not allocate space and map it";
        }
        return writer;
    }

    private Optional<UnitWriter> direct(Output wanted) throws SnapshotException {
        if (!plan.pageSize().isMultipleOf(DirectWriter.ALIGNMENT)) {
            return refuse(
                    "pages of %s are shorter than the %s that are written past the page cache"
                            .formatted(plan.pageSize(), DirectWriter.ALIGNMENT));
        }
        if (!DirectWriter.isAligned(plan.memory())) {
            return refuse("the memory does not begin at a multiple of " + DirectWriter.ALIGNMENT);
        }
        Optional<DirectDescriptor> opened = DirectDescriptor.open(file);
        if (opened.isEmpty()) {
            return refuse("the file system does not take O_DIRECT");
        }
        DirectDescriptor descriptor = opened.get();
        try {
            Optional<UnitWriter> writer = direct(wanted, descriptor);
            if (writer.isEmpty()) {
                descriptor.close();
            }
            return writer;
        } catch (Throwable failure) {
            Failures.closeAfter(failure, descriptor);
            throw failure;
        }
    }

    private Optional<UnitWriter> direct(Output wanted, DirectDescriptor descriptor)
            throws SnapshotException {
        boolean isScattered = averageRunBytes() < DIRECT_RUN_BYTES_MIN;
        // The trial of a file system that inserts holes is the trial of direct writes, too: it is
        // one on a disk.
        if (isScattered && !plan.options().holes() && SpreadWriter.isPossible(file, plan)) {
            return Optional.of(SpreadWriter.open(file, plan, descriptor));
        }
        if (isScattered && wanted == Output.AUTO) {
            return refuse(
                    "runs of %d bytes on average, which the file system can't spread"
                            .formatted(averageRunBytes()));
        }
        Optional<String> fault = descriptor.trial();
        if (fault.isPresent()) {
            return refuse(fault.get());
        }
        String why = wanted == Output.AUTO ? "the file system takes O_DIRECT" : "asked for";
        return Optional.of(DirectWriter.open(file, plan, descriptor, why));
    }

    private Optional<UnitWriter> refuse(String why) {
        refused = why;
        return Optional.empty();
    }

    private long averageRunBytes() {
        return plan.isFull()
                ? plan.byteCount()
                : plan.heldBytes() / Math.max(1, plan.pages().runCount());
    }
}
