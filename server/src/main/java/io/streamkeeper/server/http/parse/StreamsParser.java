package io.streamkeeper.server.http.parse;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.LiveMode;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.protocol.StreamsEventId;
import io.streamkeeper.server.http.request.HeaderName;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.request.Method;
import io.streamkeeper.server.http.route.Routes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Creates the intent of a request that follows many streams with one response, in steps. It has the path of the root: a
 * GET names the streams in its query, a POST in its body, and a POST with a session's id changes which streams it
 * follows. Owned by one loop; it owns the request until the last step, or until it is closed.
 *
 * <p>A stream is written {@code path@offset}, split at the last {@code @}, with the path as in a URL or, in a body,
 * without percent-encoding.
 */
public final class StreamsParser implements AutoCloseable {
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

    private final HttpRequest request;
    private final int streamsMax;
    private final List<Command.Read> added = new ArrayList<>();
    private final List<StreamPath> removed = new ArrayList<>();
    private final Set<String> addedPaths = new HashSet<>();
    private @Nullable String session;
    private boolean asBytes;
    private @Nullable StreamLists lists;
    private @Nullable Intent intent;

    /**
     * Reads {@code request}.
     *
     * @param streamsMax how many streams a request may name
     */
    StreamsParser(HttpRequest request, int streamsMax) {
        this.request = request;
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
        if (!routes.isRoot(request.path())) {
            return false;
        }
        return request.method() == Method.POST
                || (request.method() == Method.GET && QueryParameters.has(request.query(), "stream"));
    }

    /** Whether such a request changes which streams a session follows. */
    static boolean isChange(HttpRequest request) {
        return request.method() == Method.POST && QueryParameters.has(request.query(), "session");
    }

    /** Does the next step; returns whether it was the last. */
    public boolean step() {
        try {
            intent = readOn();
        } catch (RefusedException e) {
            intent = new Intent.Refused(e.refusal(), null);
        }
        if (intent == null) {
            return false;
        }
        close();
        return true;
    }

    /** The intent, which owns nothing; after the last step. */
    public Intent intent() {
        if (intent == null) {
            throw new IllegalStateException("the request is not parsed yet");
        }
        return intent;
    }

    /** Releases the request, which is not needed any more. Called once. */
    @Override
    public void close() {
        if (lists != null) {
            lists.close();
        }
        request.release();
    }

    private @Nullable Intent readOn() {
        StreamLists reading = lists;
        if (reading == null) {
            checkLength(request.body());
            if (isChange(request)) {
                session = QueryParameters.all(request.query(), "session").get(0);
            } else {
                checkMode();
            }
            if (request.method() == Method.GET) {
                return named();
            }
            reading =
                    new StreamLists(request.body(), ENTRY_BYTES_MAX, this::add, session == null ? null : this::remove);
            lists = reading;
        }
        if (!reading.step()) {
            return null;
        }
        return session == null
                ? new Intent.OnStreams(added, false, asBytes)
                : new Intent.OnSession(session, added, removed);
    }

    private void checkMode() {
        asBytes = asBytes(QueryParameters.all(request.query(), "encoding"));
        if (!"sse".equals(QueryParameters.parse(request.query()).live())) {
            throw new RefusedException(
                    ErrorCode.INVALID_PARAMETER,
                    "a request for many streams has no parameter live=sse; expected it, or session with the id of one");
        }
    }

    private static boolean asBytes(List<String> encodings) {
        if (encodings.isEmpty()) {
            return false;
        }
        if (encodings.size() > 1 || !encodings.get(0).equals("base64")) {
            throw new RefusedException(
                    ErrorCode.INVALID_PARAMETER,
                    "parameter encoding " + Quoted.of(String.join(",", encodings)) + " is not valid; expected base64");
        }
        return true;
    }

    /** The streams that the query names, from where the last event that the client received has ended. */
    private Intent named() {
        for (String stream : QueryParameters.all(request.query(), "stream")) {
            add(stream);
        }
        String lastEventId = lastEventId();
        List<Command.Read> reads =
                lastEventId.isEmpty() ? added : StreamsResumption.resume(added, StreamsEventId.parse(lastEventId));
        return new Intent.OnStreams(reads, reads.size() <= StreamsEventId.STREAMS_MAX, asBytes);
    }

    /** The id of the last event that the client received, of which fields have each byte as a character. */
    private String lastEventId() {
        String field = request.header(HeaderName.LAST_EVENT_ID);
        if (field != null && !field.isEmpty()) {
            return new String(field.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        }
        String parameter = QueryParameters.parse(request.query()).lastEventId();
        return parameter == null ? "" : parameter;
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
        Command.Read read = read(stream);
        if (!addedPaths.add(read.path().value())) {
            throw new RefusedException(
                    ErrorCode.INVALID_PARAMETER,
                    "the request names stream " + Quoted.of(read.path().value())
                            + " twice, and from which offset it is to be read is not known; expected each stream once");
        }
        added.add(read);
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
}
