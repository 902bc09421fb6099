package io.streamkeeper.client.http;

import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.http.EventParser.Event;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Quoted;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An event of a response that follows many streams.
 *
 * @param session the id of the session; null if the event is not about the session
 * @param stream the path of the stream; empty if the event is about the session
 * @param nextOffset the offset after the event; null for a stream that could not be read
 * @param data the event, if it is one of data; null for any other
 * @param control the fields of a control event; empty for others
 */
record StreamEvent(
        @Nullable String session,
        String stream,
        @Nullable String nextOffset,
        @Nullable Event data,
        Map<String, String> control) {
    private static final int QUOTED_BYTES_MAX = 200;

    /**
     * Reads an event; null for one of another kind, which a later version may have.
     *
     * @throws StreamException.Invalid if it violates the protocol
     */
    static @Nullable StreamEvent of(Event event) {
        return switch (event.name()) {
            case "session" -> new StreamEvent(required(event, "session"), "", null, null, Map.of());
            case "data" -> data(event);
            case "control" -> {
                String stream = required(event, "stream");
                Map<String, String> control = fields(event);
                yield new StreamEvent(null, stream, control.get("streamNextOffset"), null, control);
            }
            default -> null;
        };
    }

    private static StreamEvent data(Event event) {
        String id = event.id();
        int at = id == null ? -1 : id.lastIndexOf('@');
        if (id == null || at < 0) {
            throw invalid("a data event with the id " + Quoted.of(String.valueOf(id)) + ", which names no stream");
        }
        return new StreamEvent(null, id.substring(0, at), id.substring(at + 1), event, Map.of());
    }

    private static String required(Event event, String name) {
        String value = fields(event).get(name);
        if (value == null) {
            throw invalid("an event without " + name + ": " + text(event));
        }
        return value;
    }

    private static Map<String, String> fields(Event event) {
        try {
            return JsonFields.read(event.data());
        } catch (IOException e) {
            throw invalid("the event " + text(event) + ": " + e.getMessage());
        }
    }

    private static String text(Event event) {
        byte[] data = event.data();
        return Quoted.of(new String(data, 0, Math.min(data.length, QUOTED_BYTES_MAX), StandardCharsets.UTF_8));
    }

    private static StreamException invalid(String what) {
        return new StreamException.Invalid(BatchAssembler.INVALID_ANSWER, 200, "the server sent " + what);
    }

    /** Whether nothing of the stream follows. */
    boolean isLast() {
        return control.containsKey("removed") || isClosed() || control.containsKey("error");
    }

    /** Whether the stream is closed, and ends at the offset. */
    boolean isClosed() {
        return "true".equals(control.get("streamClosed"));
    }

    /** Why the stream cannot be read any more; null if it can. */
    @Nullable
    StreamException failure() {
        String code = control.get("error");
        return code == null
                ? null
                : StreamException.ofAnswer(
                        status(code),
                        code,
                        "stream " + Quoted.of(stream) + " cannot be read any more: " + code,
                        control.get("earliestOffset"),
                        null);
    }

    private static int status(String code) {
        for (ErrorCode known : ErrorCode.values()) {
            if (known.code().equals(code)) {
                return known.status();
            }
        }
        return ErrorCode.INTERNAL_ERROR.status();
    }
}
