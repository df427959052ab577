package io.coldframe.cli.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.cli.CommandRun;
import io.coldframe.cli.ExitCode;
import io.coldframe.cli.JsonView;
import io.coldframe.cli.snapshot.RamFile;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;

/// Pictures, read back: every cell is what its page is.
final class MapCommandTest {

    // What the palette gives to a chain of three.
    private static final int OWN = 0xffc845;
    private static final int YOUNG = 0xf58549;
    private static final int OLD = 0x2c5fb3;
    private static final int ZERO = 0x2a303d;

    private static final int SIDE = 16;
    private static final int CELL_DOTS = 32;

    @TempDir private Path folder;
    private CapturedChain chain;

    @BeforeEach
    void haveAChain() throws IOException {
        chain = new CapturedChain(folder);
    }

    private int colour(int page) {
        if (chain.isZero(2, page)) {
            return ZERO;
        }
        return switch (chain.author(page)) {
            case 2 -> OWN;
            case 1 -> YOUNG;
            default -> OLD;
        };
    }

    private char letter(int page) {
        return switch (colour(page)) {
            case ZERO -> '.';
            case OWN -> '#';
            case YOUNG -> '1';
            default -> '2';
        };
    }

    @Test
    void aPipeGetsALetterForEveryCell() {
        StringBuilder expected = new StringBuilder();
        expected.append("g2: 1 MiB in cells of 4 KiB, rows of 256 KiB\n\n");
        for (int page = 0; page < CapturedChain.PAGE_COUNT; page++) {
            if (page % 64 == 0) {
                expected.append("0x%05x  ".formatted(page * RamFile.PAGE_BYTES));
            }
            expected.append(letter(page)).append(page % 64 == 63 ? "\n" : "");
        }
        String out = chain.run("map", "g2").expect(ExitCode.OK).out();
        assertTrue(out.startsWith(expected + "\n"), out);
        assertFalse(out.contains("\u001b"), "colours in a pipe");
        assertTrue(out.contains("\n  #  written by g2 "), out);
        assertTrue(out.contains("\n1-2  inherited, 1 to 2 generations old "), out);
        assertTrue(out.contains("\n  .  zero "), out);
    }

    @Test
    void theJsonHasEveryCell() {
        JsonView json = chain.json("map", "g2");
        List<JsonView> cells = json.objects("cells");
        assertEquals(CapturedChain.PAGE_COUNT, cells.size());
        for (int page = 0; page < cells.size(); page++) {
            JsonView cell = cells.get(page);
            String member =
                    switch (letter(page)) {
                        case '.' -> "zeroByteCount";
                        case '#' -> "ownByteCount";
                        default -> "inheritedByteCount";
                    };
            assertEquals((long) page * RamFile.PAGE_BYTES, cell.number("offset"));
            assertEquals(RamFile.PAGE_BYTES, cell.number(member));
        }
        assertEquals(2L, json.get("ageMax"));
        assertEquals(true, json.get("zerosKnown"));
    }

    /// The place of the grid: its left upper corner is beside the first dots of the cells' colours.
    private static int[] gridOrigin(BufferedImage image, int firstColour) {
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                if ((image.getRGB(x, y) & 0xffffff) == firstColour) {
                    return new int[] {x, y};
                }
            }
        }
        throw new AssertionError("no dot of %06x".formatted(firstColour));
    }

    @Test
    void everyCellOfThePngHasItsColour() throws IOException {
        Path file = folder.resolve("map.png");
        CommandRun run = chain.run("map", "g2", "--output", file).expect(ExitCode.OK);
        assertEquals("drew g2 to %s: 256 cells of 4 KiB%n".formatted(file), run.out());
        BufferedImage image = ImageIO.read(file.toFile());
        int[] origin = gridOrigin(image, colour(0));
        for (int page = 0; page < CapturedChain.PAGE_COUNT; page++) {
            int left = origin[0] + page % SIDE * CELL_DOTS;
            int top = origin[1] + page / SIDE * CELL_DOTS;
            // All of it but the gap to the next.
            for (int dot = 0; dot < CELL_DOTS - 1; dot++) {
                assertEquals(colour(page), image.getRGB(left + dot, top) & 0xffffff);
                assertEquals(colour(page), image.getRGB(left, top + dot) & 0xffffff);
                assertEquals(colour(page), image.getRGB(left + dot, top + dot) & 0xffffff);
            }
        }
    }

    @Test
    void everyCellOfTheSvgHasItsColour() throws Exception {
        Path file = folder.resolve("map.svg");
        chain.run("map", "g2", "--output", file).expect(ExitCode.OK);
        NodeList shapes =
                DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(file.toFile())
                        .getElementsByTagName("rect");
        // The first is the ground.
        for (int page = 0; page < CapturedChain.PAGE_COUNT; page++) {
            Element cell = (Element) shapes.item(1 + page);
            assertEquals("#%06x".formatted(colour(page)), cell.getAttribute("fill"));
            assertEquals(Integer.toString(CELL_DOTS - 1), cell.getAttribute("width"));
        }
        Matcher title = Pattern.compile(">g2</text>").matcher(Files.readString(file));
        assertTrue(title.find());
    }

    @Test
    void aFileThatIsThereIsNotOverwritten() throws IOException {
        Path file = Files.writeString(folder.resolve("map.png"), "mine");
        chain.run("map", "g2", "--output", file).expect(ExitCode.CONFLICT).failure();
        assertEquals("mine", Files.readString(file));
        chain.run("map", "g2", "--output", file, "--replace").expect(ExitCode.OK);
        assertTrue(Files.size(file) > 1000);
        chain.run("map", "g2", "--output", folder.resolve("map.gif")).expect(ExitCode.USAGE);
    }
}
