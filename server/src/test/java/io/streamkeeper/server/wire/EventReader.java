package io.streamkeeper.server.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads one response of server-sent events as a browser does. */
public final class EventReader implements AutoCloseable {
    private final TestConnection connection;
    private final Answer head;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private byte[] chunk = {};
    private int index;
    private @Nullable String lastOffset;
    private int retryMillis;

    EventReader(TestConnection connection, Answer head) {
        this.connection = connection;
        this.head = head;
    }

    public Answer head() {
        return head;
    }

    /** How long the client waits before it connects again, as the server said. */
    int retryMillis() {
        return retryMillis;
    }

    public TestConnection connection() {
        return connection;
    }

    /** The next event, or null at the proper end of the response. */
    @Nullable
    public Event next() throws IOException {
        String type = "message";
        String id = null;
        StringBuilder data = null;
        String comment = null;
        boolean retry = false;
        for (String text = nextLine(); text != null; text = nextLine()) {
            if (text.isEmpty()) {
                if (data != null) {
                    return new Event(type, data.toString(), id);
                }
                if (comment != null) {
                    return new Event("comment", comment, null);
                }
                assertThat(retry).as("an event that has nothing but a time").isTrue();
                retry = false;
                continue;
            }
            int colon = text.indexOf(':');
            String name = colon < 0 ? text : text.substring(0, colon);
            String value = colon < 0 ? "" : text.substring(colon + 1);
            value = value.startsWith(" ") ? value.substring(1) : value;
            switch (name) {
                case "" -> comment = value;
                case "retry" -> {
                    retryMillis = Integer.parseInt(value);
                    retry = true;
                }
                case "event" -> type = value;
                case "id" -> id = value;
                case "data" ->
                    data = data == null
                            ? new StringBuilder(value)
                            : data.append('\n').append(value);
                default -> throw new AssertionError("a field of no event: " + text);
            }
        }
        assertThat(data).as("an event that the response's end cuts").isNull();
        return null;
    }

    /** The next event of a type; others before it are passed over. */
    public Event next(String type) throws IOException {
        Event event = next();
        while (event != null && !event.type().equals(type)) {
            event = next();
        }
        assertThat(event).as("an event %s", type).isNotNull();
        return event;
    }

    private @Nullable String nextLine() throws IOException {
        while (true) {
            while (index < chunk.length) {
                byte b = chunk[index++];
                if (b == '\n') {
                    return takeLine();
                }
                line.write(b);
            }
            byte[] next = connection.input().chunk();
            if (next == null) {
                assertThat(line.size())
                        .as("bytes of a line that the response's end cuts")
                        .isZero();
                return null;
            }
            chunk = next;
            index = 0;
        }
    }

    /** Strictly UTF-8: a character that is cut would be replaced silently otherwise. */
    private String takeLine() throws CharacterCodingException {
        String text = StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(line.toByteArray()))
                .toString();
        line.reset();
        return text;
    }

    /** The next event, which must be a control event; comments are passed over. */
    public Event control() throws IOException {
        Event event = next();
        while (event != null && event.type().equals("comment")) {
            event = next();
        }
        assertThat(event).isNotNull();
        assertThat(event.type()).as("the type of %s", event).isEqualTo("control");
        assertThat(event.id()).isEqualTo(event.nextOffset());
        lastOffset = event.nextOffset();
        return event;
    }

    /**
     * The next data event, which its control event must follow at once; comments and controls before are passed over.
     */
    public Event data() throws IOException {
        Event event = next();
        while (event != null && !event.isData()) {
            event = next();
        }
        assertThat(event).as("a data event").isNotNull();
        Event control = next();
        assertThat(control).as("what follows %s", event).isNotNull();
        assertThat(control.isControl())
                .as("whether a control event follows %s", event)
                .isTrue();
        assertThat(event.id()).isEqualTo(control.nextOffset());
        lastOffset = control.nextOffset();
        return event;
    }

    /** The offset that the last control event named. */
    public String lastOffset() {
        if (lastOffset == null) {
            throw new IllegalStateException("no control event yet");
        }
        return lastOffset;
    }

    /** All events up to the response's end. */
    public List<Event> rest() throws IOException {
        List<Event> events = new ArrayList<>();
        for (Event event = next(); event != null; event = next()) {
            events.add(event);
        }
        return events;
    }

    /**
     * Reads data events until they are {@code expected} bytes together; the payloads joined, decoded if they are
     * base64.
     */
    public byte[] bytes(int expected) throws IOException {
        boolean base64 = "base64".equals(head.field("Stream-SSE-Data-Encoding"));
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        while (all.size() < expected) {
            String data = data().data();
            all.write(base64 ? Base64.getDecoder().decode(data) : data.getBytes(StandardCharsets.UTF_8));
        }
        assertThat(all.size()).isEqualTo(expected);
        return all.toByteArray();
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
