package io.coldframe.state;

import io.coldframe.Blob;
import io.coldframe.Sha256;
import io.coldframe.SnapshotException;
import io.coldframe.wire.WireReader;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Reads the messages of `docs/state.proto`, which says what each field is.
///
/// Every list has a limit far above what any machine has: without one, a file of ten million
/// bytes could ask for a gigabyte of empty records. The records refuse as much, so that nothing is
/// stored which can't be read.
final class StateReader {

    private StateReader() {}

    /// The two fields of an `Envelope` and what else it holds.
    static StateEnvelope envelope(WireReader in, Version version, Architecture architecture)
            throws SnapshotException {
        Optional<MachineState> state = Optional.empty();
        Optional<MemoryBinding> memory = Optional.empty();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> state = Optional.of(in.message(from -> machine(from, architecture)));
                case 2 -> memory = Optional.of(in.message(StateReader::binding));
                default -> in.keepUnknown();
            }
        }
        if (state.isEmpty()) {
            throw in.corrupt("there is no machine state");
        }
        return new StateEnvelope(version, state.get(), memory, in.unknown());
    }

    static MemoryBinding binding(WireReader in) throws SnapshotException {
        boolean diff = false;
        long byteCount = 0;
        Blob digest = Blob.EMPTY;
        Blob sums = Blob.EMPTY;
        Optional<Sha256> base = Optional.empty();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> diff = in.bool();
                case 2 -> byteCount = in.uint64();
                case 3 -> digest = in.bytes();
                case 4 -> sums = in.bytes();
                case 5 -> base = Optional.of(Sha256.stored(in.bytes().bytes()));
                default -> in.keepUnknown();
            }
        }
        return new MemoryBinding(
                diff, byteCount, Sha256.stored(digest.bytes()), base, sums, in.unknown());
    }

    private static MachineState machine(WireReader in, Architecture architecture)
            throws SnapshotException {
        Optional<VmInfo> vmInfo = Optional.empty();
        List<VcpuState> vcpus = new ArrayList<>();
        List<DeviceState> devices = new ArrayList<>();
        InterruptController controller = InterruptController.NONE;
        Optional<MetadataService> metadata = Optional.empty();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> vmInfo = Optional.of(in.message(StateReader::vmInfo));
                case 2 -> {
                    in.checkCount(vcpus.size(), MachineState.STORED_VCPU_COUNT_MAX, "vCPUs");
                    vcpus.add(in.eachMessage(StateReader::arm64Vcpu));
                }
                case 3 -> {
                    in.checkCount(vcpus.size(), MachineState.STORED_VCPU_COUNT_MAX, "vCPUs");
                    vcpus.add(in.eachMessage(X86Reader::vcpu));
                }
                case 4 -> {
                    in.checkCount(devices.size(), MachineState.DEVICE_COUNT_MAX, "devices");
                    devices.add(in.eachMessage(StateReader::device));
                }
                case 5 -> controller = in.message(StateReader::interruptController);
                case 6 -> metadata = Optional.of(in.message(StateReader::metadata));
                default -> in.keepUnknown();
            }
        }
        if (vmInfo.isEmpty()) {
            throw in.corrupt("there is no VmInfo");
        }
        return new MachineState(
                architecture, vmInfo.get(), vcpus, devices, controller, metadata, in.unknown());
    }

    static VmInfo vmInfo(WireReader in) throws SnapshotException {
        long memoryMib = 0;
        boolean smt = false;
        String cpuTemplate = "";
        String kernelPath = "";
        Optional<String> initrdPath = Optional.empty();
        String bootArguments = "";
        boolean trackDirtyPages = false;
        while (in.next()) {
            switch (in.field()) {
                case 1 -> memoryMib = in.uint64();
                case 2 -> smt = in.bool();
                case 3 -> cpuTemplate = in.string();
                case 4 -> kernelPath = in.string();
                case 5 -> initrdPath = Optional.of(in.string());
                case 6 -> bootArguments = in.string();
                case 7 -> trackDirtyPages = in.bool();
                default -> in.keepUnknown();
            }
        }
        return new VmInfo(
                memoryMib,
                smt,
                cpuTemplate,
                kernelPath,
                initrdPath,
                bootArguments,
                trackDirtyPages,
                in.unknown());
    }

    private static Arm64Vcpu arm64Vcpu(WireReader in) throws SnapshotException {
        long mpidr = 0;
        Words x = Words.EMPTY;
        long sp = 0;
        long pc = 0;
        long pstate = 0;
        Words halves = Words.EMPTY;
        int fpsr = 0;
        int fpcr = 0;
        Registers.Builder systemRegisters = new Registers.Builder();
        PsciState psci = PsciState.ON;
        while (in.next()) {
            switch (in.field()) {
                case 1 -> mpidr = in.uint64();
                case 2 -> x = Words.of(in.fixed64s(Arm64Core.X_COUNT));
                case 3 -> sp = in.uint64();
                case 4 -> pc = in.uint64();
                case 5 -> pstate = in.uint64();
                case 6 -> halves = Words.of(in.fixed64s(2 * Arm64Vectors.V_COUNT));
                case 7 -> fpsr = in.uint32();
                case 8 -> fpcr = in.uint32();
                case 9 -> register(in, systemRegisters);
                case 10 -> psci = constant(in, PsciState.values());
                default -> in.keepUnknown();
            }
        }
        return new Arm64Vcpu(
                mpidr,
                new Arm64Core(x, sp, pc, pstate),
                new Arm64Vectors(halves, fpsr, fpcr),
                systemRegisters.build(),
                psci,
                in.unknown());
    }

    private static DeviceState device(WireReader in) throws SnapshotException {
        String kind = "";
        String id = "";
        int slot = 0;
        Blob state = Blob.EMPTY;
        while (in.next()) {
            switch (in.field()) {
                case 1 -> kind = in.string();
                case 2 -> id = in.string();
                case 3 -> slot = in.uint32();
                case 4 -> state = in.bytes();
                default -> in.keepUnknown();
            }
        }
        return new DeviceState(kind, id, slot, state, in.unknown());
    }

    private static InterruptController interruptController(WireReader in) throws SnapshotException {
        long statedByteCount = 0;
        Blob state = Blob.EMPTY;
        while (in.next()) {
            switch (in.field()) {
                case 1 -> statedByteCount = in.uint64();
                case 2 -> state = in.bytes();
                default -> in.keepUnknown();
            }
        }
        return new InterruptController(state, statedByteCount, in.unknown());
    }

    private static MetadataService metadata(WireReader in) throws SnapshotException {
        String json = "";
        OptionalLong tokenTtlSeconds = OptionalLong.empty();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> json = in.string();
                case 2 -> tokenTtlSeconds = OptionalLong.of(in.uint64());
                default -> in.keepUnknown();
            }
        }
        return new MetadataService(json, tokenTtlSeconds, in.unknown());
    }

    /// One entry of a map from a register's number to its value, which is all that it may hold.
    static void register(WireReader in, Registers.Builder registers) throws SnapshotException {
        in.checkCount(registers.count(), Registers.COUNT_MAX, "registers");
        in.eachMessage(
                entry -> {
                    long number = 0;
                    long value = 0;
                    while (entry.next()) {
                        switch (entry.field()) {
                            case 1 -> number = entry.uint64();
                            case 2 -> value = entry.uint64();
                            default ->
                                    throw entry.corrupt(
                                            "a map's entry has a field " + entry.field());
                        }
                    }
                    return registers.add(number, value);
                });
    }

    /// The constant with the number that is written here; they are numbered from 0.
    static <T> T constant(WireReader in, T[] constants) throws SnapshotException {
        return constants[in.uint32(constants.length - 1)];
    }
}
