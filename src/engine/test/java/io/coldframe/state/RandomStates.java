package io.coldframe.state;

import io.coldframe.Blob;
import io.coldframe.Sha256;
import io.coldframe.UnknownFields;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Machine states with anything in them that they can hold, the same ones for the same generator.
public final class RandomStates {

    private static final int UNKNOWN_FIELD_FROM = 1_000;

    private final RandomGenerator random;

    /// What `random` says next is what the states hold.
    public RandomStates(RandomGenerator random) {
        this.random = random;
    }

    /// A state that can be restored: of `vcpuCount` vCPUs, with so much memory.
    public static MachineState restorable(
            Architecture architecture, int vcpuCount, long memoryMib) {
        List<VcpuState> vcpus =
                IntStream.range(0, vcpuCount)
                        .mapToObj(
                                index ->
                                        switch (architecture) {
                                            case AARCH64 -> (VcpuState) new Arm64Vcpu(index);
                                            case X86_64 -> new X86Vcpu(index);
                                        })
                        .toList();
        VmInfo info =
                new VmInfo(memoryMib)
                        .withCpuTemplate("V1N1")
                        .withKernel("/boot/vmlinux", "console=ttyS0 panic=1");
        InterruptController controller =
                new InterruptController(Blob.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}));
        return new MachineState(architecture, info, vcpus, controller);
    }

    /// An envelope with a random state in it.
    public StateEnvelope envelope() {
        Optional<MemoryBinding> memory =
                random.nextBoolean() ? Optional.empty() : Optional.of(binding());
        return new StateEnvelope(
                new Version(5, 0, random.nextInt(1 << Short.SIZE)), state(), memory, unknown());
    }

    private MemoryBinding binding() {
        boolean diff = random.nextBoolean();
        return new MemoryBinding(
                diff,
                number() >>> 1,
                Sha256.of(blob(8).bytes()),
                diff && random.nextBoolean()
                        ? Optional.of(Sha256.of(blob(8).bytes()))
                        : Optional.empty(),
                blob(100),
                unknown());
    }

    /// A random state of either architecture.
    public MachineState state() {
        Architecture architecture =
                random.nextBoolean() ? Architecture.AARCH64 : Architecture.X86_64;
        List<VcpuState> vcpus = new ArrayList<>();
        for (int left = random.nextInt(4); left > 0; left--) {
            vcpus.add(architecture == Architecture.AARCH64 ? arm64Vcpu() : x86Vcpu());
        }
        List<DeviceState> devices = new ArrayList<>();
        for (int left = random.nextInt(4); left > 0; left--) {
            devices.add(new DeviceState(text(), text(), (int) number(), blob(50), unknown()));
        }
        return new MachineState(
                architecture,
                vmInfo(),
                vcpus,
                devices,
                new InterruptController(blob(60), number(), unknown()),
                random.nextBoolean() ? Optional.empty() : Optional.of(metadata()),
                unknown());
    }

    private VmInfo vmInfo() {
        return new VmInfo(
                1 + random.nextLong(Long.MAX_VALUE >> 20),
                random.nextBoolean(),
                text(),
                text(),
                random.nextBoolean() ? Optional.empty() : Optional.of(text()),
                text(),
                random.nextBoolean(),
                unknown());
    }

    private MetadataService metadata() {
        return new MetadataService(
                text(),
                random.nextBoolean() ? OptionalLong.empty() : OptionalLong.of(number()),
                unknown());
    }

    private Arm64Vcpu arm64Vcpu() {
        return new Arm64Vcpu(
                number(),
                new Arm64Core(words(Arm64Core.X_COUNT), number(), number(), number()),
                new Arm64Vectors(words(2 * Arm64Vectors.V_COUNT), (int) number(), (int) number()),
                registers(),
                oneOf(PsciState.values()),
                unknown());
    }

    private X86Vcpu x86Vcpu() {
        return new X86Vcpu(
                (int) number(),
                new X86Features(cpuid(), (int) number()),
                x86Registers(),
                new X86Extended(blob(100), blob(20), registers()),
                registers(),
                new X86Interrupts(oneOf(X86RunState.values()), events(), blob(60)),
                unknown());
    }

    private List<CpuidEntry> cpuid() {
        List<CpuidEntry> entries = new ArrayList<>();
        for (int left = random.nextInt(4); left > 0; left--) {
            CpuidEntry.Answer answer =
                    new CpuidEntry.Answer(
                            (int) number(), (int) number(), (int) number(), (int) number());
            entries.add(
                    new CpuidEntry(
                            (int) number(), (int) number(), (int) number(), answer, unknown()));
        }
        return entries;
    }

    private X86Registers x86Registers() {
        List<X86Segment> segments = new ArrayList<>();
        for (int left = X86SegmentName.COUNT; left > 0; left--) {
            segments.add(
                    new X86Segment(
                            number(),
                            (int) number(),
                            random.nextInt(1 << Short.SIZE),
                            (int) number() & 0x1_F0FF,
                            unknown()));
        }
        return new X86Registers(
                words(X86Register.COUNT),
                segments,
                new X86Registers.Tables(table(), table()),
                words(X86Control.COUNT),
                random.nextBoolean()
                        ? Words.EMPTY
                        : words(X86Registers.PAGE_DIRECTORY_POINTER_COUNT),
                words(X86Debug.COUNT));
    }

    private X86DescriptorTable table() {
        return new X86DescriptorTable(number(), random.nextInt(1 << Short.SIZE));
    }

    private X86Events events() {
        return new X86Events(
                new X86Events.PendingException(
                        random.nextBoolean(),
                        random.nextBoolean(),
                        random.nextInt(256),
                        random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of((int) number()),
                        random.nextBoolean() ? OptionalLong.empty() : OptionalLong.of(number())),
                new X86Events.Interrupt(
                        random.nextBoolean(),
                        random.nextInt(256),
                        random.nextBoolean(),
                        random.nextInt(256)),
                new X86Events.Nmi(random.nextBoolean(), random.nextBoolean(), random.nextBoolean()),
                new X86Events.Smi(
                        random.nextBoolean(),
                        random.nextBoolean(),
                        random.nextBoolean(),
                        random.nextBoolean()),
                random.nextInt(256),
                random.nextBoolean(),
                unknown());
    }

    private Registers registers() {
        Registers.Builder builder = new Registers.Builder();
        int count = random.nextInt(6);
        LongSource numbers = distinct();
        for (int at = 0; at < count; at++) {
            builder.add(numbers.next(), number());
        }
        return builder.build();
    }

    /// Numbers that never come twice, in no order.
    private LongSource distinct() {
        Set<Long> taken = new HashSet<>();
        return () -> {
            long next = number();
            while (!taken.add(next)) {
                next = number();
            }
            return next;
        };
    }

    @FunctionalInterface
    private interface LongSource {
        long next();
    }

    private UnknownFields unknown() {
        UnknownFields.Builder builder = new UnknownFields.Builder();
        if (random.nextInt(4) == 0) {
            int field = UNKNOWN_FIELD_FROM;
            for (int left = random.nextInt(4); left > 0; left--) {
                // Ascending, as every release writes them.
                field += 1 + random.nextInt(1 << 20);
                switch (random.nextInt(4)) {
                    case 0 -> builder.varint(field, number());
                    case 1 -> builder.fixed32(field, (int) number());
                    case 2 -> builder.fixed64(field, number());
                    default -> {
                        byte[] bytes = blob(30).bytes();
                        builder.bytes(field, bytes, 0, bytes.length);
                    }
                }
            }
        }
        return builder.build();
    }

    /// Numbers of every size, and the ones on the edges.
    private long number() {
        return switch (random.nextInt(8)) {
            case 0 -> 0;
            case 1 -> -1;
            case 2 -> Long.MIN_VALUE;
            default -> random.nextLong() >>> random.nextInt(Long.SIZE);
        };
    }

    private Words words(int count) {
        return Words.of(IntStream.range(0, count).mapToLong(index -> number()).toArray());
    }

    private Blob blob(int byteCountMax) {
        byte[] bytes = new byte[random.nextInt(byteCountMax + 1)];
        random.nextBytes(bytes);
        return Blob.of(bytes);
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(12); left > 0; left--) {
            text.appendCodePoint(
                    switch (random.nextInt(4)) {
                        case 0 -> random.nextInt(0x80);
                        case 1 -> 0x80 + random.nextInt(0xD800 - 0x80);
                        case 2 -> 0x1_0000 + random.nextInt(0x1000);
                        default -> 'a' + random.nextInt(26);
                    });
        }
        return text.toString();
    }

    private <T> T oneOf(T[] constants) {
        return constants[random.nextInt(constants.length)];
    }
}
