package io.streamkeeper.client.http;

import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.http.EventParser.Event;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.Quoted;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Joins data events and the control event after them, which contains the offset, into a batch: data is delivered
 * together with its control event, or is not delivered. Owned by one session.
 */
final class BatchAssembler {
    /** The error code for a response that violates the protocol. */
    static final String INVALID_ANSWER = "invalid_answer";

    /** The memory overhead of one data event, in bytes. */
    private static final int PART_BYTES = 32;

    private static final int QUOTED_BYTES_MAX = 200;

    private final ContentType type;
    private final boolean isBase64;
    private final int bytesMax;
    private final List<byte[]> parts = new ArrayList<>();
    private int heldBytes;
    private @Nullable String cursor;

    /**
     * Creates an assembler for one response.
     *
     * @param type the stream's content type
     * @param isBase64 whether the data events of the response are base64-encoded
     * @param bytesMax the maximum number of bytes of data events before a control event
     */
    BatchAssembler(ContentType type, boolean isBase64, int bytesMax) {
        this.type = type;
        this.isBase64 = isBase64;
        this.bytesMax = bytesMax;
    }

    /**
     * Accepts the next event; returns the batch that it completes, or null.
     *
     * @throws StreamException.Invalid if the event violates section 5.8, or too much data arrives before a control
     *     event
     */
    @Nullable
    Batch take(Event event) {
        switch (event.name()) {
            case "data" -> keep(isBase64 ? decoded(event.data()) : event.data());
            case "control" -> {
                return batch(control(event.data()));
            }
            default -> {
                // Section 5.8 defines no other event; a later version may.
            }
        }
        return null;
    }

    private void keep(byte[] data) {
        if (!parts.isEmpty() && data.length + PART_BYTES > bytesMax - heldBytes) {
            throw new StreamException.Invalid(
                    EventParser.TOO_LARGE,
                    200,
                    "the server sends more than " + bytesMax + " bytes before a control event, which is the limit");
        }
        parts.add(data);
        heldBytes += data.length + PART_BYTES;
    }

    /**
     * Decodes the lines of an event, which together are one base64 text.
     *
     * @throws StreamException.Invalid if they are not
     */
    static byte[] decoded(byte[] lines) {
        byte[] text = new byte[lines.length];
        int length = 0;
        for (byte octet : lines) {
            if (octet != '\n') {
                text[length++] = octet;
            }
        }
        try {
            return Base64.getDecoder().decode(length == text.length ? text : Arrays.copyOf(text, length));
        } catch (IllegalArgumentException e) {
            throw invalid("a data event that is not base64: " + e.getMessage());
        }
    }

    private static Control control(byte[] data) {
        try {
            return Control.parse(data);
        } catch (IOException e) {
            String text =
                    Quoted.of(new String(data, 0, Math.min(data.length, QUOTED_BYTES_MAX), StandardCharsets.UTF_8));
            throw invalid("the control event " + text + ": " + e.getMessage());
        }
    }

    private static StreamException invalid(String what) {
        return new StreamException.Invalid(INVALID_ANSWER, 200, "the server sent " + what);
    }

    private Batch batch(Control control) {
        cursor = control.cursor() == null ? cursor : control.cursor();
        byte[] data = type.isJson() ? JsonArrays.join(parts) : joined();
        parts.clear();
        heldBytes = 0;
        return new Batch(type, data, control.nextOffset(), control.upToDate(), control.closed());
    }

    private byte[] joined() {
        if (parts.size() == 1) {
            return parts.get(0);
        }
        byte[] joined = new byte[parts.stream().mapToInt(part -> part.length).sum()];
        int end = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, joined, end, part.length);
            end += part.length;
        }
        return joined;
    }

    /** The cursor of the latest control event that contained one, or null. */
    @Nullable
    String cursor() {
        return cursor;
    }
}
