package io.streamkeeper.server.cli.remote;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.streamkeeper.server.json.UnlimitedJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Divides an input into batches, each of which is the body of one append. A batch ends after a line, unless the line is
 * longer than a batch; together they are the input, byte for byte. For JSON each line is a message, and a batch is an
 * array of them.
 *
 * <p>If batches are not eager, they depend on the input alone, so that a repeated run makes the same ones, whatever the
 * input comes from. If they are eager, a batch ends as soon as no more input is available. Memory: one batch, or one
 * line of JSON. Used by one thread.
 */
final class LineBatches {
    private static final int BATCH_BYTES = 1 << 20;

    /** The largest append that a server with the defaults accepts. */
    private static final int MESSAGE_BYTES_MAX = 64 << 20;

    private final InputStream in;
    private final boolean isJson;
    private final boolean isEager;
    private final int linesMax;

    private byte[] buffer = new byte[BATCH_BYTES];
    private int end;
    private long lines;
    private boolean atEnd;

    /**
     * Divides an input.
     *
     * @param linesMax the most lines of a batch, 1 or more
     */
    LineBatches(InputStream in, boolean isJson, boolean isEager, int linesMax) {
        this.in = in;
        this.isJson = isJson;
        this.isEager = isEager;
        this.linesMax = linesMax;
    }

    /**
     * Returns the next batch; null at the end of the input.
     *
     * @throws IllegalArgumentException if a line is not a JSON message, or too long to be one
     */
    byte @Nullable [] next() throws IOException {
        while (true) {
            byte[] part = nextPart();
            if (part == null || !isJson) {
                return part;
            }
            byte[] array = array(part);
            if (array.length > 0) {
                return array;
            }
        }
    }

    private byte @Nullable [] nextPart() throws IOException {
        int scanned = 0;
        int cut = 0;
        int count = 0;
        while (true) {
            for (; scanned < end; scanned++) {
                if (buffer[scanned] == '\n') {
                    boolean isBeyond = scanned >= BATCH_BYTES;
                    cut = isBeyond && cut > 0 ? cut : scanned + 1;
                    if (isBeyond || ++count == linesMax) {
                        return take(cut);
                    }
                }
            }
            if (cut > 0 && (end >= BATCH_BYTES || (isEager && !atEnd && in.available() == 0))) {
                return take(cut);
            }
            if (atEnd) {
                return end == 0 ? null : take(end);
            }
            if (end == buffer.length) {
                if (!isJson) {
                    return take(end);
                }
                grow();
            }
            fill();
        }
    }

    private void grow() {
        if (buffer.length >= MESSAGE_BYTES_MAX) {
            throw new IllegalArgumentException("line " + (lines + 1) + " has more than " + MESSAGE_BYTES_MAX
                    + " bytes, which no message may have");
        }
        buffer = Arrays.copyOf(buffer, 2 * buffer.length);
    }

    private void fill() throws IOException {
        int count = in.read(buffer, end, buffer.length - end);
        if (count < 0) {
            atEnd = true;
        } else {
            end += count;
        }
    }

    private byte[] take(int cut) {
        byte[] part = Arrays.copyOf(buffer, cut);
        System.arraycopy(buffer, cut, buffer, 0, end - cut);
        end -= cut;
        if (buffer.length > BATCH_BYTES && end <= BATCH_BYTES) {
            buffer = Arrays.copyOf(buffer, BATCH_BYTES);
        }
        return part;
    }

    /** Returns the lines as an array; nothing if all are blank. */
    private byte[] array(byte[] part) throws IOException {
        ByteArrayOutputStream array = new ByteArrayOutputStream(part.length + 2);
        int start = 0;
        for (int i = 0; i <= part.length; i++) {
            boolean isLine = i < part.length ? part[i] == '\n' : start < i;
            if (isLine) {
                lines++;
                if (isMessage(part, start, i - start)) {
                    array.write(array.size() == 0 ? '[' : ',');
                    array.write(part, start, i - start);
                }
                start = i + 1;
            }
        }
        if (array.size() > 0) {
            array.write(']');
        }
        return array.toByteArray();
    }

    /** Whether a line is a message; false if it is blank. */
    private boolean isMessage(byte[] part, int start, int length) throws IOException {
        try (JsonParser parser = UnlimitedJson.FACTORY.createParser(part, start, length)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                return false;
            }
            parser.skipChildren();
            if (parser.nextToken() == null) {
                return true;
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("line " + lines + " is not JSON: " + e.getOriginalMessage(), e);
        }
        throw new IllegalArgumentException("line " + lines + " has more than one JSON value; expected one a line");
    }
}
