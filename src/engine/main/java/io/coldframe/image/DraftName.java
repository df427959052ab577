package io.coldframe.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.coldframe.Sha256;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The names of what is not committed: `.<stem>.<16 hexadecimal digits>.draft`, and of the memory
/// that a pair keeps, `.<stem>.<16 hexadecimal digits>.kept`.
///
/// The stem is the target's name, or for a long name the beginning of it and its digest, so that
/// whatever can be a name can have a draft.
///
/// @param stem says what it is a draft of
record DraftName(String stem) {
    // A name has at most 255 bytes on every file system here, and a draft's has 24 more than its
    // stem. Some leave fewer (143 where names are encrypted), so long ones are cut well below.
    private static final int STEM_BYTES_MAX = 118;
    private static final int CUT_BYTES = STEM_BYTES_MAX - 17;

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final HexFormat HEX = HexFormat.of();
    // A name may have any character, the end of a line among them.
    private static final Pattern DRAFT =
            Pattern.compile("\\.(.+)\\.[0-9a-f]{16}\\.draft", Pattern.DOTALL);
    private static final Pattern KEPT =
            Pattern.compile("\\.(.+)\\.[0-9a-f]{16}\\.kept", Pattern.DOTALL);

    /// For drafts of a target of this name.
    static DraftName of(String targetName) {
        byte[] bytes = targetName.getBytes(UTF_8);
        if (bytes.length <= STEM_BYTES_MAX) {
            return new DraftName(targetName);
        }
        int cut = CUT_BYTES;
        while ((bytes[cut] & 0xC0) == 0x80) {
            // Not between the bytes of one character.
            cut--;
        }
        String digest = Sha256.of(bytes).hex().substring(0, 16);
        return new DraftName(new String(bytes, 0, cut, UTF_8) + "~" + digest);
    }

    /// What a name is a draft of; empty if it is the name of no draft.
    static Optional<DraftName> parse(String name) {
        Matcher draft = DRAFT.matcher(name);
        return draft.matches() ? Optional.of(new DraftName(draft.group(1))) : Optional.empty();
    }

    /// Whether a name is one of those above: whatever has it is removed sooner or later.
    static boolean isPassing(String name) {
        return DRAFT.matcher(name).matches() || KEPT.matcher(name).matches();
    }

    /// A name that nobody can foresee.
    String random() {
        byte[] bytes = new byte[8];
        RANDOM.nextBytes(bytes);
        return "." + stem + "." + HEX.formatHex(bytes) + ".draft";
    }

    /// The name under which memory of this digest is kept.
    String kept(Sha256 digest) {
        return "." + stem + "." + digest.hex().substring(0, 16) + ".kept";
    }

    /// Whether a name is one that [#kept(Sha256)] gives for some digest.
    boolean isKept(String name) {
        Matcher kept = KEPT.matcher(name);
        return kept.matches() && kept.group(1).equals(stem);
    }
}
