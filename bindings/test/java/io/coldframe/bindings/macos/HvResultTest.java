package io.coldframe.bindings.macos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.Map;

final class HvResultTest {

    /// The codes as Apple prints them.
    private static final Map<Integer, String> NAMES =
            Map.of(
                    0, "HV_SUCCESS",
                    0xfae94001, "HV_ERROR",
                    0xfae94002, "HV_BUSY",
                    0xfae94003, "HV_BAD_ARGUMENT",
                    0xfae94004, "HV_ILLEGAL_GUEST_STATE",
                    0xfae94005, "HV_NO_RESOURCES",
                    0xfae94006, "HV_NO_DEVICE",
                    0xfae94007, "HV_DENIED",
                    0xfae94008, "HV_FAULT",
                    0xfae9400f, "HV_UNSUPPORTED");

    @Test
    void everyDocumentedCodeHasItsNameAndSaysItsNumber() {
        NAMES.forEach(
                (code, name) -> {
                    HvResult result = HvResult.of(code);
                    assertEquals(name, result.name());
                    assertSame(result, HvResult.of(code));
                    assertEquals(code == 0, result.isSuccess());
                    assertTrue(result.toString().startsWith(name + " (0x"), result::toString);
                    assertTrue(
                            result.toString().contains(String.format("%08x", code)),
                            result::toString);
                });
        assertTrue(HvResult.DENIED.toString().contains(HypervisorFramework.ENTITLEMENT));
    }

    @Test
    void aCodeThatNobodyDocumentedKeepsItsNumber() {
        for (int code : new int[] {1, -1, 0xfae94009, 0xfae94010, Integer.MIN_VALUE}) {
            HvResult result = HvResult.of(code);
            assertEquals(code, result.code());
            assertFalse(result.isSuccess());
            assertTrue(result.name().contains(String.format("%08x", code)), result::name);
        }
    }

    @Test
    void anAnswerIsAValueOrARefusal() {
        HvAnswer<String> given = new HvAnswer.Given<>("a");
        HvAnswer<String> refused = new HvAnswer.Refused<>(HvResult.BUSY);
        assertEquals(HvResult.SUCCESS, given.result());
        assertEquals("a", given.value());
        assertEquals(HvResult.BUSY, refused.result());
        var thrown = assertThrows(IllegalStateException.class, refused::value);
        assertEquals(HvResult.BUSY.toString(), thrown.getMessage());
        assertThrows(
                IllegalArgumentException.class, () -> new HvAnswer.Refused<>(HvResult.SUCCESS));
    }

    @Test
    void aSyndromeIsReadAsTheArchitectureDefinesIt() {
        // A store of 8 bytes of X19 that a permission refused.
        HvSyndrome store = new HvSyndrome(0x93d3_804fL);
        assertTrue(store.isDataAbort());
        assertTrue(store.isWrite());
        assertTrue(store.isPermissionFault());
        assertFalse(store.isTranslationFault());
        assertTrue(store.describesAccess());
        assertEquals(8, store.accessBytes());
        assertEquals(19, store.register());
        // A load of a byte from where nothing is mapped.
        HvSyndrome load = new HvSyndrome(0x9300_0006L);
        assertTrue(load.isDataAbort());
        assertFalse(load.isWrite());
        assertTrue(load.isTranslationFault());
        assertEquals(1, load.accessBytes());
        HvSyndrome call = new HvSyndrome(0x5a00_1234L);
        assertEquals(HvSyndrome.HVC, call.exceptionClass());
        assertEquals(0x1234, call.immediate());
        assertFalse(call.isDataAbort());
        assertTrue(call.toString().contains("0x5a001234"), call::toString);
    }
}
