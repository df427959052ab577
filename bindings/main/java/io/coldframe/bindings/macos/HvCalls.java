package io.coldframe.bindings.macos;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.ToIntFunction;

/// Calls that hand out one value through a pointer.
final class HvCalls {
    private HvCalls() {}

    /// @param call takes the address of 8 bytes
    static HvAnswer<Long> getLong(ToIntFunction<MemorySegment> call) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(ValueLayout.JAVA_LONG);
            int code = call.applyAsInt(value);
            return code == 0
                    ? new HvAnswer.Given<>(value.get(ValueLayout.JAVA_LONG, 0))
                    : new HvAnswer.Refused<>(HvResult.of(code));
        }
    }

    /// @param call takes the address of 4 bytes
    static HvAnswer<Integer> getInt(ToIntFunction<MemorySegment> call) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
            int code = call.applyAsInt(value);
            return code == 0
                    ? new HvAnswer.Given<>(value.get(ValueLayout.JAVA_INT, 0))
                    : new HvAnswer.Refused<>(HvResult.of(code));
        }
    }

    /// @param call takes the address of a C `bool`
    static HvAnswer<Boolean> getBoolean(ToIntFunction<MemorySegment> call) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(ValueLayout.JAVA_BYTE);
            int code = call.applyAsInt(value);
            return code == 0
                    ? new HvAnswer.Given<>(value.get(ValueLayout.JAVA_BYTE, 0) != 0)
                    : new HvAnswer.Refused<>(HvResult.of(code));
        }
    }
}
