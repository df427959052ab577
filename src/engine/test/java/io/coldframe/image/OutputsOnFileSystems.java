package io.coldframe.image;

import io.coldframe.crash.FileSystems;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.support.ParameterDeclarations;

import java.util.Arrays;
import java.util.stream.Stream;

/// Every output on every file system: a volume and an output.
final class OutputsOnFileSystems implements ArgumentsProvider {

    /// Made by JUnit.
    OutputsOnFileSystems() {}

    @Override
    public Stream<? extends Arguments> provideArguments(
            ParameterDeclarations parameters, ExtensionContext context) {
        return new FileSystems()
                .provideArguments(parameters, context)
                .flatMap(
                        volume ->
                                Arrays.stream(Output.values())
                                        .map(output -> Arguments.of(volume.get()[0], output)));
    }
}
