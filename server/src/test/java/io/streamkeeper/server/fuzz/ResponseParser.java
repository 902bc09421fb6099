package io.streamkeeper.server.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the responses of one connection, whatever the reads cut them into, and accepts nothing that RFC 9112 does not
 * let a server send. Used by one thread.
 */
final class ResponseParser {
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.1 ([1-5][0-9]{2}) [ -~]*");
    private static final Pattern FIELD_LINE = Pattern.compile("([A-Za-z0-9-]+): ([!-~](?:[ -~]*[!-~])?)");
    private static final Pattern CHUNK_LINE = Pattern.compile("[0-9A-Fa-f]{1,8}");
    private static final int LINE_BYTES_MAX = 16 << 10;

    private enum State {
        STATUS,
        FIELDS,
        LENGTH_BODY,
        CHUNK_LENGTH,
        CHUNK_BODY,
        CHUNK_END,
        UNTIL_CLOSE
    }

    /** Of each request that waits for its response, whether it is HEAD. */
    private final Deque<Boolean> awaited = new ArrayDeque<>();

    private final Deque<Response> responses = new ArrayDeque<>();
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private State state = State.STATUS;
    private int status;
    private Map<String, String> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private ByteArrayOutputStream body = new ByteArrayOutputStream();
    private long left;

    /** A request is sent: its response may come. */
    void await(boolean head) {
        awaited.add(head);
    }

    /** The next whole response, or null. */
    @Nullable
    Response next() {
        return responses.poll();
    }

    /** Takes what was received. */
    void feed(ByteBuffer in) {
        while (in.hasRemaining()) {
            switch (state) {
                case LENGTH_BODY, CHUNK_BODY -> readBody(in);
                case UNTIL_CLOSE -> {
                    left = in.remaining();
                    readBody(in);
                }
                default -> readLine(in);
            }
        }
    }

    /** The connection is closed: nothing may be cut. */
    void end() {
        if (state == State.UNTIL_CLOSE) {
            finish();
        }
        if (state != State.STATUS || line.size() > 0) {
            throw new AssertionError("the connection ended inside a response: " + state + ", status " + status + ", "
                    + fields + ", " + left + " bytes are missing, line " + line);
        }
    }

    /** Whether a part of a response has come. */
    boolean isInside() {
        return state != State.STATUS || line.size() > 0;
    }

    private void readBody(ByteBuffer in) {
        int count = (int) Math.min(left, in.remaining());
        body.write(in.array(), in.arrayOffset() + in.position(), count);
        in.position(in.position() + count);
        left -= count;
        if (left == 0 && state == State.LENGTH_BODY) {
            finish();
        } else if (left == 0 && state == State.CHUNK_BODY) {
            state = State.CHUNK_END;
        }
    }

    private void readLine(ByteBuffer in) {
        while (in.hasRemaining()) {
            byte next = in.get();
            if (next == '\n') {
                String text = line.toString(StandardCharsets.ISO_8859_1);
                require(text.endsWith("\r"), "a bare LF after \"" + text + "\"");
                line.reset();
                takeLine(text.substring(0, text.length() - 1));
                return;
            }
            line.write(next);
            require(line.size() <= LINE_BYTES_MAX, "a line without an end");
        }
    }

    private void takeLine(String text) {
        switch (state) {
            case STATUS -> {
                status = Integer.parseInt(match(STATUS_LINE, text).group(1));
                fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
                body = new ByteArrayOutputStream();
                state = State.FIELDS;
            }
            case FIELDS -> takeField(text);
            case CHUNK_LENGTH -> {
                left = Integer.parseInt(match(CHUNK_LINE, text).group(), 16);
                state = left == 0 ? State.CHUNK_END : State.CHUNK_BODY;
                if (left == 0) {
                    left = -1;
                }
            }
            case CHUNK_END -> {
                require(text.isEmpty(), "a chunk does not end where its length says: " + text);
                if (left == -1) {
                    finish();
                } else {
                    state = State.CHUNK_LENGTH;
                }
            }
            default -> throw new IllegalStateException(state.toString());
        }
    }

    private void takeField(String text) {
        if (!text.isEmpty()) {
            Matcher field = match(FIELD_LINE, text);
            String before = fields.put(field.group(1), field.group(2));
            require(before == null, "field came twice: " + text);
            return;
        }
        if (status < 200) {
            require(status == 100, "interim status " + status);
            state = State.STATUS;
            return;
        }
        require(!awaited.isEmpty(), "a response to no request: " + status + " " + fields);
        beginBody(awaited.element());
    }

    private void beginBody(boolean head) {
        String length = fields.get("Content-Length");
        String coding = fields.get("Transfer-Encoding");
        require(length == null || coding == null, "Content-Length and Transfer-Encoding: " + fields);
        if (head || status == 204 || status == 304) {
            finish();
        } else if (length != null) {
            left = Long.parseLong(length);
            state = State.LENGTH_BODY;
            if (left == 0) {
                finish();
            }
        } else if (coding != null) {
            require(coding.equals("chunked"), "Transfer-Encoding: " + coding);
            state = State.CHUNK_LENGTH;
        } else {
            require("close".equals(fields.get("Connection")), "a body without length or end: " + fields);
            state = State.UNTIL_CLOSE;
        }
    }

    private void finish() {
        awaited.remove();
        responses.add(new Response(status, fields, body.toByteArray()));
        state = State.STATUS;
        left = 0;
    }

    private static Matcher match(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        require(matcher.matches(), "line \"" + text + "\" is not " + pattern);
        return matcher;
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new AssertionError(otherwise);
        }
    }
}
