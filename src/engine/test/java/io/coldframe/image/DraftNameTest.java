package io.coldframe.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.coldframe.Sha256;

import org.junit.jupiter.api.Test;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

final class DraftNameTest {

    @Test
    void aDraftTellsWhatItIsADraftOf() {
        for (String name : List.of("a", ".hidden", "a.b.draft", "a b", "雪", "..draft", "a\nb")) {
            String draft = DraftName.of(name).random();
            assertEquals(Optional.of(DraftName.of(name)), DraftName.parse(draft));
        }
        String draftOfADraft = DraftName.of(DraftName.of("a").random()).random();
        assertNotEquals(Optional.of(DraftName.of("a")), DraftName.parse(draftOfADraft));
    }

    @Test
    void nothingElseIsADraft() {
        for (String name :
                List.of(
                        "a",
                        ".a.draft",
                        "a.0123456789abcdef.draft",
                        "..0123456789abcdef.draft",
                        ".a.0123456789ABCDEF.draft",
                        ".a.0123456789abcde.draft",
                        ".a.0123456789abcdef.kept",
                        ".a.0123456789abcdef.draft.bak")) {
            assertEquals(Optional.empty(), DraftName.parse(name), name);
        }
    }

    @Test
    void everyNameThatCanBeHasADraftThatCanBe() {
        Set<String> stems = new HashSet<>();
        for (String letter : List.of("x", "é", "雪", "\ud83d\ude80")) {
            int bytes = letter.getBytes(UTF_8).length;
            for (int count = 1; count * bytes <= 255; count++) {
                String name = letter.repeat(count);
                DraftName draft = DraftName.of(name);
                assertTrue(draft.random().getBytes(UTF_8).length <= 143, name);
                assertFalse(draft.stem().contains("\ufffd"), name);
                assertTrue(stems.add(draft.stem()), name);
                assertEquals(draft, DraftName.of(name));
            }
        }
    }

    @Test
    void draftsOfOneTargetDiffer() {
        Set<String> drafts = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            assertTrue(drafts.add(DraftName.of("a").random()));
        }
    }

    @Test
    void keptMemoryIsTheTargetsOwn() {
        Sha256 digest = Sha256.of(new byte[] {1});
        assertTrue(DraftName.of("a").isKept(DraftName.of("a").kept(digest)));
        assertFalse(DraftName.of("a").isKept(DraftName.of("a.b").kept(digest)));
        assertFalse(DraftName.of("a.b").isKept(DraftName.of("a").kept(digest)));
        assertTrue(DraftName.of("a\nb").isKept(DraftName.of("a\nb").kept(digest)));
    }
}
