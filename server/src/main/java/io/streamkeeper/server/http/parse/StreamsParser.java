package io.streamkeeper.server.http.parse;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.LiveMode;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.request.Method;
import io.streamkeeper.server.http.route.Routes;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Creates the intents of requests that follow many streams with one response. They have the path of the root: a GET
 * names the streams in its query, a POST in its body, and a POST with a session's id changes which streams it follows.
 *
 * <p>A stream is written {@code path@offset}, split at the last {@code @}, with the path as in a URL or, in a body,
 * without percent-encoding.
 */
final class StreamsParser {
    /** Bytes of the longest body, in which 10,000 streams have more than 800 bytes each. */
    private static final int BODY_BYTES_MAX = 8 << 20;

    /** Bytes of the longest entry: a path, each byte of which may be escaped, an offset, and what separates entries. */
    private static final int ENTRY_BYTES_MAX = 6 * StreamPath.BYTES_MAX + 64;

    /** Bytes of the shortest entry, {@code "a",}. */
    private static final int ENTRY_BYTES_MIN = 4;

    /** Heap of an entry, without the text of its path. */
    private static final int HEAP_PER_ENTRY = 256;

    /** Heap for each byte of a body: the text while it is parsed, and the path that is kept. */
    private static final int HEAP_PER_BYTE = 3;

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(ENTRY_BYTES_MAX)
                    .maxNameLength(ENTRY_BYTES_MAX)
                    .build())
            .build();

    private final int streamsMax;
    private final List<Command.Read> added = new ArrayList<>();
    private final List<StreamPath> removed = new ArrayList<>();

    private StreamsParser(int streamsMax) {
        this.streamsMax = streamsMax;
    }

    /** The longest body of a request for at most {@code streamsMax} streams. */
    static int bodyBytesMax(int streamsMax) {
        return (int) Math.min(BODY_BYTES_MAX, ENTRY_BYTES_MAX * (streamsMax + 1L));
    }

    /** The most heap that parsing a body of {@code bodyBytes} bytes needs, and the result of it. */
    static long heapBytesMax(int bodyBytes, int streamsMax) {
        long entries = Math.min(streamsMax, bodyBytes / ENTRY_BYTES_MIN);
        return entries * HEAP_PER_ENTRY + (long) bodyBytes * HEAP_PER_BYTE;
    }

    /** Whether a request follows many streams, or changes which ones a session follows. */
    static boolean isFor(HttpRequest request, Routes routes) {
        String root = routes.root();
        if (root == null || !request.path().equals(root) || routes.find(root) != null) {
            return false;
        }
        return request.method() == Method.POST
                || (request.method() == Method.GET && QueryParameters.has(request.query(), "stream"));
    }

    /**
     * Reads the request; its body is not released.
     *
     * @param streamsMax how many streams a request may name
     * @throws RefusedException if it is not valid
     */
    static Intent parse(HttpRequest request, int streamsMax) {
        return new StreamsParser(streamsMax).parse(request);
    }

    private Intent parse(HttpRequest request) {
        checkLength(request.body());
        List<String> session = QueryParameters.all(request.query(), "session");
        if (request.method() == Method.POST && !session.isEmpty()) {
            strings(request.body(), "add");
            return new Intent.OnSession(session.get(0), added, removed);
        }
        if (!"sse".equals(QueryParameters.parse(request.query()).live())) {
            throw new RefusedException(
                    ErrorCode.INVALID_PARAMETER,
                    "a request for many streams has no parameter live=sse; expected it, or session with the id of one");
        }
        if (request.method() == Method.GET) {
            for (String stream : QueryParameters.all(request.query(), "stream")) {
                add(stream);
            }
        } else {
            strings(request.body(), null);
        }
        return new Intent.OnStreams(added);
    }

    private void checkLength(ByteBuf body) {
        int most = bodyBytesMax(streamsMax);
        if (body.readableBytes() > most) {
            throw new RefusedException(
                    ErrorCode.BODY_TOO_LARGE,
                    "a body of " + body.readableBytes() + " bytes or more is too large; expected at most " + most);
        }
    }

    private void add(String stream) {
        checkCount();
        added.add(read(stream));
    }

    private void remove(String path) {
        checkCount();
        removed.add(path(path));
    }

    /** Checks that the request may name one more stream. */
    private void checkCount() {
        if (added.size() + removed.size() >= streamsMax) {
            throw new RefusedException(
                    ErrorCode.INVALID_PARAMETER,
                    "the request names more than " + streamsMax + " streams; expected at most that");
        }
    }

    private static Command.Read read(String stream) {
        int at = stream.lastIndexOf('@');
        if (at < 0) {
            throw new RefusedException(
                    ErrorCode.INVALID_PARAMETER,
                    "stream " + Quoted.of(stream)
                            + " has no offset; expected the path, an @, and an offset, -1 or now");
        }
        StreamPath path = path(stream.substring(0, at));
        return new Command.Read(path, ReadStart.parse(stream.substring(at + 1)), LiveMode.SSE, -1, null, null);
    }

    private static StreamPath path(String text) {
        StreamPath path = StreamPath.of(text);
        if (path.isReserved()) {
            throw new RefusedException(
                    ErrorCode.INVALID_PATH,
                    "stream path " + Quoted.of(text) + " is reserved; expected another first segment than "
                            + StreamPath.RESERVED_SEGMENT);
        }
        return path;
    }

    /**
     * Reads a list of strings, or an object with such lists.
     *
     * @param member the member of the object whose strings name streams with offsets; null for a list without an object
     */
    private void strings(ByteBuf body, @Nullable String member) {
        try (JsonParser json = JSON.createParser((InputStream) new ByteBufInputStream(body.slice()))) {
            if (member == null) {
                list(json, json.nextToken(), this::add);
            } else {
                expect(json.nextToken() == JsonToken.START_OBJECT);
                while (json.nextToken() == JsonToken.FIELD_NAME) {
                    boolean adds = json.currentName().equals(member);
                    expect(adds || json.currentName().equals("remove"));
                    list(json, json.nextToken(), adds ? this::add : this::remove);
                }
            }
            expect(json.nextToken() == null);
        } catch (JsonProcessingException e) {
            throw invalid();
        } catch (IOException e) {
            throw new IllegalStateException("a body in memory cannot be read", e);
        }
    }

    private static void list(JsonParser json, @Nullable JsonToken first, Consumer<String> strings) throws IOException {
        expect(first == JsonToken.START_ARRAY);
        while (json.nextToken() == JsonToken.VALUE_STRING) {
            strings.accept(json.getText());
        }
        expect(json.currentToken() == JsonToken.END_ARRAY);
    }

    private static void expect(boolean holds) {
        if (!holds) {
            throw invalid();
        }
    }

    private static RefusedException invalid() {
        return new RefusedException(
                ErrorCode.INVALID_JSON,
                "the body is not valid; expected a list of strings such as [\"chat/42@-1\"], or, with the parameter"
                        + " session, an object such as {\"add\":[\"chat/42@-1\"],\"remove\":[\"chat/41\"]}");
    }
}
