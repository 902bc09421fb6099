package io.streamkeeper.server.http.parse;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.MetadataChange;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.http.request.HeaderName;
import io.streamkeeper.server.http.request.HttpRequest;

/** Creates a {@link Command.Change} from a PATCH. */
final class ChangeParser {
    /** What a stream gets at its creation, or by an append, and what no change sets. */
    private static final HeaderName[] NOT_CHANGED = {
        HeaderName.STREAM_CLOSED,
        HeaderName.STREAM_FORKED_FROM,
        HeaderName.STREAM_FORK_OFFSET,
        HeaderName.STREAM_FORK_SUB_OFFSET
    };

    private ChangeParser() {}

    /**
     * Parses the request; the caller still has to release it.
     *
     * @throws RefusedException if a field is not valid, nothing changes, or the request has a body
     */
    static Command.Change parse(HttpRequest request, StreamPath path) {
        if (request.body().isReadable()) {
            throw new RefusedException(
                    ErrorCode.UNEXPECTED_BODY,
                    "a PATCH came with a body of " + request.body().readableBytes()
                            + " bytes; expected none, and the new values in header fields");
        }
        Conditions.checkNoneOfAppends(request);
        checkNoneOfOthers(request);
        MetadataChange change = MetadataChange.parse(
                request.header(HeaderName.CONTENT_TYPE),
                request.header(HeaderName.STREAM_TTL),
                request.header(HeaderName.STREAM_EXPIRES_AT),
                request.header(HeaderName.STREAM_RETENTION_MAX_AGE),
                request.header(HeaderName.STREAM_RETENTION_MAX_BYTES),
                request.header(HeaderName.STREAM_RETENTION_MAX_MESSAGES));
        return new Command.Change(path, change, Conditions.ofWrite(request));
    }

    private static void checkNoneOfOthers(HttpRequest request) {
        for (HeaderName name : NOT_CHANGED) {
            if (request.has(name)) {
                throw new RefusedException(
                        ErrorCode.INVALID_HEADER, "field " + name.text() + " came with PATCH, which cannot change it");
            }
        }
    }
}
