package io.streamkeeper.server.http.parse;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.Digits;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.ForkOrigin;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.config.RetentionConfig;
import io.streamkeeper.server.http.decode.Octets;
import io.streamkeeper.server.http.request.HeaderName;
import io.streamkeeper.server.http.request.HttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * Creates a {@link Command.Create} from a PUT (sections 5.1 and 4.2). One for each event loop, used by that loop only.
 */
final class CreateParser {
    /** More digits may not fit a {@code long}. */
    private static final int SUB_OFFSET_DIGITS_MAX = 18;

    private final RetentionConfig defaults;
    private final BodyParser bodies;

    CreateParser(RetentionConfig defaults, BodyParser bodies) {
        this.defaults = defaults;
        this.bodies = bodies;
    }

    /**
     * Parses the request; the command owns the request's body.
     *
     * @param root the path that streams are below
     * @throws RefusedException if a field is not valid; the caller then still has to release the request
     */
    Command.Create parse(HttpRequest request, StreamPath path, String root) {
        Conditions.checkPlain(request);
        Conditions.checkNoneOfAppends(request);
        String type = request.header(HeaderName.CONTENT_TYPE);
        ContentType contentType = type == null ? null : ContentType.parse(type);
        Expiry expiry =
                Expiry.parse(request.header(HeaderName.STREAM_TTL), request.header(HeaderName.STREAM_EXPIRES_AT));
        Retention asked = Retention.parse(
                request.header(HeaderName.STREAM_RETENTION_MAX_AGE),
                request.header(HeaderName.STREAM_RETENTION_MAX_BYTES),
                request.header(HeaderName.STREAM_RETENTION_MAX_MESSAGES));
        boolean closed = isClosed(request);
        ForkOrigin fork = fork(request, root);
        Retention retention = asked.isNone() && fork == null ? defaults.of(path) : asked;
        Preconditions preconditions = Conditions.ofWrite(request);
        return new Command.Create(
                path,
                contentType,
                expiry,
                retention,
                closed,
                fork,
                preconditions,
                fork != null && contentType == null
                        ? bodies.ofSourcesType(request.body())
                        : bodies.parse(request, contentType));
    }

    /** Whether the request closes the stream; any value but {@code true} means that it does not (section 5.1). */
    static boolean isClosed(HttpRequest request) {
        String value = request.header(HeaderName.STREAM_CLOSED);
        return value != null && value.equalsIgnoreCase("true");
    }

    private static @Nullable ForkOrigin fork(HttpRequest request, String root) {
        String source = request.header(HeaderName.STREAM_FORKED_FROM);
        String offset = request.header(HeaderName.STREAM_FORK_OFFSET);
        String subOffset = request.header(HeaderName.STREAM_FORK_SUB_OFFSET);
        if (source != null) {
            return new ForkOrigin(source(source, root), offset(offset), subOffset(subOffset));
        }
        if (offset != null || subOffset != null) {
            HeaderName name = offset != null ? HeaderName.STREAM_FORK_OFFSET : HeaderName.STREAM_FORK_SUB_OFFSET;
            throw invalid("field " + name.text() + " came alone; expected stream-forked-from with it");
        }
        return null;
    }

    private static StreamPath source(String text, String root) {
        boolean path = text.startsWith(root) && text.indexOf('?') < 0 && text.indexOf('#') < 0;
        if (!path) {
            throw invalid("Stream-Forked-From " + Quoted.of(text)
                    + " is not valid; expected the path of a stream below " + root);
        }
        StreamPath source = StreamPath.parse(text.substring(root.length()));
        if (source.isReserved()) {
            throw new RefusedException(
                    ErrorCode.SOURCE_NOT_FOUND,
                    "no client has a stream at the reserved path " + Quoted.of(source.value()));
        }
        return source;
    }

    private static @Nullable Offset offset(@Nullable String text) {
        if (text == null || text.equals(ReadStart.NOW)) {
            return null;
        }
        return text.equals(ReadStart.BEGINNING) ? Offset.ZERO : Offset.parse(text);
    }

    private static long subOffset(@Nullable String text) {
        if (text == null) {
            return 0;
        }
        boolean number = !text.isEmpty()
                && text.length() <= SUB_OFFSET_DIGITS_MAX
                && text.chars().allMatch(Octets::isDigit)
                && (text.length() == 1 || text.charAt(0) != '0');
        if (!number) {
            throw invalid("Stream-Fork-Sub-Offset " + Quoted.of(text)
                    + " is not valid; expected a decimal integer without sign and leading zeros, at most "
                    + SUB_OFFSET_DIGITS_MAX + " digits");
        }
        return Digits.toLong(text);
    }

    private static RefusedException invalid(String message) {
        return new RefusedException(ErrorCode.INVALID_HEADER, message);
    }
}
