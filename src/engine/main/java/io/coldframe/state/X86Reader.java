package io.coldframe.state;

import io.coldframe.Blob;
import io.coldframe.SnapshotException;
import io.coldframe.UnknownFields;
import io.coldframe.wire.WireReader;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// Reads the messages of `docs/state.proto` that only x86-64 has. A vCPU has so many fields that
/// they are gathered in an object instead of in variables.
final class X86Reader {

    private final List<CpuidEntry> cpuid = new ArrayList<>();
    private final List<X86Segment> segments = new ArrayList<>();
    private final Registers.Builder xcrs = new Registers.Builder();
    private final Registers.Builder msrs = new Registers.Builder();
    private int apicId;
    private int tscKilohertz;
    private Words general = Words.EMPTY;
    private long gdtBase;
    private int gdtLimit;
    private long idtBase;
    private int idtLimit;
    private Words control = Words.EMPTY;
    private Words pageDirectoryPointers = Words.EMPTY;
    private Words debug = Words.EMPTY;
    private Blob xsave = Blob.EMPTY;
    private Blob fpu = Blob.EMPTY;
    private X86RunState runState = X86RunState.RUNNABLE;
    private X86Events events = X86Events.NONE;
    private Blob localApic = Blob.EMPTY;

    private X86Reader() {}

    static X86Vcpu vcpu(WireReader in) throws SnapshotException {
        X86Reader reader = new X86Reader();
        while (in.next()) {
            reader.field(in);
        }
        return reader.build(in.unknown());
    }

    private void field(WireReader in) throws SnapshotException {
        switch (in.field()) {
            case 1 -> apicId = in.uint32();
            case 2 -> {
                in.checkCount(cpuid.size(), X86Features.CPUID_COUNT_MAX, "answers of CPUID");
                cpuid.add(in.eachMessage(X86Reader::cpuid));
            }
            case 3 -> tscKilohertz = in.uint32();
            case 4 -> general = words(in, X86Register.COUNT);
            case 5 -> {
                in.checkCount(segments.size(), X86SegmentName.COUNT, "segments");
                segments.add(in.eachMessage(X86Reader::segment));
            }
            case 6 -> gdtBase = in.uint64();
            case 7 -> gdtLimit = in.uint32(0xFFFF);
            case 8 -> idtBase = in.uint64();
            case 9 -> idtLimit = in.uint32(0xFFFF);
            case 10 -> control = words(in, X86Control.COUNT);
            case 11 -> pageDirectoryPointers = words(in, X86Registers.PAGE_DIRECTORY_POINTER_COUNT);
            case 12 -> debug = words(in, X86Debug.COUNT);
            case 13 -> xsave = in.bytes();
            case 14 -> fpu = in.bytes();
            case 15 -> StateReader.register(in, xcrs);
            case 16 -> StateReader.register(in, msrs);
            case 17 -> runState = StateReader.constant(in, X86RunState.values());
            case 18 -> events = in.message(X86Reader::events);
            case 19 -> localApic = in.bytes();
            default -> in.keepUnknown();
        }
    }

    private static Words words(WireReader in, int maxCount) throws SnapshotException {
        return Words.of(in.fixed64s(maxCount));
    }

    private X86Vcpu build(UnknownFields unknown) {
        X86Registers.Tables tables =
                new X86Registers.Tables(
                        new X86DescriptorTable(gdtBase, gdtLimit),
                        new X86DescriptorTable(idtBase, idtLimit));
        return new X86Vcpu(
                apicId,
                new X86Features(cpuid, tscKilohertz),
                new X86Registers(general, segments, tables, control, pageDirectoryPointers, debug),
                new X86Extended(xsave, fpu, xcrs.build()),
                msrs.build(),
                new X86Interrupts(runState, events, localApic),
                unknown);
    }

    private static CpuidEntry cpuid(WireReader in) throws SnapshotException {
        int[] words = new int[7];
        while (in.next()) {
            int field = in.field();
            if (field <= words.length) {
                words[field - 1] = in.uint32();
            } else {
                in.keepUnknown();
            }
        }
        return new CpuidEntry(
                words[0],
                words[1],
                words[2],
                new CpuidEntry.Answer(words[3], words[4], words[5], words[6]),
                in.unknown());
    }

    private static X86Segment segment(WireReader in) throws SnapshotException {
        long base = 0;
        int limit = 0;
        int selector = 0;
        int accessRights = 0;
        while (in.next()) {
            switch (in.field()) {
                case 1 -> base = in.uint64();
                case 2 -> limit = in.uint32();
                case 3 -> selector = in.uint32();
                case 4 -> accessRights = in.uint32();
                default -> in.keepUnknown();
            }
        }
        return new X86Segment(base, limit, selector, accessRights, in.unknown());
    }

    private static X86Events events(WireReader in) throws SnapshotException {
        // By number, 0 where there is none; the fields whose presence counts have their own.
        int[] values = new int[19];
        OptionalInt errorCode = OptionalInt.empty();
        OptionalLong payload = OptionalLong.empty();
        while (in.next()) {
            int field = in.field();
            switch (field) {
                case 1, 2, 6, 8, 10, 11, 12, 13, 14, 15, 16, 18 ->
                        values[field] = in.bool() ? 1 : 0;
                case 3, 7, 9, 17 -> values[field] = in.uint32(0xFF);
                case 4 -> errorCode = OptionalInt.of(in.uint32());
                case 5 -> payload = OptionalLong.of(in.uint64());
                default -> in.keepUnknown();
            }
        }
        return new X86Events(
                new X86Events.PendingException(
                        values[1] != 0, values[2] != 0, values[3], errorCode, payload),
                new X86Events.Interrupt(values[6] != 0, values[7], values[8] != 0, values[9]),
                new X86Events.Nmi(values[10] != 0, values[11] != 0, values[12] != 0),
                new X86Events.Smi(
                        values[13] != 0, values[14] != 0, values[15] != 0, values[16] != 0),
                values[17],
                values[18] != 0,
                in.unknown());
    }
}
