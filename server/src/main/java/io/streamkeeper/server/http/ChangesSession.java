package io.streamkeeper.server.http;

import io.netty.util.concurrent.Future;
import io.streamkeeper.protocol.EventId;
import io.streamkeeper.protocol.ListingPosition;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.StreamChange;
import io.streamkeeper.server.config.LiveConfig;
import io.streamkeeper.server.http.parse.Intent;
import io.streamkeeper.server.http.respond.ChangesBody;
import io.streamkeeper.server.metrics.LoopCounters.Waiter;
import io.streamkeeper.server.shard.change.ChangeFeed;
import io.streamkeeper.server.shard.live.LongEvent;
import io.streamkeeper.server.shard.live.SseFrame;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One response of server-sent events with the creations, closures and deletions of the streams below a prefix. Owned by
 * the connection's loop.
 *
 * <p>It asks for changes when the client can receive them, so a client that does not read costs a number for each shard.
 * It also asks while nothing happens below the prefix, so that the position of the client does not become so old that
 * changes after it are forgotten; for the last time shortly before the response ends.
 */
final class ChangesSession extends EventSession implements ChangeFeed.Listener {
    /** How long before its end the response has the position of the client brought up to date. */
    private static final long BEFORE_END_MILLIS = 500;

    private final SessionMemory memory;
    private final ChangeFeed feed;
    private @Nullable ListingPosition sent;
    private @Nullable Future<?> refresh;
    private @Nullable Future<?> lastRefresh;
    private boolean counted;

    /**
     * A session.
     *
     * @param memory the heap for it; released at the end
     */
    ChangesSession(ConnectionHandler connection, Exchange exchange, Intent.OnChanges changes, SessionMemory memory) {
        super(connection, exchange);
        this.memory = memory;
        this.feed = new ChangeFeed(connection.server().shards(), changes.prefix(), changes.after(), this);
    }

    @Override
    void begin() {
        if (!beginOfStreams()) {
            return;
        }
        if (connection.endsWaiting()) {
            finish();
            return;
        }
        counted = true;
        connection.loop().counters().waiters(Waiter.LISTING, 1);
        LiveConfig live = connection.server().config().live();
        long period = live.sseKeepAliveMillis();
        refresh = loop().scheduleWithFixedDelay(this::refresh, period, period, TimeUnit.MILLISECONDS);
        long session = live.sseSessionMillis();
        lastRefresh = loop().schedule(
                        this::refresh, session - Math.min(session / 2, BEFORE_END_MILLIS), TimeUnit.MILLISECONDS);
        goOnWhenWritable();
    }

    private void refresh() {
        feed.refresh();
        goOnWhenWritable();
    }

    // ---- from the shards ----

    @Override
    public void available() {
        goOnWhenWritable();
    }

    @Override
    public void received(List<StreamChange> changes, boolean hasAll) {
        try {
            send(changes, hasAll);
        } catch (RuntimeException | Error e) {
            connection.failed(e);
        }
    }

    private void send(List<StreamChange> changes, boolean hasAll) {
        List<StreamChange> allowed = changes.stream()
                .filter(change -> connection.execution().mayList(exchange, change.path()))
                .toList();
        ListingPosition position = feed.position();
        if (!allowed.isEmpty()) {
            event("data", ChangesBody.data(allowed), position);
        }
        if (!hasAll) {
            goOnWhenWritable();
        } else if (!allowed.isEmpty() || !position.equals(sent)) {
            sent = position;
            event("control", ChangesBody.upToDate(position), position);
        }
    }

    private void event(String event, String json, @Nullable ListingPosition id) {
        write(SseFrame.event(
                channel.alloc(), event, json, id == null ? null : EventId.ofAscii(id.toString()), exchange.isFramed()));
    }

    @Override
    public void gone() {
        event("control", ChangesBody.listAgain(), null);
        finish();
    }

    @Override
    public void failed(Refusal refusal) {
        finish();
    }

    // ---- the client ----

    @Override
    void goOnWithEvents() {
        if (feed.isReady()) {
            feed.next();
        }
    }

    @Override
    void wroteLong(LongEvent event) {
        throw new IllegalStateException("changes of streams are not sent as long events");
    }

    // ---- the end ----

    @Override
    void writeLast(boolean unauthorized) {
        if (unauthorized) {
            event("control", ChangesBody.authorizationEnded(), null);
        }
    }

    @Override
    void release() {
        super.release();
        feed.close();
        memory.close();
        if (counted) {
            connection.loop().counters().waiters(Waiter.LISTING, -1);
        }
        if (refresh != null) {
            refresh.cancel(false);
        }
        if (lastRefresh != null) {
            lastRefresh.cancel(false);
        }
    }
}
