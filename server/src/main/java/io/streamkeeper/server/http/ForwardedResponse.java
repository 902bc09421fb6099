package io.streamkeeper.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.config.LiveConfig;
import io.streamkeeper.server.forward.Forwarding;
import io.streamkeeper.server.forward.Forwarding.Result;
import io.streamkeeper.server.forward.LeaderClient;
import io.streamkeeper.server.forward.LeaderExchange;
import io.streamkeeper.server.forward.LeaderResponse;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.storage.memory.Reservation;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The response to a request that only the leader can execute. It is sent to the leader when its turn has come, and what
 * the leader sends is written at the pace at which the client reads; or the client is redirected. Owned by the
 * connection's loop.
 *
 * <p>While no leader is known, or it cannot be reached, the request waits, for a bounded time. Once the leader may have
 * received it, it is sent again only if that does no harm; else the client learns that its outcome is not known.
 *
 * <pre>
 *   WAITS ──a leader is known──▶ SENT ──its head──▶ PASSES ──▶ over
 *     ▲ │                          │
 *     │ └─▶ redirected, refused    ├─▶ outcome unknown
 *     └────────────────────────────┘ not received, or repeatable
 * </pre>
 */
final class ForwardedResponse extends LongResponse implements LeaderResponse {
    private static final ByteBuf LINE_END = constant("\r\n");
    private static final ByteBuf LAST_CHUNK = constant("0\r\n\r\n");

    /** How long a request waits for a leader. */
    private static final long WAIT_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);

    private static final long RETRY_MILLIS = 50;

    /** How often a request is sent again after the leader may have received it. */
    private static final int REPEATS_MAX = 3;

    /** How long the leader may be silent. */
    private static final long SILENCE_MILLIS_MAX = 20_000;

    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;

    private final Forwarding forwarding;
    private final boolean isEvents;
    private final boolean isLive;
    private final Runnable whenOver;
    private @Nullable HttpRequest request;
    private @Nullable Reservation memory;
    private @Nullable LeaderExchange sent;
    private long deadlineNanos;
    private int repeats;
    private boolean waits;
    private boolean headWritten;
    private boolean isChunked;

    /**
     * Owns the request.
     *
     * @param isEvents whether the response is an event stream
     * @param isLive whether the response may wait for future data
     * @param whenOver is run once, when the response ends or this member executes the request
     */
    ForwardedResponse(
            ConnectionHandler connection,
            Exchange exchange,
            Forwarding forwarding,
            HttpRequest request,
            boolean isEvents,
            boolean isLive,
            Runnable whenOver) {
        super(connection, exchange);
        this.forwarding = forwarding;
        this.request = request;
        this.isEvents = isEvents;
        this.isLive = isLive;
        this.whenOver = whenOver;
    }

    private static ByteBuf constant(String text) {
        return Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.US_ASCII)));
    }

    @Override
    boolean isLive() {
        return isEvents;
    }

    // ---- to the leader ----

    @Override
    void begin() {
        deadlineNanos = System.nanoTime() + WAIT_NANOS_MAX;
        memory = connection.server().memory().received().reserve(LeaderClient.READ_BYTES);
        if (memory == null) {
            refuse(Refusal.of(
                    ErrorCode.OVERLOADED,
                    "responses of the leader that clients have not received yet use all the memory for them; try again"
                            + " later"));
            return;
        }
        send();
    }

    private void send() {
        HttpRequest held = request;
        if (isOver() || held == null) {
            return;
        }
        if (forwarding.replica().leads()) {
            executeHere();
            return;
        }
        String url = forwarding.replica().leaderUrl();
        if (url == null) {
            awaitLeader();
        } else if (forwarding.redirects()) {
            forwarding.ended(Result.REDIRECTED);
            respond(connection.writer().redirected(exchange, url + LeaderRequest.target(held)));
        } else {
            endWaiting();
            sent = connection
                    .loop()
                    .leader()
                    .client()
                    .send(
                            url,
                            LeaderRequest.of(held, exchange, channel.remoteAddress()),
                            this,
                            silenceMillisMax(),
                            () -> isDeposed(url));
        }
    }

    /** Whether it is known that another member leads than the one with this URL. */
    private boolean isDeposed(String url) {
        String now = forwarding.replica().leaderUrl();
        return now != null && !now.equals(url);
    }

    private long silenceMillisMax() {
        LiveConfig live = connection.server().config().live();
        long waitMillis = isLive ? Math.max(live.longPollTimeoutMillisMax(), live.sseKeepAliveMillis()) : 0;
        return SILENCE_MILLIS_MAX + waitMillis;
    }

    private void awaitLeader() {
        if (System.nanoTime() - deadlineNanos >= 0) {
            refuse(ClusterRequests.noLeader());
        } else if (!waits && !forwarding.beginWaiting()) {
            refuse(ClusterRequests.tooManyWait());
        } else {
            waits = true;
            loop().schedule(() -> attempt(this::send), RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void endWaiting() {
        if (waits) {
            waits = false;
            forwarding.endWaiting();
        }
    }

    /** This member has become the leader meanwhile. */
    private void executeHere() {
        HttpRequest held = request;
        request = null;
        forwarding.ended(Result.EXECUTED);
        end();
        exchange.session(null);
        if (held != null) {
            connection.execution().executeHere(exchange, held);
        }
    }

    private void refuse(Refusal refusal) {
        forwarding.ended(refusal.code() == ErrorCode.OUTCOME_UNKNOWN ? Result.UNKNOWN : Result.REFUSED);
        respond(connection.writer().refused(exchange, refusal, null));
    }

    private void attempt(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            connection.failed(e);
        }
    }

    // ---- from the leader ----

    @Override
    public void head(int status, HttpHeaders fields) {
        attempt(() -> passHead(status, fields));
    }

    /** Whether the member says that it does not lead, and has not executed the request. */
    private static boolean isOfNoLeader(int status, HttpHeaders fields) {
        return status == ErrorCode.NO_LEADER.status() && fields.contains("Stream-Leader", "none", false);
    }

    private void passHead(int status, HttpHeaders fields) {
        if (isOver()) {
            return;
        }
        if (isOfNoLeader(status, fields)) {
            // It leads no more, and has not executed the request.
            cancel();
            awaitLeader();
            return;
        }
        headWritten = true;
        boolean hasBody = !exchange.isBodyless() && status != NO_CONTENT && status != NOT_MODIFIED;
        boolean isMeasured = fields.contains(HttpHeaderNames.CONTENT_LENGTH);
        isChunked = hasBody && !isMeasured && exchange.isFramed();
        if (isEvents || (hasBody && !isMeasured && !exchange.isFramed())) {
            exchange.closeAfter();
        }
        channel.write(
                connection.writer().forwarded(exchange, status, fields.iteratorCharSequence(), isChunked),
                channel.voidPromise());
        connection.wrotePart();
    }

    @Override
    public void content(ByteBuf bytes) {
        if (isOver() || !headWritten) {
            bytes.release();
            return;
        }
        attempt(() -> pass(bytes));
    }

    private void pass(ByteBuf bytes) {
        if (isChunked) {
            String length = Integer.toHexString(bytes.readableBytes()) + "\r\n";
            channel.write(ByteBufUtil.writeAscii(channel.alloc(), length), channel.voidPromise());
            channel.write(bytes, channel.voidPromise());
            channel.write(LINE_END.duplicate(), channel.voidPromise());
        } else {
            channel.write(bytes, channel.voidPromise());
        }
        connection.wrotePart();
        goOnWhenWritable();
    }

    @Override
    void goOn() {
        if (sent != null) {
            sent.readMore();
        }
    }

    @Override
    public void complete() {
        if (!isOver() && headWritten) {
            forwarding.ended(Result.PASSED);
            attempt(this::finish);
        }
    }

    private void finish() {
        if (isChunked) {
            channel.write(LAST_CHUNK.duplicate(), channel.voidPromise());
        }
        end();
        connection.wrotePart();
        connection.line().advance();
    }

    @Override
    public void failed(Failure failure) {
        sent = null;
        if (!isOver()) {
            attempt(() -> takeFailure(failure));
        }
    }

    private void takeFailure(Failure failure) {
        HttpRequest held = request;
        switch (failure) {
            case NOT_SENT -> awaitLeader();
            case NO_RESPONSE -> {
                if (held != null && LeaderRequest.isRepeatable(held) && repeats < REPEATS_MAX) {
                    repeats++;
                    deadlineNanos = System.nanoTime() + WAIT_NANOS_MAX;
                    awaitLeader();
                } else {
                    refuse(Refusal.of(
                            ErrorCode.OUTCOME_UNKNOWN,
                            "the leader was lost before its response; the request may or may not have taken effect"));
                }
            }
            case CUT_OFF -> cutOff();
        }
    }

    /** An event stream can end after any byte, and its client continues where it was; any other response cannot. */
    private void cutOff() {
        forwarding.ended(Result.CUT_OFF);
        if (isEvents) {
            finish();
        } else {
            channel.close();
        }
    }

    // ---- the end ----

    @Override
    void stopWaiting() {
        if (!isLive || isOver()) {
            return;
        }
        if (headWritten) {
            cutOff();
        } else if (isStarted()) {
            refuse(Refusal.of(ErrorCode.SHUTTING_DOWN, "the server stops, and the read would wait"));
        }
    }

    private void cancel() {
        if (sent != null) {
            sent.cancel();
            sent = null;
        }
    }

    @Override
    void release() {
        whenOver.run();
        endWaiting();
        cancel();
        if (request != null) {
            request.release();
            request = null;
        }
        if (memory != null) {
            memory.close();
            memory = null;
        }
    }
}
