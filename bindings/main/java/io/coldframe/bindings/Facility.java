package io.coldframe.bindings;

import java.util.Optional;
import java.util.function.Function;

/// Something that the operating system offers, or the reason why it does not.
///
/// A facility that is missing is data, not an exception: whoever asked decides whether there is
/// another way, and `doctor` prints the reason as it stands.
public sealed interface Facility<T> {

    /// The facility is there, and this is how it is used.
    record Available<T>(T value) implements Facility<T> {}

    /// The facility is not there.
    ///
    /// @param reason what was tried and what answered, in one line
    /// @param remedy what would change it, in one line; empty where nothing would
    record Missing<T>(String reason, String remedy) implements Facility<T> {}

    static <T> Facility<T> available(T value) {
        return new Available<>(value);
    }

    static <T> Facility<T> missing(String reason, String remedy) {
        return new Missing<>(reason, remedy);
    }

    /// What was found, without the reason.
    default Optional<T> asOptional() {
        return switch (this) {
            case Available<T>(T value) -> Optional.of(value);
            case Missing<T> missing -> Optional.empty();
        };
    }

    /// The same absence, or what `mapper` makes of the value.
    default <R> Facility<R> map(Function<? super T, ? extends R> mapper) {
        return switch (this) {
            case Available<T>(T value) -> new Available<>(mapper.apply(value));
            case Missing<T>(String reason, String remedy) -> new Missing<>(reason, remedy);
        };
    }
}
