package io.streamkeeper.client.http;

import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.http.EventParser.Event;
import io.streamkeeper.protocol.ContentType;
import java.net.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/** One response of server-sent events of one stream, read one batch at a time. */
final class EventSession extends EventResponse<Batch> {
    private final ContentType type;
    private final int bytesMax;
    private BatchAssembler batches;

    /**
     * Creates a session whose response has not begun yet.
     *
     * @param type the stream's content type
     * @param request the request, such as {@code GET http://…}, for messages
     * @param bytesMax the largest batch in bytes
     * @param received runs whenever bytes arrive
     */
    EventSession(ContentType type, String request, int bytesMax, Runnable received) {
        super(request, bytesMax, received);
        this.type = type;
        this.bytesMax = bytesMax;
        this.batches = new BatchAssembler(type, false, bytesMax);
    }

    /** The cursor that the next session has to echo, or null. */
    synchronized @Nullable String cursor() {
        return batches.cursor();
    }

    @Override
    void accepted(HttpHeaders headers) {
        boolean isBase64 = headers.firstValue("Stream-SSE-Data-Encoding")
                .filter("base64"::equalsIgnoreCase)
                .isPresent();
        batches = new BatchAssembler(type, isBase64, bytesMax);
    }

    @Override
    @Nullable
    Batch take(Event event) {
        return batches.take(event);
    }
}
