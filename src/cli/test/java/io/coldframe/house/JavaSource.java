package io.coldframe.house;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/// The rules that need to know what Java a line is part of: the compiler parses, and nothing more.
final class JavaSource {

    static final int METHOD_LINES_MAX = 70;

    private JavaSource() {}

    /// Methods of more than 70 lines, from the first annotation to the closing brace.
    static List<Violation> longMethods(SourceFile file) {
        List<Violation> found = new ArrayList<>();
        Parsed parsed = parse(file);
        new TreePathScanner<Void, List<Violation>>() {
            @Override
            public Void visitMethod(MethodTree method, List<Violation> result) {
                long lineCount = parsed.endLine(method) - parsed.startLine(method) + 1;
                if (lineCount > METHOD_LINES_MAX) {
                    result.add(
                            new Violation(
                                    file.path(),
                                    (int) parsed.startLine(method),
                                    method.getName() + " has " + lineCount + " lines"));
                }
                return super.visitMethod(method, result);
            }
        }.scan(parsed.unit(), found);
        return found;
    }

    /// Public types without a `///` comment right above them.
    static List<Violation> undocumentedTypes(SourceFile file) {
        List<Violation> found = new ArrayList<>();
        Parsed parsed = parse(file);
        new TreePathScanner<Void, List<Violation>>() {
            @Override
            public Void visitClass(ClassTree type, List<Violation> result) {
                Tree parent = getCurrentPath().getParentPath().getLeaf();
                if (isPublic(type, parent)) {
                    int line = (int) parsed.startLine(type);
                    boolean documented =
                            line > 1 && file.lines().get(line - 2).strip().startsWith("///");
                    if (!documented) {
                        String what = type.getSimpleName() + " is public and has no /// comment";
                        result.add(new Violation(file.path(), line, what));
                    }
                }
                return super.visitClass(type, result);
            }
        }.scan(parsed.unit(), found);
        return found;
    }

    private static boolean isPublic(ClassTree type, Tree parent) {
        // A type in an interface is public without saying so.
        return type.getModifiers().getFlags().contains(Modifier.PUBLIC)
                || parent.getKind() == Tree.Kind.INTERFACE;
    }

    private record Parsed(CompilationUnitTree unit, SourcePositions positions) {

        long startLine(Tree tree) {
            return unit.getLineMap().getLineNumber(positions.getStartPosition(unit, tree));
        }

        long endLine(Tree tree) {
            return unit.getLineMap().getLineNumber(positions.getEndPosition(unit, tree));
        }
    }

    private static Parsed parse(SourceFile file) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        JavaFileObject source =
                new SimpleJavaFileObject(
                        URI.create("string:///" + file.path()), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return file.text();
                    }
                };
        JavacTask task =
                (JavacTask) compiler.getTask(null, null, null, List.of(), null, List.of(source));
        try {
            CompilationUnitTree unit = task.parse().iterator().next();
            return new Parsed(unit, Trees.instance(task).getSourcePositions());
        } catch (IOException impossible) {
            throw new AssertionError("a source in memory was read", impossible);
        }
    }
}
