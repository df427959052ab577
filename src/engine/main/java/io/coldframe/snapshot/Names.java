package io.coldframe.snapshot;

import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;

/// What snapshots and tags may be called.
///
/// A name is a file name on every system, needs no quotes in a shell, and leaves room for what the
/// drafts of a file system's 255 bytes add. It never begins with a dot, which is how all else in a
/// store begins, and is never an id, so that no two things answer to one reference.
final class Names {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
    private static final Pattern ID =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

    // As long as the first group of an id: half of the time of a UUID of version 7, one minute.
    private static final int ID_PREFIX_LENGTH_MIN = 8;

    private Names() {}

    static boolean isName(String text) {
        return NAME.matcher(text).matches() && !isId(text);
    }

    static String requireName(String text) {
        if (!isName(text)) {
            throw new IllegalArgumentException(
                    "a name is 1 to 128 letters, digits and \"._-\", begins with a letter or digit,"
                            + " and is no id: not \""
                            + text
                            + "\"");
        }
        return text;
    }

    static boolean isId(String text) {
        return ID.matcher(text.toLowerCase(Locale.ROOT)).matches();
    }

    /// Whether the text of `id` begins with `reference`, which is long enough to mean it.
    static boolean isPrefixOf(String reference, UUID id) {
        return reference.length() >= ID_PREFIX_LENGTH_MIN
                && id.toString().startsWith(reference.toLowerCase(Locale.ROOT));
    }
}
