package io.coldframe.image;

import io.coldframe.SnapshotException;
import io.coldframe.work.ProgressMeter;
import io.coldframe.work.Workers;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Writes and sums one plan with as many threads as were asked for.
///
/// **Threads.** One runs it.
final class WriteJob {

    // A sum needs no large units, and a cancelled one should not take long.
    private static final long SUM_UNIT_BYTES = 4L << 20;

    private final WritePlan plan;
    private final UnitWriter writer;
    private final HeldUnits units;
    private final HeldUnits unitsToSum;
    private final ProgressMeter meter;

    WriteJob(WritePlan plan, UnitWriter writer) {
        this.plan = plan;
        this.writer = writer;
        this.units = plan.units(writer.unitBytes());
        this.unitsToSum = plan.units(SUM_UNIT_BYTES);
        this.meter = new ProgressMeter(plan.options().progress(), plan.heldBytes());
    }

    void run() throws SnapshotException {
        List<Workers.Task> tasks = new ArrayList<>();
        int threadCount = plan.options().threadCount();
        boolean sumsApart = writer.isSummedApart();
        int writers = sumsApart ? plan.writerCount() : threadCount;
        for (int i = 0; i < writers; i++) {
            tasks.add(this::write);
        }
        if (sumsApart && threadCount > 1) {
            tasks.add(this::sum);
        }
        Workers.run(tasks, this::stop);
        if (sumsApart && threadCount == 1) {
            sum();
        }
        // Also where there was nothing to write: the end is told in any case.
        meter.add(0);
        writer.finish();
    }

    private void write() throws SnapshotException {
        try (Lane lane = new Lane(plan)) {
            for (Optional<WriteUnit> unit = units.next(); unit.isPresent(); unit = units.next()) {
                writer.write(unit.get(), lane);
                meter.add(unit.get().byteCount());
            }
        }
    }

    private void sum() throws SnapshotException {
        try (Lane lane = new Lane(plan)) {
            for (Optional<WriteUnit> unit = unitsToSum.next();
                    unit.isPresent();
                    unit = unitsToSum.next()) {
                Slices.forEach(
                        plan,
                        unit.get(),
                        SUM_UNIT_BYTES,
                        (imageOffset, slice) -> {
                            lane.ensurePresent(imageOffset, slice.byteSize());
                            lane.sum(imageOffset, slice);
                        });
                lane.finishUnit();
            }
        }
    }

    private void stop() {
        units.stop();
        unitsToSum.stop();
        writer.stop();
    }
}
