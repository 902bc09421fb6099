package io.streamkeeper.server.http;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.LiveMode;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.server.http.decode.Authority;
import io.streamkeeper.server.http.decode.HeadRoom;
import io.streamkeeper.server.http.decode.HeaderName;
import io.streamkeeper.server.http.decode.HttpRequest;
import io.streamkeeper.server.http.decode.Method;
import io.streamkeeper.server.shard.LongPoll;
import io.streamkeeper.storage.shard.Reply;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request's place in its connection's order: the request as far as the response needs it, then the response until
 * its turn comes. Owned by the connection's loop, to which {@link #complete} carries itself over.
 */
final class Exchange implements Reply {
    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

    private final ConnectionHandler connection;
    private final @Nullable HttpRequest request;
    private boolean closes;
    private Command.@Nullable Read read;
    private @Nullable LongPoll poll;
    private @Nullable LongResponse session;
    private @Nullable Response response;
    private int waitingBytes;
    private volatile boolean completed;

    /**
     * The place of a request.
     *
     * @param request null for what could not be read as one
     * @param closes whether the connection ends behind the response
     */
    Exchange(ConnectionHandler connection, @Nullable HttpRequest request, boolean closes) {
        this.connection = connection;
        this.request = request;
        this.closes = closes;
    }

    // ---- the request ----

    /** What the request takes of its connection's {@link HeadRoom}. */
    int headMemoryBytes() {
        return request == null ? 0 : request.headMemoryBytes();
    }

    boolean closes() {
        return closes;
    }

    /** The response is its connection's last after all. */
    void closeAfter() {
        closes = true;
    }

    boolean isHttp10() {
        return request != null && request.isHttp10();
    }

    /** Whether a body that has no length known before gets chunked coding. */
    boolean isFramed() {
        return !isHttp10();
    }

    /** Whether the response ends behind its head, whatever that says of a body. */
    boolean isBodyless() {
        return request != null && request.method() == Method.HEAD;
    }

    boolean isCrossOrigin() {
        return request != null
                && (request.method() == Method.GET
                        || request.method() == Method.HEAD
                        || request.has(HeaderName.ORIGIN));
    }

    /** Which answer to a read the client wants. */
    Preconditions conditions() {
        return request == null ? Preconditions.NONE : Conditions.ofRead(request);
    }

    boolean acceptsGzip() {
        String accepted = request == null ? null : request.header(HeaderName.ACCEPT_ENCODING);
        return accepted != null && AcceptEncoding.allowsGzip(accepted);
    }

    /** The stream's absolute URL: with the host that the client names, or else the address that it is connected to. */
    String url() {
        String named = request == null ? null : request.authority();
        String authority = named == null ? Authority.of(connection.channel().localAddress()) : named;
        return connection.scheme() + "://" + authority + (request == null ? "/" : request.path());
    }

    /** The read that this answers. */
    Command.Read read() {
        if (read == null) {
            throw new IllegalStateException("the exchange does not answer a read");
        }
        return read;
    }

    void read(Command.Read newRead) {
        read = newRead;
    }

    /** Whether it is a poll whose turn has not come. */
    boolean isPollToBegin() {
        return read != null && read.live() == LiveMode.LONG_POLL && poll == null && response == null;
    }

    /** The poll to cancel if the client goes. */
    @Nullable
    LongPoll poll() {
        return poll;
    }

    void poll(LongPoll newPoll) {
        poll = newPoll;
    }

    /** The session that begins when this exchange's turn has come. */
    @Nullable
    LongResponse session() {
        return session;
    }

    void session(@Nullable LongResponse newSession) {
        session = newSession;
    }

    // ---- the response ----

    /** Takes the first outcome; any other is one too many, and releases what it owns. By one thread at a time, any. */
    @Override
    public void complete(Outcome outcome) {
        if (completed) {
            LOG.error("a request was answered twice, the second time with {}", outcome.getClass(), new Throwable());
            if (outcome instanceof Outcome.Chunk chunk) {
                chunk.bytes().release();
            }
            return;
        }
        completed = true;
        connection.complete(this, outcome);
    }

    @Override
    public boolean isAbandoned() {
        return !connection.channel().isActive();
    }

    @Nullable
    Response response() {
        return response;
    }

    void response(Response newResponse) {
        response = newResponse;
    }

    /** What its response takes while it waits for its turn. */
    int waitingBytes() {
        return waitingBytes;
    }

    void waitingBytes(int bytes) {
        waitingBytes = bytes;
    }
}
