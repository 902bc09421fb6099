package io.streamkeeper.server.http;

import io.streamkeeper.protocol.Cursor;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.http.respond.ReadResponses;
import io.streamkeeper.server.shard.Shard;
import io.streamkeeper.server.shard.live.LongEvent;
import io.streamkeeper.server.shard.live.SseFrame;
import io.streamkeeper.server.shard.live.Subscriber;
import io.streamkeeper.server.shard.live.Subscription;
import io.streamkeeper.server.shard.live.TailEvent;
import org.jspecify.annotations.Nullable;

/**
 * One response of server-sent events (section 5.8). Owned by the connection's loop.
 *
 * <p>It pulls until it is at the tail, and receives each step from there on. While the client does not read, the
 * session receives nothing: it keeps its position, and pulls from there when the client reads again.
 */
final class SseSession extends EventSession implements Subscriber {
    /** Bytes of the stream that one event contains at most, approximately. */
    private static final int CHUNK_BYTES_MAX = 256 << 10;

    /** Bytes of the longest character: with a smaller limit, a chunk could never contain a whole one. */
    private static final int CHUNK_BYTES_MIN = 4;

    private final Subscription subscription;

    /** The session has requested the bytes after its position, or will when the client can receive them. */
    private boolean pulling;

    private long position;

    /** The offset at the position; null before the first chunk. */
    private @Nullable Offset next;

    private String cursor = "";

    SseSession(ConnectionHandler connection, Exchange exchange, Shard shard) {
        super(connection, exchange);
        int readBytesMax = connection.server().config().read().windowBytes();
        int chunkBytesMax = Math.max(CHUNK_BYTES_MIN, Math.min(CHUNK_BYTES_MAX, readBytesMax));
        this.subscription = new Subscription(shard, exchange.read(), chunkBytesMax, this);
    }

    @Override
    void begin() {
        pulling = true;
        subscription.open();
    }

    // ---- from the shard ----

    @Override
    public void pulled(Outcome outcome, boolean attached) {
        try {
            take(outcome, attached);
        } catch (RuntimeException | Error e) {
            connection.failed(e);
        }
    }

    private void take(Outcome outcome, boolean attached) {
        pulling = false;
        if (!(outcome instanceof Outcome.Chunk chunk)) {
            refused(outcome);
            return;
        }
        Refusal unmet = isHeadWritten() || isOver() ? null : ReadResponses.unmet(exchange, null);
        if (unmet != null) {
            refused(unmet);
        } else if (!isOver()) {
            if (!isHeadWritten()) {
                begin(chunk);
            }
            send(chunk, attached);
        }
        chunk.bytes().release();
    }

    /** Before the head, a refusal is the response; after the head, the response can only end. */
    private void refused(Outcome refusal) {
        if (!isOver() && !isHeadWritten()) {
            respond(connection.writer().outcome(exchange, refusal));
        } else {
            finish();
        }
    }

    private void begin(Outcome.Chunk first) {
        position = first.start().position();
        cursor = connection.writer().reads().cursor(exchange);
        writeHead(() -> connection.writer().reads().eventStream(exchange, first));
    }

    private void send(Outcome.Chunk chunk, boolean attached) {
        position = chunk.next().position();
        next = chunk.next();
        if (LongEvent.isFor(chunk)) {
            sendInParts(chunk);
            return;
        }
        write(SseFrame.encode(channel.alloc(), chunk, cursor, exchange.isFramed()));
        if (chunk.closed() || subscription.endsAt(position) || (attached && connection.endsWaiting())) {
            finish();
        } else if (!attached) {
            pull();
        }
    }

    private void sendInParts(Outcome.Chunk chunk) {
        writeInParts(new LongEvent(chunk, cursor, exchange.isFramed()));
        pull();
    }

    @Override
    public void moved(TailEvent event) {
        try {
            follow(event);
        } catch (RuntimeException | Error e) {
            connection.failed(e);
        }
    }

    private void follow(TailEvent event) {
        boolean isNew = event.to() > position || event.chunk().closed() || subscription.endsWithin(event);
        if (isOver() || pulling || !isNew) {
            return;
        }
        if (event.from() != position
                || subscription.endsWithin(event)
                || !connection.output().takesMore()) {
            pull();
            return;
        }
        position = event.to();
        next = event.chunk().next();
        if (LongEvent.isFor(event.chunk())) {
            sendInParts(event.chunk());
            return;
        }
        boolean shared = !exchange.isHttp10() && Cursor.value(cursor) <= event.cursor();
        write(
                shared
                        ? event.shared(exchange.isFramed())
                        : SseFrame.encode(channel.alloc(), event.chunk(), cursor, exchange.isFramed()));
        if (event.chunk().closed()) {
            finish();
        } else if (event.hasMore()) {
            pull();
        }
    }

    @Override
    public void ended() {
        finish();
    }

    // ---- the client ----

    /** Requests the bytes after the position, or continues a long event, when the client can receive more. */
    private void pull() {
        pulling = true;
        goOnWhenWritable();
    }

    @Override
    void goOnWithEvents() {
        subscription.pull(position);
    }

    @Override
    void wroteLong(LongEvent event) {
        if (event.closes() || subscription.endsAt(position)) {
            finish();
        } else {
            pull();
        }
    }

    // ---- the end ----

    /** Sessions may not wait any more: one at the tail ends now, any other when it reaches the tail. */
    @Override
    void stopWaiting() {
        if (isHeadWritten() && !pulling) {
            finish();
        }
    }

    @Override
    void writeLast(boolean unauthorized) {
        if (unauthorized && next != null) {
            channel.write(SseFrame.authorizationEnded(channel.alloc(), next, cursor, exchange.isFramed()));
        }
    }

    @Override
    void release() {
        if (isStarted()) {
            subscription.cancel();
        }
        super.release();
    }
}
