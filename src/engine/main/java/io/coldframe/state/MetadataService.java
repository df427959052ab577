package io.coldframe.state;

import io.coldframe.UnknownFields;

import java.util.OptionalLong;

/// What the metadata service (MMDS) answers the guest.
///
/// @param json the data: a text in JSON, which is not looked into
/// @param tokenTtlSeconds how long a session token is good for, where tokens are asked for
/// @param unknown what a newer release stored with it
public record MetadataService(String json, OptionalLong tokenTtlSeconds, UnknownFields unknown) {

    /// Data that is given without a token.
    ///
    /// @param json the data
    public MetadataService(String json) {
        this(json, OptionalLong.empty(), UnknownFields.NONE);
    }

    /// Data that is given for a token.
    ///
    /// @param json the data
    /// @param tokenTtlSeconds how long a session token is good for
    public MetadataService(String json, long tokenTtlSeconds) {
        this(json, OptionalLong.of(tokenTtlSeconds), UnknownFields.NONE);
    }
}
