package io.coldframe.bindings.judge;

import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.SequenceLayout;
import java.lang.foreign.UnionLayout;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// Everything that the generated classes of one row claim about C.
final class Expectations {
    /// Where jextract does not see that C aligns a field more strictly than its type. Its offset is
    /// right, and nobody may allocate the structure by its layout; here nobody does.
    private static final Set<String> LESS_ALIGNED = Set.of("linux.arm64.kvm_regs");

    private final List<Expectation> found = new ArrayList<>();
    private final String packageSuffix;
    private final String headerText;

    private Expectations(TableRow row) {
        this.packageSuffix = row.packageSuffix();
        this.headerText = row.headerText();
    }

    static List<Expectation> of(TableRow row) throws ReflectiveOperationException {
        Expectations expectations = new Expectations(row);
        for (String name : row.structs()) {
            Class<?> generated = Class.forName(row.className(name));
            expectations.structure(name, (GroupLayout) generated.getMethod("layout").invoke(null));
        }
        Class<?> holder = Class.forName(row.className(row.headerClass()));
        for (String name : row.constants()) {
            expectations.constant(holder.getMethod(name));
        }
        return expectations.found;
    }

    /// The constants that a generated class offers, whatever the symbols file says.
    static List<String> constantsIn(Class<?> holder) {
        List<String> functions =
                List.of(holder.getMethods()).stream()
                        .map(Method::getName)
                        .filter(name -> name.endsWith("$descriptor"))
                        .map(name -> name.substring(0, name.indexOf('$')))
                        .toList();
        return List.of(holder.getDeclaredMethods()).stream()
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .filter(method -> method.getParameterCount() == 0)
                .map(Method::getName)
                .filter(name -> name.indexOf('$') < 0 && !functions.contains(name))
                .toList();
    }

    private void constant(Method constant) throws ReflectiveOperationException {
        String name = constant.getName();
        switch (constant.invoke(null)) {
            case Integer value -> add(name, List.of(), "(int)(" + name + ")", value);
            case Long value -> add(name, List.of(), name, value);
            case Object other -> throw new AssertionError("no judge for " + name + " = " + other);
        }
    }

    private void structure(String name, GroupLayout layout) {
        String type = typeName(name, layout);
        add(name, List.of(), "sizeof(" + type + ")", layout.byteSize());
        if (!LESS_ALIGNED.contains(packageSuffix + "." + name)) {
            add(name, List.of(), "_Alignof(" + type + ")", layout.byteAlignment());
        }
        fields(new Place(type, name, "", List.of(name), 0), layout);
    }

    /// @param type of the outermost structure, in C
    /// @param name of the outermost structure
    /// @param path of the fields on the way, each with a point after it
    /// @param enclosing the subjects on the way
    /// @param offset of this group in the outermost structure
    private record Place(
            String type, String name, String path, List<String> enclosing, long offset) {}

    private void fields(Place place, GroupLayout group) {
        long offset = place.offset();
        for (MemoryLayout member : group.memberLayouts()) {
            if (!(member instanceof PaddingLayout)) {
                field(place, member, offset);
            }
            offset += group instanceof UnionLayout ? 0 : member.byteSize();
        }
    }

    private void field(Place place, MemoryLayout member, long offset) {
        String name = member.name().orElse("$anon");
        if (name.startsWith("$anon")) {
            // C names the fields of an unnamed member as if they were the outer structure's.
            Place same =
                    new Place(place.type(), place.name(), place.path(), place.enclosing(), offset);
            fields(same, (GroupLayout) member);
            return;
        }
        String path = place.path() + name;
        String subject = place.name() + "." + path.replaceAll("\\[0]", "");
        List<String> enclosing = with(place.enclosing(), subject);
        String field = "((" + place.type() + " *)0)->" + path;
        add(
                subject,
                place.enclosing(),
                "__builtin_offsetof(" + place.type() + ", " + path + ")",
                offset);
        if (member.byteSize() != 0) {
            // A flexible array has an offset and no size.
            add(subject, place.enclosing(), "sizeof(" + field + ")", member.byteSize());
        }
        switch (member) {
            case GroupLayout group ->
                    fields(
                            new Place(place.type(), place.name(), path + ".", enclosing, offset),
                            group);
            case SequenceLayout sequence -> elements(place, sequence, path, enclosing, offset);
            default -> {}
        }
    }

    private void elements(
            Place place,
            SequenceLayout sequence,
            String path,
            List<String> enclosing,
            long offset) {
        String first = path + "[0]";
        String subject = enclosing.getLast();
        add(
                subject,
                enclosing,
                "sizeof(((" + place.type() + " *)0)->" + first + ")",
                sequence.elementLayout().byteSize());
        if (sequence.elementLayout() instanceof GroupLayout group) {
            fields(new Place(place.type(), place.name(), first + ".", enclosing, offset), group);
        }
    }

    private String typeName(String name, GroupLayout layout) {
        String kind = layout instanceof UnionLayout ? "union " : "struct ";
        boolean isTag =
                Pattern.compile("\\b" + kind + " *" + Pattern.quote(name) + "\\s*\\{")
                        .matcher(headerText)
                        .find();
        return isTag ? kind + name : name;
    }

    private void add(String subject, List<String> enclosing, String expression, long value) {
        found.add(new Expectation(subject, enclosing, expression, value));
    }

    private static List<String> with(List<String> list, String last) {
        List<String> longer = new ArrayList<>(list);
        longer.add(last);
        return List.copyOf(longer);
    }
}
