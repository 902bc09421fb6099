package io.streamkeeper.server.subscription.webhook;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.streamkeeper.protocol.WebhookSignature;
import io.streamkeeper.server.outbound.ConnectionPool;
import io.streamkeeper.server.outbound.Destination;
import io.streamkeeper.server.outbound.PooledConnection;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a receiver, and the exchange on it: one request, and the answer to it. Owned by its loop.
 *
 * <pre>
 *   idle ── send ──▶ awaits a head ── 2xx ──▶ awaits a body ── the end ──▶ idle, or closed
 *                      │      ▲                    │
 *                      └─ 1xx ┘                    └─ too long, malformed ──▶ closed
 *                      └─ another status ──▶ closed
 * </pre>
 */
final class WebhookConnection extends SimpleChannelInboundHandler<HttpObject> implements PooledConnection {
    /** Answers of which each announces another one. */
    private static final int INTERIM_MAX = 8;

    private static final long AGE_NANOS_MAX = TimeUnit.MINUTES.toNanos(5);
    private static final String AGENT = "streamkeeper";
    private static final int SWITCHING_PROTOCOLS = 101;

    /** What an exchange leads to; called once. */
    interface Exchange {
        /** An answer with a status of success. */
        void accepted(boolean isDone);

        /** Any other answer. */
        void refused(int status, @Nullable String retryAfter);

        /** No whole answer; {@code hasBegun} is whether there was any of it. */
        void failed(String reason, boolean hasBegun);
    }

    private final Channel channel;
    private final ConnectionPool<WebhookConnection> pool;
    private final Destination destination;
    private final long openedNanos = System.nanoTime();
    private @Nullable Exchange exchange;
    private @Nullable AnswerBody body;
    private boolean isReused;
    private boolean hasBegun;
    private boolean isInterim;
    private boolean isKept;
    private int interimCount;

    WebhookConnection(Channel channel, ConnectionPool<WebhookConnection> pool, Destination destination) {
        this.channel = channel;
        this.pool = pool;
        this.destination = destination;
    }

    @Override
    public Destination destination() {
        return destination;
    }

    /** Whether it had an exchange before: its receiver may close it at any time, also as the next request arrives. */
    boolean isReused() {
        return isReused;
    }

    /** Sends a request; {@code then} receives its result in a later turn. */
    void send(WebhookUrl url, WebhookSignature signature, byte[] bytes, Exchange then) {
        exchange = then;
        hasBegun = false;
        interimCount = 0;
        FullHttpRequest request = new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1, HttpMethod.POST, url.target(), Unpooled.wrappedBuffer(bytes));
        request.headers()
                .set(HttpHeaderNames.HOST, url.authority())
                .set(HttpHeaderNames.USER_AGENT, AGENT)
                .set(HttpHeaderNames.CONTENT_TYPE, "application/json")
                .set(HttpHeaderNames.CONTENT_LENGTH, bytes.length)
                .set(WebhookSignature.HEADER, signature.value());
        channel.writeAndFlush(request).addListener(written -> {
            if (!written.isSuccess()) {
                channel.eventLoop().execute(() -> fail(Reasons.of("sending the request", written.cause())));
            }
        });
    }

    /** Ends the exchange without a result. */
    void abandon() {
        exchange = null;
        close();
    }

    @Override
    public void close() {
        channel.close();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
        if (exchange == null) {
            close();
        } else if (part.decoderResult().isFailure()) {
            hasBegun = true;
            fail(Reasons.of("reading the answer", part.decoderResult().cause()));
        } else {
            if (part instanceof HttpResponse head) {
                beginAnswer(head);
            }
            if (part instanceof HttpContent content) {
                readContent(content);
            }
        }
    }

    private void beginAnswer(HttpResponse head) {
        hasBegun = true;
        if (head.protocolVersion().majorVersion() != 1) {
            fail("the receiver answered with "
                    + Reasons.printable(head.protocolVersion().text()) + "; expected HTTP/1.1");
            return;
        }
        HttpResponseStatus status = head.status();
        isInterim = status.codeClass() == HttpStatusClass.INFORMATIONAL && status.code() != SWITCHING_PROTOCOLS;
        if (isInterim) {
            if (++interimCount > INTERIM_MAX) {
                fail("the receiver sent more than " + INTERIM_MAX + " interim answers");
            }
            return;
        }
        if (status.codeClass() != HttpStatusClass.SUCCESS) {
            refuse(status.code(), head.headers());
            return;
        }
        body = new AnswerBody();
        isKept = HttpUtil.isKeepAlive(head) && System.nanoTime() - openedNanos < AGE_NANOS_MAX;
    }

    private void readContent(HttpContent content) {
        boolean isLast = content instanceof LastHttpContent;
        if (isInterim) {
            isInterim = !isLast;
            return;
        }
        AnswerBody collected = body;
        Exchange ended = exchange;
        if (collected == null || ended == null) {
            return;
        }
        ByteBuf bytes = content.content();
        if (!collected.add(bytes)) {
            end();
            close();
            ended.accepted(false);
        } else if (isLast) {
            end();
            if (isKept) {
                isReused = true;
                pool.keep(this);
            } else {
                close();
            }
            ended.accepted(collected.isDone());
        }
    }

    private void refuse(int status, HttpHeaders headers) {
        Exchange ended = exchange;
        end();
        close();
        if (ended != null) {
            ended.refused(status, headers.get(HttpHeaderNames.RETRY_AFTER));
        }
    }

    private void fail(String reason) {
        Exchange ended = exchange;
        end();
        close();
        if (ended != null) {
            ended.failed(reason, hasBegun);
        }
    }

    private void end() {
        exchange = null;
        body = null;
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        pool.remove(this);
        fail(
                hasBegun
                        ? "the receiver closed the connection before the answer was complete"
                        : "the receiver closed the connection without an answer");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable fault) {
        fail(Reasons.of("waiting for the answer", fault));
    }
}
