package io.streamkeeper.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.streamkeeper.protocol.Cursor;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.config.LiveConfig;
import io.streamkeeper.server.shard.Shard;
import io.streamkeeper.server.shard.SseFrame;
import io.streamkeeper.server.shard.Subscriber;
import io.streamkeeper.server.shard.Subscription;
import io.streamkeeper.server.shard.TailEvent;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One response of server-sent events (section 5.8). Owned by the connection's loop.
 *
 * <p>It pulls until it is at the tail and is told of each step from there on. While the client does not read, it takes
 * nothing: it remembers its position and pulls from there when the client reads again.
 */
final class SseSession implements LongResponse, Subscriber {
    /** Bytes of the stream in one event at the most, about. */
    private static final int CHUNK_BYTES_MAX = 256 << 10;

    /** Bytes of the longest character: less than one would never make an event. */
    private static final int CHUNK_BYTES_MIN = 4;

    private static final ByteBuf LAST_CHUNK =
            Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));

    private final ConnectionHandler connection;
    private final Channel channel;
    private final Exchange exchange;
    private final Subscription subscription;
    private State state = State.NEW;
    private boolean headWritten;
    private boolean pulling;
    private boolean behind;
    private boolean spoke;
    private long position;
    private String cursor = "";
    private @Nullable Future<?> keepAlive;
    private @Nullable Future<?> end;

    /** NEW, then OPEN when its turn has come, then OVER: by its last event, a refusal, its time, or the client's end. */
    private enum State {
        NEW,
        OPEN,
        OVER
    }

    SseSession(ConnectionHandler connection, Exchange exchange, Shard shard) {
        this.connection = connection;
        this.channel = connection.channel();
        this.exchange = exchange;
        int readBytesMax = connection.server().config().read().windowBytes();
        int chunkBytesMax = Math.max(CHUNK_BYTES_MIN, Math.min(CHUNK_BYTES_MAX, readBytesMax));
        this.subscription = new Subscription(shard, exchange.read(), chunkBytesMax, this);
    }

    @Override
    public EventLoop loop() {
        return channel.eventLoop();
    }

    @Override
    public boolean isOver() {
        return state == State.OVER;
    }

    @Override
    public boolean isLive() {
        return true;
    }

    /** Begins, when the exchange's turn has come. Returns false if it had begun before. */
    @Override
    public boolean start() {
        if (state != State.NEW) {
            return false;
        }
        state = State.OPEN;
        pulling = true;
        subscription.open();
        return true;
    }

    // ---- what the shard says ----

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
        Refusal unmet = headWritten || state != State.OPEN ? null : ResponseWriter.unmet(exchange, null);
        if (unmet != null) {
            refused(unmet);
        } else if (state == State.OPEN) {
            if (!headWritten) {
                begin(chunk);
            }
            tell(chunk, attached);
        }
        chunk.bytes().release();
    }

    /** Before the head, a refusal is the response; behind it, all that can be done is to end. */
    private void refused(Outcome refusal) {
        if (state == State.OPEN && !headWritten) {
            over();
            exchange.session(null);
            exchange.response(connection.writer().outcome(exchange, refusal));
            connection.advance();
        } else {
            finish();
        }
    }

    private void begin(Outcome.Chunk first) {
        headWritten = true;
        position = first.start().position();
        cursor = connection.writer().cursor(exchange);
        exchange.closeAfter();
        channel.write(connection.writer().eventStream(exchange, first));
        write(SseFrame.retry(channel.alloc(), connection.writer().retryMillis(), exchange.isFramed()));
        LiveConfig live = connection.server().config().live();
        keepAlive = loop().scheduleWithFixedDelay(
                        this::keepAlive, live.sseKeepAliveMillis(), live.sseKeepAliveMillis(), TimeUnit.MILLISECONDS);
        end = loop().schedule(this::finish, live.sseSessionMillis(), TimeUnit.MILLISECONDS);
    }

    private void tell(Outcome.Chunk chunk, boolean attached) {
        position = chunk.next().position();
        write(SseFrame.encode(channel.alloc(), chunk, cursor, exchange.isFramed()));
        if (chunk.closed() || (attached && connection.endsWaiting())) {
            finish();
        } else if (!attached) {
            pull();
        }
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
        boolean news = event.to() > position || event.chunk().closed();
        if (state != State.OPEN || pulling || behind || !news) {
            return;
        }
        if (event.from() != position || !channel.isWritable()) {
            pull();
            return;
        }
        position = event.to();
        boolean shared = exchange.isFramed() && Cursor.value(cursor) <= event.cursor();
        write(
                shared
                        ? event.frame().retainedDuplicate()
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

    /** Asks for what lies behind the position, when the client takes it. */
    private void pull() {
        behind = !channel.isWritable();
        if (!behind) {
            pulling = true;
            subscription.pull(position);
        }
    }

    /** The client reads again. */
    @Override
    public void writable() {
        if (behind && state == State.OPEN) {
            pull();
        }
    }

    private void write(ByteBuf frame) {
        spoke = true;
        channel.write(frame);
        connection.flushLater();
    }

    private void keepAlive() {
        if (!spoke && channel.isWritable()) {
            channel.writeAndFlush(SseFrame.comment(channel.alloc(), exchange.isFramed()));
        }
        spoke = false;
    }

    // ---- the end ----

    /** Nobody waits any more: a session at the tail ends, one on its way there ends when it has come. */
    @Override
    public void stopWaiting() {
        if (headWritten && !pulling && !behind) {
            finish();
        }
    }

    /** Ends the response properly, and the connection after it (section 5.8). */
    private void finish() {
        if (state != State.OPEN) {
            return;
        }
        over();
        if (headWritten && exchange.isFramed()) {
            channel.write(LAST_CHUNK.duplicate());
        }
        connection.advance();
    }

    /** The client has gone. */
    @Override
    public void cancel() {
        if (state != State.OVER) {
            over();
        }
    }

    private void over() {
        boolean opened = state == State.OPEN;
        state = State.OVER;
        if (opened) {
            subscription.cancel();
        }
        if (keepAlive != null) {
            keepAlive.cancel(false);
        }
        if (end != null) {
            end.cancel(false);
        }
    }
}
