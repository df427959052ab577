package io.coldframe.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MapEntry;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.WireFormat;

import io.coldframe.Blob;
import io.coldframe.UnknownFields;

import java.io.IOException;
import java.nio.file.Path;

/// protobuf-java, the judge of what we write and read: it knows of our records nothing but a
/// `.proto` file under `docs`.
///
/// ```java
/// ProtoJudge judge = ProtoJudge.of("state.proto");
/// Message theirs = judge.message("VmInfo").set("memory_mib", 512).set("smt", true).build();
/// assertArrayEquals(theirs.toByteArray(), ourBytes);
/// assertEquals(theirs, judge.parse("VmInfo", ourBytes));
/// ```
public final class ProtoJudge {

    private static final Path DOCS = Path.of("..", "..", "docs");

    private final FileDescriptor file;

    private ProtoJudge(FileDescriptor file) {
        this.file = file;
    }

    /// The judge by the file `docs/<name>`.
    public static ProtoJudge of(String name) {
        try {
            FileDescriptorProto parsed = ProtoFile.parse(DOCS.resolve(name));
            return new ProtoJudge(FileDescriptor.buildFrom(parsed, new FileDescriptor[0]));
        } catch (IOException | DescriptorValidationException failure) {
            throw new AssertionError("docs/" + name + " is no description of messages", failure);
        }
    }

    /// Reads a message.
    public DynamicMessage parse(String type, byte[] bytes) throws InvalidProtocolBufferException {
        return DynamicMessage.parseFrom(descriptor(type), bytes);
    }

    /// Begins a message.
    public Draft message(String type) {
        return new Draft(DynamicMessage.newBuilder(descriptor(type)));
    }

    private Descriptor descriptor(String type) {
        Descriptor found = file.findMessageTypeByName(type);
        if (found == null) {
            throw new IllegalArgumentException("no message " + type + " in " + file.getName());
        }
        return found;
    }

    /// A message that is being made, field by field, each by its name.
    public static final class Draft {

        private final DynamicMessage.Builder builder;

        private Draft(DynamicMessage.Builder builder) {
            this.builder = builder;
        }

        /// Sets a field. Numbers are taken for whatever the field is, enums by their numbers.
        public Draft set(String name, Object value) {
            FieldDescriptor field = field(name);
            builder.setField(field, theirs(field, value));
            return this;
        }

        /// Adds to a repeated field.
        public Draft add(String name, Object value) {
            FieldDescriptor field = field(name);
            builder.addRepeatedField(field, theirs(field, value));
            return this;
        }

        /// Adds several numbers to a repeated field.
        public Draft addAll(String name, long... values) {
            for (long value : values) {
                add(name, value);
            }
            return this;
        }

        /// Adds an entry to a `map<uint64, uint64>`.
        public Draft put(String name, long key, long value) {
            FieldDescriptor field = field(name);
            MapEntry<Long, Long> entries =
                    MapEntry.newDefaultInstance(
                            field.getMessageType(),
                            WireFormat.FieldType.UINT64,
                            0L,
                            WireFormat.FieldType.UINT64,
                            0L);
            builder.addRepeatedField(
                    field, entries.newBuilderForType().setKey(key).setValue(value).build());
            return this;
        }

        /// Sets what is behind the known fields.
        public Draft unknown(UnknownFields fields) {
            try {
                builder.setUnknownFields(UnknownFieldSet.parseFrom(fields.encoded().bytes()));
            } catch (InvalidProtocolBufferException malformed) {
                throw new AssertionError("unknown fields that can't be read", malformed);
            }
            return this;
        }

        /// The message.
        public Message build() {
            return builder.build();
        }

        private FieldDescriptor field(String name) {
            FieldDescriptor found = builder.getDescriptorForType().findFieldByName(name);
            if (found == null) {
                throw new IllegalArgumentException(
                        "no field " + name + " in " + builder.getDescriptorForType().getName());
            }
            return found;
        }

        private static Object theirs(FieldDescriptor field, Object value) {
            return switch (field.getJavaType()) {
                case INT -> ((Number) value).intValue();
                case LONG -> ((Number) value).longValue();
                case ENUM -> field.getEnumType().findValueByNumber(((Number) value).intValue());
                case BYTE_STRING ->
                        ByteString.copyFrom(
                                value instanceof Blob blob ? blob.bytes() : (byte[]) value);
                default -> value instanceof Draft draft ? draft.build() : value;
            };
        }
    }
}
