package io.streamkeeper.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.Future;
import io.streamkeeper.protocol.Cursor;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.config.LiveConfig;
import io.streamkeeper.server.http.respond.ReadResponses;
import io.streamkeeper.server.shard.Shard;
import io.streamkeeper.server.shard.live.LongEvent;
import io.streamkeeper.server.shard.live.SseFrame;
import io.streamkeeper.server.shard.live.Subscriber;
import io.streamkeeper.server.shard.live.Subscription;
import io.streamkeeper.server.shard.live.TailEvent;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One response of server-sent events (section 5.8). Owned by the connection's loop.
 *
 * <p>It pulls until it is at the tail, and receives each step from there on. While the client does not read, the
 * session receives nothing: it keeps its position, and pulls from there when the client reads again.
 */
final class SseSession extends LongResponse implements Subscriber {
    /** Bytes of the stream that one event contains at most, approximately. */
    private static final int CHUNK_BYTES_MAX = 256 << 10;

    /** Bytes of the longest character: with a smaller limit, a chunk could never contain a whole one. */
    private static final int CHUNK_BYTES_MIN = 4;

    private static final ByteBuf LAST_CHUNK =
            Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));

    private final Subscription subscription;
    private boolean headWritten;

    /** The session has requested the bytes after its position, or will when the client can receive them. */
    private boolean pulling;

    /** The long event that is being written; the bytes after it are requested when it is written completely. */
    private @Nullable LongEvent longEvent;

    /** The response ends when that event is written. */
    private boolean finishes;

    /** The reader may not read any more, which the last event states. */
    private boolean authorizationEnded;

    private boolean wroteSince;
    private long position;

    /** The offset at the position; null before the first chunk. */
    private @Nullable Offset next;

    private String cursor = "";

    /** When the session ends at the latest, on the monotonic clock. */
    private long endNanos;

    private @Nullable Future<?> keepAlive;
    private @Nullable Future<?> lifetime;

    SseSession(ConnectionHandler connection, Exchange exchange, Shard shard) {
        super(connection, exchange);
        int readBytesMax = connection.server().config().read().windowBytes();
        int chunkBytesMax = Math.max(CHUNK_BYTES_MIN, Math.min(CHUNK_BYTES_MAX, readBytesMax));
        this.subscription = new Subscription(shard, exchange.read(), chunkBytesMax, this);
    }

    @Override
    boolean isLive() {
        return true;
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
        Refusal unmet = headWritten || isOver() ? null : ReadResponses.unmet(exchange, null);
        if (unmet != null) {
            refused(unmet);
        } else if (!isOver()) {
            if (!headWritten) {
                begin(chunk);
            }
            send(chunk, attached);
        }
        chunk.bytes().release();
    }

    /** Before the head, a refusal is the response; after the head, the response can only end. */
    private void refused(Outcome refusal) {
        if (!isOver() && !headWritten) {
            respond(connection.writer().outcome(exchange, refusal));
        } else {
            finish();
        }
    }

    private void begin(Outcome.Chunk first) {
        headWritten = true;
        position = first.start().position();
        cursor = connection.writer().reads().cursor(exchange);
        exchange.closeAfter();
        channel.write(connection.writer().reads().eventStream(exchange, first));
        write(SseFrame.retry(channel.alloc(), connection.writer().reads().retryMillis(), exchange.isFramed()));
        LiveConfig live = connection.server().config().live();
        keepAlive = loop().scheduleWithFixedDelay(
                        this::keepAlive, live.sseKeepAliveMillis(), live.sseKeepAliveMillis(), TimeUnit.MILLISECONDS);
        endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(live.sseSessionMillis());
        limitLifetime();
    }

    /** Ends the session at its longest duration, or when the credentials expire. */
    private void limitLifetime() {
        long sessionMillis = Math.max(0, TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime()));
        long authorizedMillis = exchange.authorizedMillis();
        lifetime = authorizedMillis > sessionMillis
                ? loop().schedule(this::finish, sessionMillis, TimeUnit.MILLISECONDS)
                : loop().schedule(this::endAuthorization, authorizedMillis, TimeUnit.MILLISECONDS);
    }

    /** The credentials expire at another time than before. */
    void expiryChanged() {
        if (lifetime != null && !isOver()) {
            lifetime.cancel(false);
            limitLifetime();
        }
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
        longEvent = new LongEvent(chunk, cursor, exchange.isFramed());
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
    void goOn() {
        LongEvent event = longEvent;
        if (event == null) {
            subscription.pull(position);
            return;
        }
        write(event.next(channel.alloc()));
        if (!event.isOver()) {
            goOnWhenWritable();
            return;
        }
        longEvent = null;
        event.release();
        if (finishes || event.closes() || subscription.endsAt(position)) {
            finish();
        } else {
            pull();
        }
    }

    private void write(ByteBuf frame) {
        wroteSince = true;
        channel.write(frame);
        connection.output().flushPartLater();
    }

    private void keepAlive() {
        if (!wroteSince && longEvent == null && connection.output().takesMore()) {
            channel.writeAndFlush(SseFrame.comment(channel.alloc(), exchange.isFramed()));
        }
        wroteSince = false;
    }

    // ---- the end ----

    /** Sessions may not wait any more: one at the tail ends now, any other when it reaches the tail. */
    @Override
    void stopWaiting() {
        if (headWritten && !pulling) {
            finish();
        }
    }

    /** Ends the response because the reader may not read any more; before its head, a refusal is the response. */
    void endAuthorization() {
        if (headWritten) {
            authorizationEnded = true;
            finish();
        } else if (!isOver()) {
            Refusal refusal = Refusal.of(ErrorCode.UNAUTHENTICATED, "the credentials have ended before the response");
            respond(connection.writer().outcome(exchange, refusal));
        }
    }

    /** Ends the response properly, and the connection after it (section 5.8). */
    private void finish() {
        if (isOver()) {
            return;
        }
        if (longEvent != null) {
            finishes = true;
            return;
        }
        end();
        if (authorizationEnded && headWritten && next != null) {
            channel.write(SseFrame.authorizationEnded(channel.alloc(), next, cursor, exchange.isFramed()));
        }
        if (headWritten && exchange.isFramed()) {
            channel.write(LAST_CHUNK.duplicate());
        }
        connection.line().advance();
    }

    @Override
    void release() {
        if (isStarted()) {
            subscription.cancel();
        }
        if (longEvent != null) {
            longEvent.release();
            longEvent = null;
        }
        if (keepAlive != null) {
            keepAlive.cancel(false);
        }
        if (lifetime != null) {
            lifetime.cancel(false);
        }
    }
}
