package io.streamkeeper.client.http;

import io.streamkeeper.client.http.EventParser.Event;
import java.net.http.HttpHeaders;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One response of server-sent events of many streams, read one event at a time. */
final class SharedResponse extends EventResponse<StreamEvent> {
    /** Also the statuses of servers that do not have this extension of the protocol. */
    private static final Set<Integer> NO_EXTENSION = Set.of(404, 405);

    /**
     * Creates a response that has not begun yet.
     *
     * @param request the request, such as {@code POST http://…}, for messages
     * @param bytesMax the largest event in bytes
     * @param received runs whenever bytes arrive
     */
    SharedResponse(String request, int bytesMax, Runnable received) {
        super(request, bytesMax, received);
    }

    @Override
    boolean mayMeanNoEvents(int status) {
        return super.mayMeanNoEvents(status) || NO_EXTENSION.contains(status);
    }

    @Override
    void accepted(HttpHeaders headers) {}

    @Override
    @Nullable
    StreamEvent take(Event event) {
        return StreamEvent.of(event);
    }
}
