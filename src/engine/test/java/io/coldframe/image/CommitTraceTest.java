package io.coldframe.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.coldframe.bindings.Platform;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The recorder's judge is the kernel: what `strace` sees of a commit in another process is what
/// the recorder saw, call by call. So nothing changes a file behind the recorder's back, and what
/// the replay proves is about the calls that are really made.
final class CommitTraceTest {
    private static final String TRACED =
            "open,openat,openat2,creat,write,pwrite64,writev,pwritev,pwritev2,copy_file_range"
                    + ",sendfile,splice,ftruncate,truncate,fallocate,fsync,fdatasync,msync"
                    + ",sync_file_range,sync,syncfs,rename,renameat,renameat2,link,linkat,symlink"
                    + ",symlinkat,unlink,unlinkat,mkdir,mkdirat,rmdir,mknod,mknodat,chmod,fchmod"
                    + ",fchmodat,chown,fchown,lchown,fchownat,setxattr,fsetxattr,utimensat";

    private static final Pattern LINE = Pattern.compile("(\\w+)\\((.*)\\) += (-?\\d+).*");
    private static final Pattern PATH = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern FILE = Pattern.compile("^\\d+<([^>]*)>");

    @TempDir Path folder;
    @TempDir Path traces;

    @ParameterizedTest
    @EnumSource
    void theKernelSeesWhatTheRecorderSees(CommitWork work) throws Exception {
        assumeTrue(!Platform.current().isMacos(), "macOS has no strace");
        Path root = folder.toRealPath();
        work.prepare(root);
        List<String> recorded = commitUnderTrace(work, root);
        List<String> traced = new ArrayList<>();
        try (Stream<Path> files = Files.list(traces)) {
            for (Path file : files.toList()) {
                List<String> ofOneThread = changesBelow(root, Files.readAllLines(file));
                assertTrue(traced.isEmpty() || ofOneThread.isEmpty(), "two threads");
                traced.addAll(ofOneThread);
            }
        }
        assertEquals(String.join("\n", recorded), String.join("\n", traced));
        assertTrue(recorded.size() > 4, recorded::toString);
        assertEquals(work.after(), work.read(root));
    }

    private List<String> commitUnderTrace(CommitWork work, Path root) throws Exception {
        String classes =
                String.join(
                        File.pathSeparator,
                        "target/classes",
                        "target/test-classes",
                        System.getProperty("jdk.module.path", ""),
                        System.getProperty("java.class.path", ""));
        List<String> command =
                List.of(
                        "strace",
                        "-ff",
                        "-qq",
                        "-y",
                        "-s",
                        "4096",
                        "-e",
                        "signal=none",
                        "-e",
                        "trace=" + TRACED,
                        "-o",
                        traces.resolve("thread").toString(),
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        classes,
                        CommitProbe.class.getName(),
                        work.name(),
                        root.toString());
        Process child = start(command);
        try (var output = child.getInputStream()) {
            String said = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            int exit = child.waitFor();
            if (said.contains("PTRACE")) {
                abort("needs ptrace: " + said);
            }
            assertEquals(0, exit, said);
            return said.lines().toList();
        } finally {
            child.destroyForcibly();
        }
    }

    private static Process start(List<String> command) {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException absent) {
            return abort("needs strace: " + absent.getMessage());
        }
    }

    private static List<String> changesBelow(Path root, List<String> lines) {
        List<String> found = new ArrayList<>();
        for (String line : lines) {
            Matcher call = LINE.matcher(line);
            if (line.contains(root.toString()) && call.matches()) {
                String arguments = call.group(2);
                boolean opens = call.group(1).startsWith("open");
                boolean reads = opens && !arguments.contains("O_CREAT");
                if (!call.group(3).startsWith("-") && !reads) {
                    found.add(name(call.group(1)) + " " + paths(root, arguments));
                }
            }
        }
        return found;
    }

    /// The name under which [io.coldframe.os.FileCalls] has the call.
    private static String name(String systemCall) {
        return switch (systemCall) {
            case "openat" -> "open";
            case "pwrite64" -> "pwrite";
            case "renameat2" -> "rename";
            case "linkat" -> "link";
            default -> systemCall;
        };
    }

    /// The paths below the root that a call is about: those it names, or that of its descriptor.
    private static String paths(Path root, String arguments) {
        Matcher file = FILE.matcher(arguments);
        if (file.find()) {
            return relative(root, file.group(1));
        }
        List<String> named = new ArrayList<>();
        Matcher path = PATH.matcher(arguments);
        while (path.find()) {
            named.add(relative(root, path.group(1)));
        }
        return String.join(" ", named);
    }

    private static String relative(Path root, String path) {
        return root.relativize(Path.of(path)).toString();
    }
}
