package io.coldframe.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// protoc takes our `.proto` files, and reads in them what [ProtoFile] reads.
final class ProtocTest {

    private static final Path DOCS = Path.of("..", "..", "docs");
    private static final Path PROTOC = Path.of("target", "tools", "protoc");

    @Test
    void protocReadsEveryFileAsTheTestsDo(@TempDir Path folder) throws Exception {
        if (!Files.exists(PROTOC)) {
            Assumptions.abort(
                    "protoc: the build copies it on Linux x86-64 only, so nobody has checked here"
                            + " that docs/*.proto are what protoc understands");
        }
        List<Path> files;
        try (var found = Files.newDirectoryStream(DOCS, "*.proto")) {
            files = new ArrayList<>();
            found.forEach(files::add);
        }
        assertFalse(files.isEmpty());
        for (Path file : files) {
            assertEquals(withoutJsonNames(compiled(file, folder)), ProtoFile.parse(file));
        }
    }

    private static FileDescriptorProto compiled(Path file, Path folder) throws Exception {
        // A repository keeps no permission to execute, so it is copied to where it can be given.
        Path protoc = Files.copy(PROTOC, folder.resolve("protoc-" + file.getFileName()));
        assertEquals(true, protoc.toFile().setExecutable(true), "setExecutable");
        Path set = folder.resolve(file.getFileName() + ".set");
        Process process =
                new ProcessBuilder(
                                protoc.toString(),
                                "-I" + DOCS,
                                "--descriptor_set_out=" + set,
                                file.toString())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        return read(set);
    }

    private static FileDescriptorProto read(Path set) throws IOException {
        return FileDescriptorSet.parseFrom(Files.readAllBytes(set)).getFile(0);
    }

    /// protoc adds to each field the name that it would have in JSON.
    private static FileDescriptorProto withoutJsonNames(FileDescriptorProto file) {
        FileDescriptorProto.Builder made = file.toBuilder();
        for (DescriptorProto.Builder message : made.getMessageTypeBuilderList()) {
            message.getFieldBuilderList().forEach(FieldDescriptorProto.Builder::clearJsonName);
            for (DescriptorProto.Builder entry : message.getNestedTypeBuilderList()) {
                entry.getFieldBuilderList().forEach(FieldDescriptorProto.Builder::clearJsonName);
            }
        }
        return made.build();
    }
}
