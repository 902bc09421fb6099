package io.streamkeeper.server.http.parse;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.JsonSplitter;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.server.http.request.HeaderName;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.request.Method;
import io.streamkeeper.server.shard.BodySplitting;
import io.streamkeeper.server.shard.JsonRoom;
import org.jspecify.annotations.Nullable;

/**
 * Creates a {@link Body} from a request's bytes, split into messages if they are JSON (section 9.1). One for each event
 * loop, used by that loop only.
 */
public final class BodyParser {
    private final JsonSplitter splitter;
    private final JsonRoom room;

    public BodyParser(JsonSplitter splitter, JsonRoom room) {
        this.splitter = splitter;
        this.room = room;
    }

    /** A body whose type is that of a fork's source, which is not known yet. It owns {@code bytes}. */
    Body ofSourcesType(ByteBuf bytes) {
        return bytes.isReadable() ? room.unsplit(bytes) : Body.of(bytes);
    }

    /**
     * Begins to split a JSON body that is too long to be split at once, and owns it from then on; null for any other
     * body.
     */
    @Nullable
    BodySplitting begin(HttpRequest request) {
        boolean isWrite = request.method() == Method.POST || request.method() == Method.PUT;
        return isWrite && BodySplitting.isFor(request.body()) && isJson(request.header(HeaderName.CONTENT_TYPE))
                ? new BodySplitting(room.unsplit(request.body()), splitter)
                : null;
    }

    private static boolean isJson(@Nullable String contentType) {
        try {
            return contentType != null && ContentType.parse(contentType).isJson();
        } catch (RefusedException e) {
            return false;
        }
    }

    /** The request's body, owned by the result; a body that does not match its type has that as its problem. */
    Body parse(HttpRequest request, @Nullable ContentType contentType) {
        Body split = request.split();
        ByteBuf bytes = request.body();
        if (split != null) {
            return split;
        }
        boolean messages = contentType != null && contentType.isJson() && bytes.isReadable();
        return messages ? room.split(splitter, bytes) : Body.of(bytes);
    }
}
