package io.streamkeeper.client.http;

import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The content of a control event, about the data events before it (section 5.8).
 *
 * @param nextOffset the offset after these data events
 * @param cursor the cursor to echo when the next session begins; null if the event has none
 * @param upToDate whether the offset is the tail
 * @param closed whether the stream is closed and ends at the offset
 */
record Control(String nextOffset, @Nullable String cursor, boolean upToDate, boolean closed) {
    /**
     * Reads the data of a control event.
     *
     * @throws IOException if it is not a JSON object with an offset
     */
    static Control parse(byte[] json) throws IOException {
        Map<String, String> fields = JsonFields.read(json);
        String nextOffset = fields.get("streamNextOffset");
        if (nextOffset == null || nextOffset.isEmpty()) {
            throw new IOException("it has no streamNextOffset");
        }
        boolean closed = "true".equals(fields.get("streamClosed"));
        return new Control(
                nextOffset, fields.get("streamCursor"), closed || "true".equals(fields.get("upToDate")), closed);
    }
}
