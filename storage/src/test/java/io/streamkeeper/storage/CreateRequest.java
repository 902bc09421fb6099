package io.streamkeeper.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.Unpooled;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.ForkOrigin;
import io.streamkeeper.protocol.JsonSplitter;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;

/** A create in the making: of an empty stream of bytes that stays, unless something else is said. */
public final class CreateRequest {
    private final String path;
    private ContentType type;
    private Expiry expiry = Expiry.never();
    private Retention retention = Retention.none();
    private boolean closed;
    private ForkOrigin fork;
    private Preconditions preconditions = Preconditions.NONE;
    private String text = "";

    private CreateRequest(String path) {
        this.path = path;
    }

    public static CreateRequest at(String path) {
        return new CreateRequest(path);
    }

    public CreateRequest type(ContentType newType) {
        type = newType;
        return this;
    }

    public CreateRequest json() {
        return type(ContentType.JSON);
    }

    public CreateRequest expiry(Expiry newExpiry) {
        expiry = newExpiry;
        return this;
    }

    public CreateRequest ttl(long seconds) {
        return expiry(new Expiry.Ttl(seconds));
    }

    CreateRequest retention(Retention newRetention) {
        retention = newRetention;
        return this;
    }

    public CreateRequest insisting(Preconditions newPreconditions) {
        preconditions = newPreconditions;
        return this;
    }

    public CreateRequest closed() {
        closed = true;
        return this;
    }

    public CreateRequest text(String newText) {
        text = newText;
        return this;
    }

    public CreateRequest forkOf(String source, Offset offset) {
        return forkOf(source, offset, 0);
    }

    public CreateRequest forkOf(String source, Offset offset, long subOffset) {
        fork = new ForkOrigin(new StreamPath(source), offset, subOffset);
        return this;
    }

    Command.Create command() {
        Body body = text.isEmpty() ? Body.empty() : Body.of(Unpooled.copiedBuffer(text, UTF_8));
        if (!body.isEmpty() && type != null && type.isJson()) {
            body = new JsonSplitter().split(body.bytes());
        }
        return new Command.Create(new StreamPath(path), type, expiry, retention, closed, fork, preconditions, body);
    }
}
