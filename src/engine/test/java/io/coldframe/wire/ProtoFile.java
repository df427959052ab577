package io.coldframe.wire;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MessageOptions;
import com.google.protobuf.DescriptorProtos.OneofDescriptorProto;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads one of our own `.proto` files into what protobuf-java works with, so that it can be the
/// judge where no protoc runs. Where one does, it is asked whether this reads right.
///
/// It knows what our files use of proto3: a package, messages and enums that are not nested,
/// scalars, `repeated`, `optional`, and `map<uint64, uint64>`. Anything else is an error.
final class ProtoFile {

    private static final Pattern TOKEN =
            Pattern.compile("\\s+|//[^\\n]*|(\"[^\"]*\"|[A-Za-z_][A-Za-z0-9_.]*|\\d+|[{}<>=;,])");
    private static final Map<String, FieldDescriptorProto.Type> SCALARS =
            Map.ofEntries(
                    Map.entry("bool", FieldDescriptorProto.Type.TYPE_BOOL),
                    Map.entry("string", FieldDescriptorProto.Type.TYPE_STRING),
                    Map.entry("bytes", FieldDescriptorProto.Type.TYPE_BYTES),
                    Map.entry("int32", FieldDescriptorProto.Type.TYPE_INT32),
                    Map.entry("int64", FieldDescriptorProto.Type.TYPE_INT64),
                    Map.entry("uint32", FieldDescriptorProto.Type.TYPE_UINT32),
                    Map.entry("uint64", FieldDescriptorProto.Type.TYPE_UINT64),
                    Map.entry("fixed32", FieldDescriptorProto.Type.TYPE_FIXED32),
                    Map.entry("fixed64", FieldDescriptorProto.Type.TYPE_FIXED64));

    private final List<String> tokens;
    private final Set<String> enums = new HashSet<>();
    private final FileDescriptorProto.Builder file = FileDescriptorProto.newBuilder();
    private int at;

    private ProtoFile(String text) {
        tokens = tokensOf(text);
        for (int i = 0; i + 1 < tokens.size(); i++) {
            if (tokens.get(i).equals("enum")) {
                enums.add(tokens.get(i + 1));
            }
        }
    }

    static FileDescriptorProto parse(Path path) throws IOException {
        ProtoFile parser = new ProtoFile(Files.readString(path));
        parser.file.setName(String.valueOf(path.getFileName()));
        while (parser.at < parser.tokens.size()) {
            parser.declaration();
        }
        return parser.file.build();
    }

    private static List<String> tokensOf(String text) {
        Matcher matcher = TOKEN.matcher(text);
        List<String> found = new ArrayList<>();
        int end = 0;
        while (end < text.length()) {
            if (!matcher.find(end) || matcher.start() != end) {
                throw new IllegalArgumentException("not understood: " + text.substring(end));
            }
            if (matcher.group(1) != null) {
                found.add(matcher.group(1));
            }
            end = matcher.end();
        }
        return found;
    }

    private void declaration() {
        switch (take()) {
            case "syntax" -> {
                expect("=");
                expect("\"proto3\"");
                expect(";");
                file.setSyntax("proto3");
            }
            case "package" -> {
                file.setPackage(take());
                expect(";");
            }
            case "message" -> file.addMessageType(message());
            case "enum" -> file.addEnumType(enumeration());
            default -> throw unexpected();
        }
    }

    private EnumDescriptorProto enumeration() {
        EnumDescriptorProto.Builder made = EnumDescriptorProto.newBuilder().setName(take());
        expect("{");
        while (!peek().equals("}")) {
            EnumValueDescriptorProto.Builder value =
                    EnumValueDescriptorProto.newBuilder().setName(take());
            made.addValue(value.setNumber(number()));
        }
        expect("}");
        return made.build();
    }

    private DescriptorProto message() {
        DescriptorProto.Builder made = DescriptorProto.newBuilder().setName(take());
        expect("{");
        while (!peek().equals("}")) {
            if (peek().equals("map")) {
                map(made);
            } else {
                field(made);
            }
        }
        expect("}");
        return made.build();
    }

    private void field(DescriptorProto.Builder message) {
        String type = take();
        FieldDescriptorProto.Builder field = FieldDescriptorProto.newBuilder();
        field.setLabel(type.equals("repeated") ? Label.LABEL_REPEATED : Label.LABEL_OPTIONAL);
        boolean optional = type.equals("optional");
        if (optional || type.equals("repeated")) {
            type = take();
        }
        FieldDescriptorProto.Type scalar = SCALARS.get(type);
        if (scalar != null) {
            field.setType(scalar);
        } else {
            field.setType(
                    enums.contains(type)
                            ? FieldDescriptorProto.Type.TYPE_ENUM
                            : FieldDescriptorProto.Type.TYPE_MESSAGE);
            field.setTypeName("." + file.getPackage() + "." + type);
        }
        field.setName(take());
        if (optional) {
            // That is how a presence is said to those who know only `oneof`.
            field.setProto3Optional(true).setOneofIndex(message.getOneofDeclCount());
            message.addOneofDecl(OneofDescriptorProto.newBuilder().setName("_" + field.getName()));
        }
        message.addField(field.setNumber(number()));
    }

    private void map(DescriptorProto.Builder message) {
        for (String each : List.of("map", "<", "uint64", ",", "uint64", ">")) {
            expect(each);
        }
        String name = take();
        String entry = camelCase(name) + "Entry";
        message.addNestedType(
                DescriptorProto.newBuilder()
                        .setName(entry)
                        .addField(entryField("key", 1))
                        .addField(entryField("value", 2))
                        .setOptions(MessageOptions.newBuilder().setMapEntry(true)));
        message.addField(
                FieldDescriptorProto.newBuilder()
                        .setName(name)
                        .setLabel(Label.LABEL_REPEATED)
                        .setType(FieldDescriptorProto.Type.TYPE_MESSAGE)
                        .setTypeName(
                                "." + file.getPackage() + "." + message.getName() + "." + entry)
                        .setNumber(number()));
    }

    private static FieldDescriptorProto entryField(String name, int number) {
        return FieldDescriptorProto.newBuilder()
                .setName(name)
                .setNumber(number)
                .setLabel(Label.LABEL_OPTIONAL)
                .setType(FieldDescriptorProto.Type.TYPE_UINT64)
                .build();
    }

    private static String camelCase(String name) {
        StringBuilder made = new StringBuilder();
        for (String word : name.split("_", -1)) {
            made.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
        }
        return made.toString();
    }

    private int number() {
        expect("=");
        int number = Integer.parseInt(take());
        expect(";");
        return number;
    }

    private String peek() {
        return tokens.get(at);
    }

    private String take() {
        return tokens.get(at++);
    }

    private void expect(String token) {
        if (!take().equals(token)) {
            throw unexpected();
        }
    }

    private IllegalArgumentException unexpected() {
        List<String> before = tokens.subList(Math.max(0, at - 8), at);
        return new IllegalArgumentException("not understood: " + String.join(" ", before));
    }
}
