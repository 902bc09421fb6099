package io.streamkeeper.server.http.parse;

import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.Producer;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.protocol.StreamSeq;
import io.streamkeeper.server.http.request.HeaderName;
import io.streamkeeper.server.http.request.HttpRequest;

/**
 * Creates a {@link Command.Append} from a POST (sections 5.2 and 5.3). One for each event loop, used by that loop only.
 */
final class AppendParser {
    private final BodyParser bodies;

    AppendParser(BodyParser bodies) {
        this.bodies = bodies;
    }

    /**
     * Parses the request; the command owns the request's body. A problem within a JSON body is not refused here, but
     * kept in {@link Body#problem}, because the refusals of a closed stream and of a different type have precedence
     * (section 5.2).
     *
     * @throws RefusedException if a field is not valid; the caller then still has to release the request
     */
    Command.Append parse(HttpRequest request, StreamPath path) {
        Conditions.checkPlain(request);
        boolean close = CreateParser.isClosed(request);
        boolean empty = !request.body().isReadable();
        if (empty && !close) {
            throw new RefusedException(
                    ErrorCode.EMPTY_BODY, "the body is empty; expected bytes to append, or Stream-Closed: true");
        }
        // Section 5.2: the content type is ignored if the body is empty.
        ContentType contentType = empty ? null : contentType(request);
        Producer producer = Producer.parse(
                request.header(HeaderName.PRODUCER_ID),
                request.header(HeaderName.PRODUCER_EPOCH),
                request.header(HeaderName.PRODUCER_SEQ));
        String streamSeq = StreamSeq.check(request.header(HeaderName.STREAM_SEQ));
        String expected = request.header(HeaderName.STREAM_EXPECTED_OFFSET);
        Offset expectedOffset = expected == null ? null : Offset.parse(expected);
        Preconditions preconditions = Conditions.ofWrite(request);
        Body body = bodies.parse(request, contentType).toAppend();
        return new Command.Append(path, contentType, close, producer, streamSeq, expectedOffset, preconditions, body);
    }

    private static ContentType contentType(HttpRequest request) {
        String text = request.header(HeaderName.CONTENT_TYPE);
        if (text == null) {
            throw new RefusedException(
                    ErrorCode.MISSING_CONTENT_TYPE, "the field content-type is missing; expected that of the stream");
        }
        return ContentType.parse(text);
    }
}
