package io.coldframe.cli;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A JSON object that was parsed: each member is there, and is what it is asked for as.
public record JsonView(Map<?, ?> members) {

    /// The object that `value` is.
    public static JsonView of(Object value) {
        return new JsonView((Map<?, ?>) value);
    }

    /// The names, in their order.
    public List<String> names() {
        return members.keySet().stream().map(String.class::cast).toList();
    }

    /// A member of any kind.
    public Object get(String name) {
        return Optional.<Object>ofNullable(members.get(name))
                .orElseThrow(() -> new AssertionError("no " + name + " in " + members));
    }

    /// Whether a member is `null`.
    public boolean isNull(String name) {
        return get(name).equals(Optional.empty());
    }

    /// A string.
    public String text(String name) {
        return (String) get(name);
    }

    /// A whole number.
    public long number(String name) {
        return (Long) get(name);
    }

    /// A number with a fraction.
    public BigDecimal decimal(String name) {
        return (BigDecimal) get(name);
    }

    /// True or false.
    public boolean flag(String name) {
        return (Boolean) get(name);
    }

    /// An object.
    public JsonView object(String name) {
        return of(get(name));
    }

    /// An array of objects.
    public List<JsonView> objects(String name) {
        return ((List<?>) get(name)).stream().map(JsonView::of).toList();
    }
}
