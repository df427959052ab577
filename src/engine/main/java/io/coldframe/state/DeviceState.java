package io.coldframe.state;

import io.coldframe.Blob;
import io.coldframe.UnknownFields;

import java.util.Comparator;

/// A device, whose state only its own code understands.
///
/// @param kind what sort of device it is: `virtio-block`, `kvm-clock`
/// @param id its name among those of its machine
/// @param slot its place on the bus, unsigned
/// @param state what its own code needs to go on
/// @param unknown what a newer release stored with it
public record DeviceState(String kind, String id, int slot, Blob state, UnknownFields unknown) {

    /// By slot, and by name where these are equal: the order that files have.
    public static final Comparator<DeviceState> BY_SLOT_AND_ID =
            Comparator.comparing(DeviceState::slot, Integer::compareUnsigned)
                    .thenComparing(DeviceState::id);

    /// A device.
    ///
    /// @param kind what sort of device it is
    /// @param id its name among those of its machine
    /// @param slot its place on the bus, unsigned
    /// @param state what its own code needs to go on
    public DeviceState(String kind, String id, int slot, Blob state) {
        this(kind, id, slot, state, UnknownFields.NONE);
    }
}
