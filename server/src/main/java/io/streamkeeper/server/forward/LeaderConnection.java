package io.streamkeeper.server.forward;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.streamkeeper.server.outbound.ConnectionPool;
import io.streamkeeper.server.outbound.Destination;
import io.streamkeeper.server.outbound.PooledConnection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to the leader, with one exchange after the other. It reads from the socket only when its exchange awaits
 * bytes, so that a client that does not read holds back the leader. Owned by its loop.
 */
final class LeaderConnection extends ChannelInboundHandlerAdapter implements PooledConnection {
    private static final Logger LOG = LoggerFactory.getLogger(LeaderConnection.class);

    private final Channel channel;
    private final ConnectionPool<LeaderConnection> pool;
    private final Destination destination;
    private @Nullable LeaderExchange exchange;
    private boolean isInterim;
    private boolean isKept;
    private boolean isWritten;
    private boolean awaits;

    LeaderConnection(Channel channel, ConnectionPool<LeaderConnection> pool, Destination destination) {
        this.channel = channel;
        this.pool = pool;
        this.destination = destination;
    }

    @Override
    public Destination destination() {
        return destination;
    }

    /** Whether the leader has not closed it, as far as is known. */
    boolean isOpen() {
        return channel.isActive();
    }

    /** Whether its exchange awaits bytes of the leader. */
    boolean awaitsBytes() {
        return awaits;
    }

    /** Sends a request, and owns it. */
    void send(FullHttpRequest request, LeaderExchange of) {
        exchange = of;
        isWritten = false;
        isKept = false;
        channel.writeAndFlush(request).addListener(written -> {
            if (written.isSuccess()) {
                isWritten = true;
            } else {
                LOG.debug("a request was not sent to the leader at {}", destination, written.cause());
                exchange = null;
                close();
                of.fail();
            }
        });
        readMore();
    }

    void readMore() {
        if (!awaits) {
            awaits = true;
            channel.read();
        }
    }

    /** Keeps the connection for another exchange. While it waits it is read, to notice that the leader closes it. */
    void release() {
        awaits = false;
        if (channel.isActive()) {
            pool.keep(this);
            channel.read();
        }
    }

    @Override
    public void close() {
        channel.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            LeaderExchange current = exchange;
            if (current == null || current.isOver()) {
                close();
            } else if (!(message instanceof HttpObject part)
                    || part.decoderResult().isFailure()) {
                LOG.debug("the leader at {} sends no response of HTTP", destination);
                close();
            } else {
                read(current, part);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void read(LeaderExchange current, HttpObject part) {
        if (part instanceof HttpResponse head) {
            isInterim = head.status().codeClass() == HttpStatusClass.INFORMATIONAL;
            if (!isInterim) {
                isKept = HttpUtil.isKeepAlive(head);
                current.head(head.status().code(), head.headers());
            }
        }
        if (!(part instanceof HttpContent content)) {
            return;
        }
        boolean isLast = content instanceof LastHttpContent;
        if (isInterim) {
            isInterim = !isLast;
            return;
        }
        ByteBuf bytes = content.content();
        if (bytes.isReadable() && !current.isOver()) {
            awaits = false;
            current.content(bytes.retain());
        }
        if (isLast && !current.isOver()) {
            ended(current);
        }
    }

    private void ended(LeaderExchange ended) {
        exchange = null;
        if (isKept && isWritten) {
            release();
        } else {
            close();
        }
        ended.complete();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (awaits && exchange != null) {
            context.read();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        pool.remove(this);
        awaits = false;
        LeaderExchange current = exchange;
        exchange = null;
        if (current != null) {
            current.fail();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable fault) {
        LOG.debug("the connection to the leader at {} failed", destination, fault);
        close();
    }
}
