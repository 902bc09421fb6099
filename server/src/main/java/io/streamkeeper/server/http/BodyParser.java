package io.streamkeeper.server.http;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.JsonSplitter;
import io.streamkeeper.server.shard.JsonRoom;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link Body} of a request's bytes: one of messages where they are JSON (section 9.1). One for each event loop, used
 * by that loop only.
 */
final class BodyParser {
    private final JsonSplitter splitter;
    private final JsonRoom room;

    BodyParser(JsonSplitter splitter, JsonRoom room) {
        this.splitter = splitter;
        this.room = room;
    }

    /** Takes over {@code bytes}, whose type is that of a source which is not known yet. */
    Body ofSourcesType(ByteBuf bytes) {
        return bytes.isReadable() ? room.unsplit(bytes) : Body.of(bytes);
    }

    /** Takes over {@code bytes}; a body that is not what its type says carries that as its problem. */
    Body parse(ByteBuf bytes, @Nullable ContentType contentType) {
        boolean messages = contentType != null && contentType.isJson() && bytes.isReadable();
        return messages ? room.split(splitter, bytes) : Body.of(bytes);
    }
}
