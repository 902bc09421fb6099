package io.streamkeeper.server.http;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.JsonSplitter;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link Body} of a request's bytes: one of messages where they are JSON (section 9.1). One for each event loop, used
 * by that loop only.
 */
final class BodyParser {
    private final JsonSplitter splitter;

    BodyParser(JsonSplitter splitter) {
        this.splitter = splitter;
    }

    /** Takes over {@code bytes}; a body that is not what its type says carries that as its problem. */
    Body parse(ByteBuf bytes, @Nullable ContentType contentType) {
        boolean messages = contentType != null && contentType.isJson() && bytes.isReadable();
        return messages ? splitter.split(bytes) : Body.of(bytes);
    }
}
