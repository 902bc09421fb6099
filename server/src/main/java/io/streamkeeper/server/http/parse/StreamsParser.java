package io.streamkeeper.server.http.parse;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
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
    private static final JsonFactory JSON = new JsonFactory();

    private StreamsParser() {}

    /** Whether a request follows many streams, or changes which ones a session follows. */
    static boolean isFor(HttpRequest request, Routes routes) {
        String root = routes.root();
        if (root == null || !request.path().equals(root) || routes.find(root) != null) {
            return false;
        }
        return request.method() == Method.POST
                || (request.method() == Method.GET
                        && !QueryParameters.all(request.query(), "stream").isEmpty());
    }

    /**
     * Reads the request; its body is not released.
     *
     * @throws RefusedException if it is not valid
     */
    static Intent parse(HttpRequest request) {
        List<String> session = QueryParameters.all(request.query(), "session");
        if (request.method() == Method.POST && !session.isEmpty()) {
            return change(session.get(0), request.body());
        }
        if (!"sse".equals(QueryParameters.parse(request.query()).live())) {
            throw new RefusedException(
                    ErrorCode.INVALID_PARAMETER,
                    "a request for many streams has no parameter live=sse; expected it, or session with the id of one");
        }
        List<Command.Read> reads = new ArrayList<>();
        if (request.method() == Method.GET) {
            for (String stream : QueryParameters.all(request.query(), "stream")) {
                reads.add(read(stream));
            }
        } else {
            strings(request.body(), null, reads, new ArrayList<>());
        }
        return new Intent.OnStreams(reads);
    }

    private static Intent change(String session, ByteBuf body) {
        List<Command.Read> added = new ArrayList<>();
        List<StreamPath> removed = new ArrayList<>();
        strings(body, "add", added, removed);
        return new Intent.OnSession(session, added, removed);
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
    private static void strings(
            ByteBuf body, @Nullable String member, List<Command.Read> added, List<StreamPath> removed) {
        try (JsonParser json = JSON.createParser((InputStream) new ByteBufInputStream(body.slice()))) {
            if (member == null) {
                list(json, json.nextToken(), text -> added.add(read(text)));
            } else {
                expect(json.nextToken() == JsonToken.START_OBJECT);
                while (json.nextToken() == JsonToken.FIELD_NAME) {
                    boolean adds = json.currentName().equals(member);
                    expect(adds || json.currentName().equals("remove"));
                    list(json, json.nextToken(), text -> {
                        if (adds) {
                            added.add(read(text));
                        } else {
                            removed.add(path(text));
                        }
                    });
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
