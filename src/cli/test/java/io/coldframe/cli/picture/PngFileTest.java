package io.coldframe.cli.picture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import org.junit.jupiter.api.Test;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Random;

import javax.imageio.ImageIO;

/// The JDK's reader is the judge.
final class PngFileTest {

    private static void assertReadBack(int width, int height, Random random) throws IOException {
        int[] dots = random.ints((long) width * height, 0, 1 << 24).toArray();
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(PngFile.encode(dots, width)));
        assertNotNull(image);
        assertEquals(width, image.getWidth());
        assertEquals(height, image.getHeight());
        for (int at = 0; at < dots.length; at++) {
            assertEquals(dots[at], image.getRGB(at % width, at / width) & 0xffffff);
        }
    }

    @Test
    void everyDotIsReadBack() throws IOException {
        Random random = new Random(1);
        for (int width = 1; width <= 9; width++) {
            for (int height = 1; height <= 9; height++) {
                assertReadBack(width, height, random);
            }
        }
        assertReadBack(640, 480, random);
    }
}
