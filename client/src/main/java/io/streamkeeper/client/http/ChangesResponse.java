package io.streamkeeper.client.http;

import io.streamkeeper.client.http.EventParser.Event;
import java.net.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/** One response of server-sent events with the changes of streams, read one event at a time. */
final class ChangesResponse extends EventResponse<ChangesEvent> {
    /**
     * Creates a response that has not begun yet.
     *
     * @param request the request, such as {@code GET http://…}, for messages
     * @param bytesMax the largest event in bytes
     * @param received runs whenever bytes arrive
     */
    ChangesResponse(String request, int bytesMax, Runnable received) {
        super(request, bytesMax, received);
    }

    @Override
    boolean mayMeanNoEvents(int status) {
        return false;
    }

    @Override
    void accepted(HttpHeaders headers) {}

    @Override
    @Nullable
    ChangesEvent take(Event event) {
        return ChangesEvent.of(event);
    }
}
