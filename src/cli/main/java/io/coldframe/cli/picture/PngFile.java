package io.coldframe.cli.picture;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/// Writes PNG (ISO/IEC 15948), so that a map needs nothing of the desktop:
///
/// ```
///  89 'PNG' 0d 0a 1a 0a
///  IHDR  width, height, 8 bits, RGB, deflate, no interlace
///  IDAT  zlib: of each row a filter byte 0 and 3 bytes a dot
///  IEND
///
///  a chunk: u32 length of data, 4 letters, data, CRC-32 of letters and data; big-endian
/// ```
final class PngFile {

    private static final long SIGNATURE = 0x89504e470d0a1a0aL;
    private static final int HEADER_BYTES = 13;
    private static final byte BIT_DEPTH = 8;
    private static final byte COLOUR_RGB = 2;
    private static final int CHUNK_OVERHEAD_BYTES = 12;

    private PngFile() {}

    /// The file.
    ///
    /// @param dots `0xRRGGBB`, row by row
    /// @param width how many dots a row has
    static byte[] encode(int[] dots, int width) {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        header.putInt(width).putInt(dots.length / width).put(BIT_DEPTH).put(COLOUR_RGB);
        byte[] data = compressed(dots, width);
        ByteBuffer file =
                ByteBuffer.allocate(
                        Long.BYTES + HEADER_BYTES + data.length + 3 * CHUNK_OVERHEAD_BYTES);
        file.putLong(SIGNATURE);
        chunk(file, "IHDR", header.array());
        chunk(file, "IDAT", data);
        chunk(file, "IEND", new byte[0]);
        return file.array();
    }

    private static void chunk(ByteBuffer file, String type, byte[] data) {
        byte[] letters = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 sum = new CRC32();
        sum.update(letters);
        sum.update(data);
        file.putInt(data.length).put(letters).put(data).putInt((int) sum.getValue());
    }

    private static byte[] compressed(int[] dots, int width) {
        byte[] rows = new byte[(1 + 3 * width) * (dots.length / width)];
        int to = 0;
        for (int at = 0; at < dots.length; at++) {
            if (at % width == 0) {
                rows[to++] = 0;
            }
            rows[to++] = (byte) (dots[at] >> 16);
            rows[to++] = (byte) (dots[at] >> 8);
            rows[to++] = (byte) dots[at];
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
        try (DeflaterOutputStream stream = new DeflaterOutputStream(out, deflater)) {
            stream.write(rows);
        } catch (IOException impossible) {
            throw new AssertionError("an array can't fail", impossible);
        } finally {
            deflater.end();
        }
        return out.toByteArray();
    }
}
