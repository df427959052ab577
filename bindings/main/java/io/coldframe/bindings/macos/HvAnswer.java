package io.coldframe.bindings.macos;

/// What a call of Hypervisor.framework gave, or the code with which it refused.
public sealed interface HvAnswer<T> {

    /// The call succeeded and gave `value`.
    record Given<T>(T value) implements HvAnswer<T> {}

    /// The call gave nothing.
    ///
    /// @param result never success
    record Refused<T>(HvResult result) implements HvAnswer<T> {

        /// Refuses to be made of a success.
        public Refused {
            if (result.isSuccess()) {
                throw new IllegalArgumentException("a success is not a refusal");
            }
        }
    }

    /// Success, or why not.
    default HvResult result() {
        return switch (this) {
            case Given<T> given -> HvResult.SUCCESS;
            case Refused<T>(HvResult result) -> result;
        };
    }

    /// The value, for a caller that knows that there is one.
    ///
    /// @throws IllegalStateException if the call was refused; the message says how
    default T value() {
        return switch (this) {
            case Given<T>(T value) -> value;
            case Refused<T>(HvResult result) -> throw new IllegalStateException(result.toString());
        };
    }
}
