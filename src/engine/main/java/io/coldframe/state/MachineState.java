package io.coldframe.state;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.UnknownFields;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongPredicate;

/// All of a machine but its memory.
///
/// ```java
/// InterruptController gic = new InterruptController(Blob.of(bytesOfTheHypervisor));
/// MachineState state =
///         new MachineState(Architecture.AARCH64, new VmInfo(512), vcpus, gic)
///                 .withDevices(devices);
/// ```
///
/// A state can be made and read that no machine can be restored from: [#checkCompatible] tells.
///
/// @param architecture what kind of processor it has
/// @param vmInfo what the machine is
/// @param vcpus its processors, all of that kind; the first is the one that boots
/// @param devices its devices, whatever order they come in: by slot and name
/// @param interruptController its interrupt controller
/// @param metadataService its metadata service, if it has one
/// @param unknown what a newer release stored with it
public record MachineState(
        Architecture architecture,
        VmInfo vmInfo,
        List<VcpuState> vcpus,
        List<DeviceState> devices,
        InterruptController interruptController,
        Optional<MetadataService> metadataService,
        UnknownFields unknown) {

    /// The most vCPUs that a machine is restored with.
    public static final int VCPU_COUNT_MAX = 32;

    // Eight times what can be restored: too many is to be told from nonsense.
    static final int STORED_VCPU_COUNT_MAX = 8 * VCPU_COUNT_MAX;
    static final int DEVICE_COUNT_MAX = 4096;

    /// Refuses a vCPU of another architecture, and more than could be read back; sorts the devices.
    public MachineState {
        vcpus = List.copyOf(vcpus);
        if (vcpus.size() > STORED_VCPU_COUNT_MAX || devices.size() > DEVICE_COUNT_MAX) {
            throw new IllegalArgumentException(
                    "%d vCPUs and %d devices, of at most %d and %d"
                            .formatted(
                                    vcpus.size(),
                                    devices.size(),
                                    STORED_VCPU_COUNT_MAX,
                                    DEVICE_COUNT_MAX));
        }
        for (VcpuState vcpu : vcpus) {
            if (vcpu.architecture() != architecture) {
                throw new IllegalArgumentException(
                        "a vCPU of " + vcpu.architecture() + " in a machine of " + architecture);
            }
        }
        devices = devices.stream().sorted(DeviceState.BY_SLOT_AND_ID).toList();
    }

    /// A machine without devices and metadata service.
    ///
    /// @param architecture what kind of processor it has
    /// @param vmInfo what the machine is
    /// @param vcpus its processors
    /// @param interruptController its interrupt controller
    public MachineState(
            Architecture architecture,
            VmInfo vmInfo,
            List<? extends VcpuState> vcpus,
            InterruptController interruptController) {
        this(
                architecture,
                vmInfo,
                List.copyOf(vcpus),
                List.of(),
                interruptController,
                Optional.empty(),
                UnknownFields.NONE);
    }

    /// {@return the same with another description}
    ///
    /// @param value what the machine is
    public MachineState withVmInfo(VmInfo value) {
        return new MachineState(
                architecture, value, vcpus, devices, interruptController, metadataService, unknown);
    }

    /// {@return the same with other processors}
    ///
    /// @param value the processors
    public MachineState withVcpus(List<? extends VcpuState> value) {
        return new MachineState(
                architecture,
                vmInfo,
                List.copyOf(value),
                devices,
                interruptController,
                metadataService,
                unknown);
    }

    /// {@return the same with other devices}
    ///
    /// @param value the devices, in any order
    public MachineState withDevices(List<DeviceState> value) {
        return new MachineState(
                architecture, vmInfo, vcpus, value, interruptController, metadataService, unknown);
    }

    /// {@return the same with another interrupt controller}
    ///
    /// @param value the interrupt controller
    public MachineState withInterruptController(InterruptController value) {
        return new MachineState(
                architecture, vmInfo, vcpus, devices, value, metadataService, unknown);
    }

    /// {@return the same with a metadata service}
    ///
    /// @param value the metadata service
    public MachineState withMetadataService(MetadataService value) {
        return new MachineState(
                architecture,
                vmInfo,
                vcpus,
                devices,
                interruptController,
                Optional.of(value),
                unknown);
    }

    /// Refuses a state that no machine can be restored from: fewer than 1 or more than
    /// [#VCPU_COUNT_MAX] vCPUs, several threads a core, an interrupt controller that is empty or
    /// not as long as is stated. To be asked before anything is written and before anything is
    /// restored.
    ///
    /// @param resource what the state is for or from: the file's path
    /// @throws SnapshotException of [Kind#UNSUPPORTED] and [Reason#INCOMPATIBLE]
    public void checkCompatible(Object resource) throws SnapshotException {
        if (vcpus.isEmpty() || vcpus.size() > VCPU_COUNT_MAX) {
            throw incompatible(
                    vcpus.size() + " vCPUs, and 1 to " + VCPU_COUNT_MAX + " can be restored",
                    resource);
        }
        if (vmInfo.smt()) {
            throw incompatible("smt is true: only one thread a core can be restored", resource);
        }
        int byteCount = interruptController.state().byteCount();
        if (byteCount == 0) {
            throw incompatible("the interrupt controller's state is empty", resource);
        }
        if (interruptController.statedByteCount() != byteCount) {
            throw incompatible(
                    "the interrupt controller's state has %d bytes, and %s are stated"
                            .formatted(
                                    byteCount,
                                    Long.toUnsignedString(interruptController.statedByteCount())),
                    resource);
        }
    }

    /// Refuses a diff of a machine whose written pages nobody has tracked.
    ///
    /// @param resource what the diff is for
    /// @throws SnapshotException of [Kind#UNSUPPORTED] and [Reason#INCOMPATIBLE]
    public void checkTracksDirtyPages(Object resource) throws SnapshotException {
        if (!vmInfo.trackDirtyPages()) {
            throw incompatible("a diff needs trackDirtyPages, which is false", resource);
        }
    }

    /// Refuses a state with a register that whoever restores it would not know what to do with. To
    /// drop it instead would resume a guest that is subtly another.
    ///
    /// Which numbers are known is the hypervisor's to say: those that it lists (`KVM_GET_REG_LIST`,
    /// `KVM_GET_MSR_INDEX_LIST`) or has names for (Hypervisor.framework).
    ///
    /// @param known answers whether a register's number is known
    /// @param resource what the state is from: the file's path
    /// @throws SnapshotException of [Kind#UNSUPPORTED] and [Reason#INCOMPATIBLE]
    public void checkRegistersKnown(LongPredicate known, Object resource) throws SnapshotException {
        for (int index = 0; index < vcpus.size(); index++) {
            OptionalLong unknownNumber = vcpus.get(index).numberedRegisters().firstUnknown(known);
            if (unknownNumber.isPresent()) {
                throw incompatible(
                        "vCPU %d has register 0x%x, which this hypervisor does not know"
                                .formatted(index, unknownNumber.getAsLong()),
                        resource);
            }
        }
    }

    private static SnapshotException incompatible(String what, Object resource) {
        return new SnapshotException(Kind.UNSUPPORTED, Reason.INCOMPATIBLE, what, resource);
    }

    /// What to restore: of arm64 the first vCPU is on and the others are off, whatever they were,
    /// because the guest's kernel starts them again. x86-64 stays as it is.
    ///
    /// @return this or the same with the vCPUs' power states changed
    public MachineState normalised() {
        List<VcpuState> normal = new ArrayList<>(vcpus.size());
        for (VcpuState vcpu : vcpus) {
            PsciState psci = normal.isEmpty() ? PsciState.ON : PsciState.OFF;
            normal.add(
                    switch (vcpu) {
                        case Arm64Vcpu arm64 -> arm64.withPsci(psci);
                        case X86Vcpu x86 -> x86;
                    });
        }
        return withVcpus(normal);
    }
}
