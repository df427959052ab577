package io.coldframe.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Blob;
import io.coldframe.Sha256;
import io.coldframe.UnknownFields;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// The small records and what they refuse.
final class ValuesTest {

    private static void refuses(Runnable make) {
        assertThrows(IllegalArgumentException.class, make::run);
    }

    @Test
    void magicNumbersAndNamesLeadToArchitectures() {
        assertEquals(0x0710_1984_AAAA_0000L, Architecture.AARCH64.magic());
        assertEquals(0x0710_1984_8664_0000L, Architecture.X86_64.magic());
        for (Architecture each : Architecture.values()) {
            assertEquals(Optional.of(each), Architecture.ofMagic(each.magic()));
            assertEquals(Optional.of(each), Architecture.named(each.text()));
        }
        assertEquals(Optional.empty(), Architecture.ofMagic(0));
        assertEquals(Optional.empty(), Architecture.named("AARCH64"));
    }

    @Test
    void aVersionIsReadableByTheRuleOfMajorAndMinor() {
        assertEquals("5.0.0", Version.CURRENT.toString());
        assertTrue(new Version(5, 0, 9).isReadable());
        for (Version other :
                List.of(new Version(4, 0, 0), new Version(6, 0, 0), new Version(5, 1, 0))) {
            assertEquals(false, other.isReadable(), other::toString);
        }
        refuses(() -> new Version(-1, 0, 0));
        refuses(() -> new Version(0, 65_536, 0));
        refuses(() -> new Version(0, 0, -1));
    }

    @Test
    void theIndexOfARegisterIsItsPlaceInTheList() {
        // The order is stored: to insert a constant would move the registers of every file.
        assertCounted(Stream.of(X86Register.values()).map(X86Register::index), X86Register.COUNT);
        assertCounted(Stream.of(X86Control.values()).map(X86Control::index), X86Control.COUNT);
        assertCounted(Stream.of(X86Debug.values()).map(X86Debug::index), X86Debug.COUNT);
        assertCounted(
                Stream.of(X86SegmentName.values()).map(X86SegmentName::index),
                X86SegmentName.COUNT);
        assertCounted(Stream.of(PsciState.values()).map(PsciState::number), 3);
        assertCounted(Stream.of(X86RunState.values()).map(X86RunState::number), 5);
    }

    private static void assertCounted(Stream<Integer> numbers, int count) {
        assertEquals(IntStream.range(0, count).boxed().toList(), numbers.toList());
    }

    @Test
    void aRegisterThatIsSetIsTheOnlyOneThatChanges() {
        X86Registers all = X86Registers.ZERO;
        for (X86Register each : X86Register.values()) {
            all = all.with(each, 100 + each.index());
        }
        for (X86Control each : X86Control.values()) {
            all = all.with(each, 200 + each.index());
        }
        for (X86Debug each : X86Debug.values()) {
            all = all.with(each, 300 + each.index());
        }
        for (X86Register each : X86Register.values()) {
            assertEquals(100 + each.index(), all.get(each));
        }
        for (X86Control each : X86Control.values()) {
            assertEquals(200 + each.index(), all.get(each));
        }
        for (X86Debug each : X86Debug.values()) {
            assertEquals(300 + each.index(), all.get(each));
        }
        assertEquals(Words.zeros(18), X86Registers.ZERO.general());
        Arm64Core core = Arm64Core.ZERO.withX(30, 7).withPc(9);
        assertEquals(7, core.x().get(30));
        assertEquals(9, core.pc());
    }

    @Test
    void registersAreInTheUnsignedOrderOfTheirNumbers() {
        Map<Long, Long> values = Map.of(-1L, 1L, 0L, 2L, Long.MAX_VALUE, 3L, Long.MIN_VALUE, 4L);
        Registers registers = Registers.of(values);
        List<Long> numbers = new ArrayList<>();
        Map<Long, Long> seen = new TreeMap<>();
        registers.forEach(
                (number, value) -> {
                    numbers.add(number);
                    seen.put(number, value);
                });
        assertEquals(List.of(0L, Long.MAX_VALUE, Long.MIN_VALUE, -1L), numbers);
        assertEquals(new TreeMap<>(values), seen);
        values.forEach((number, value) -> assertEquals(value, registers.get(number).getAsLong()));
        assertEquals(OptionalLong.empty(), registers.get(1));
        assertEquals(OptionalLong.empty(), Registers.NONE.get(1));
        assertEquals(registers.with(0, 5).get(0), OptionalLong.of(5));
        assertEquals(4, registers.with(0, 5).count());
        assertEquals(
                "{0=2 7fffffffffffffff=3 8000000000000000=4 ffffffffffffffff=1}", "" + registers);
        refuses(() -> new Registers.Builder().add(3, 0).add(3, 0).build());
        refuses(() -> new Registers.Builder().add(3, 0).add(2, 0).add(3, 0).build());
    }

    @Test
    void whatIsOutOfRangeIsRefused() {
        refuses(() -> new VmInfo(0));
        refuses(() -> new VmInfo(-1));
        refuses(() -> new VmInfo(1L << 43));
        assertEquals(1L << 20, new VmInfo(1).memoryByteCount());
        assertEquals(Long.MAX_VALUE >> 20 << 20, new VmInfo((1L << 43) - 1).memoryByteCount());
        refuses(() -> new X86Segment(0, 0, 0x1_0000, 0));
        refuses(() -> new X86Segment(0, 0, 0, 0x100));
        refuses(() -> new X86Segment(0, 0, 0, 0x2_0000));
        refuses(() -> new X86DescriptorTable(0, -1));
        refuses(() -> new X86DescriptorTable(0, 0x1_0000));
        refuses(() -> new Arm64Core(Words.zeros(30), 0, 0, 0));
        refuses(() -> new Arm64Vectors(Words.zeros(32), 0, 0));
        refuses(() -> new X86Events.Interrupt(false, 256, false, 0));
        refuses(
                () ->
                        new X86Events.PendingException(
                                false, false, -1, OptionalInt.empty(), OptionalLong.empty()));
        refuses(() -> new MemoryBinding(false, -1, Sha256.of(new byte[0]), Blob.EMPTY));
    }

    @Test
    void noListIsLongerThanWhatCanBeReadBack() {
        Registers.Builder registers = new Registers.Builder();
        for (int number = 0; number < Registers.COUNT_MAX; number++) {
            registers.add(number, 1);
        }
        assertEquals(Registers.COUNT_MAX, registers.build().count());
        registers.add(Registers.COUNT_MAX, 1);
        refuses(registers::build);
        CpuidEntry entry =
                new CpuidEntry(0, 0, 0, new CpuidEntry.Answer(0, 0, 0, 0), UnknownFields.NONE);
        new X86Features(Collections.nCopies(X86Features.CPUID_COUNT_MAX, entry), 0);
        refuses(
                () ->
                        new X86Features(
                                Collections.nCopies(X86Features.CPUID_COUNT_MAX + 1, entry), 0));
        MachineState machine =
                new MachineState(
                        Architecture.AARCH64,
                        new VmInfo(1),
                        List.of(new Arm64Vcpu(0)),
                        InterruptController.NONE);
        refuses(
                () ->
                        machine.withVcpus(
                                Collections.nCopies(
                                        MachineState.STORED_VCPU_COUNT_MAX + 1, new Arm64Vcpu(0))));
        DeviceState device = new DeviceState("kind", "id", 0, Blob.EMPTY, UnknownFields.NONE);
        refuses(
                () ->
                        machine.withDevices(
                                Collections.nCopies(MachineState.DEVICE_COUNT_MAX + 1, device)));
    }

    @Test
    void theBitsOfASegmentAreThoseOfThePicture() {
        X86Segment code = new X86Segment(0, -1, 8, 0xA09B);
        assertEquals(0xB, code.type());
        assertTrue(code.isCodeOrData() && code.isPresent() && code.isLongMode());
        assertTrue(code.countsPages());
        assertEquals(0, code.privilege());
        X86Segment none = new X86Segment(0, 0, 0, 0x1_5060);
        assertTrue(none.isUnusable() && none.isAvailable() && none.isWide());
        assertEquals(3, none.privilege());
    }

    @Test
    void wordsAreNobodysToChange() {
        long[] source = {1, 2, 3};
        Words words = Words.of(source);
        source[0] = 9;
        words.values()[1] = 9;
        assertArrayEquals(new long[] {1, 2, 3}, words.values());
        assertEquals(Words.of(1, 7, 3), words.with(1, 7));
        assertEquals("[1 2 3]", words.toString());
        assertNotEquals(Words.of(1, 2), words);
        assertThrows(IndexOutOfBoundsException.class, () -> words.get(3));
    }
}
