package io.streamkeeper.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.streamkeeper.server.config.Transport;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The loops and sockets of a transport.
 *
 * @param transport never {@link Transport#AUTO}
 * @param handlers creates the I/O handlers of its loops
 * @param serverChannel the class of its listening sockets
 * @param clientChannel the class of the sockets of connections that it opens
 * @param unsentBytes limits the bytes of a connection that the kernel holds and has not sent; null if this transport
 *     cannot
 */
record Sockets(
        Transport transport,
        IoHandlerFactory handlers,
        Class<? extends ServerChannel> serverChannel,
        Class<? extends Channel> clientChannel,
        @Nullable ChannelOption<Long> unsentBytes) {

    /**
     * The most bytes of a connection that the kernel holds and has not sent. What a client can receive is sent at once
     * and is not limited by this. More would be megabytes for each slow client, and on a fast network bytes that leave
     * the processor's cache before they are received.
     */
    static final long UNSENT_BYTES_MAX = 64 << 10;

    /**
     * Returns the loops and sockets of the configured transport.
     *
     * @throws IOException if it is not available on this machine
     */
    static Sockets of(Transport asked) throws IOException {
        return switch (asked) {
            case AUTO -> Epoll.isAvailable() ? epoll() : nio();
            case NIO -> nio();
            case EPOLL -> {
                require("epoll", Epoll.unavailabilityCause());
                yield epoll();
            }
            case IO_URING -> {
                require("io_uring", IoUring.unavailabilityCause());
                yield new Sockets(
                        asked,
                        IoUringIoHandler.newFactory(),
                        IoUringServerSocketChannel.class,
                        IoUringSocketChannel.class,
                        IoUringChannelOption.TCP_NOTSENT_LOWAT);
            }
        };
    }

    private static Sockets epoll() {
        return new Sockets(
                Transport.EPOLL,
                new EpollHandlers(),
                EpollServerSocketChannel.class,
                EpollSocketChannel.class,
                EpollChannelOption.TCP_NOTSENT_LOWAT);
    }

    private static Sockets nio() {
        return new Sockets(
                Transport.NIO, NioIoHandler.newFactory(), NioServerSocketChannel.class, NioSocketChannel.class, null);
    }

    private static void require(String name, @Nullable Throwable cause) throws IOException {
        if (cause != null) {
            throw new IOException(
                    "transport " + name + " is not available on this machine (" + cause.getMessage()
                            + "); expected auto, nio, or another that is",
                    cause);
        }
    }

    /** Whether an open connection can move from one loop to another. */
    boolean canMove() {
        return transport != Transport.IO_URING;
    }

    /** A listening socket to be bound; {@code acceptors} accept its connections, and {@code loops} serve them. */
    ServerBootstrap listener(EventLoopGroup acceptors, EventLoopGroup loops) {
        ServerBootstrap listener = new ServerBootstrap().group(acceptors, loops).channel(serverChannel);
        return unsentBytes == null ? listener : listener.childOption(unsentBytes, UNSENT_BYTES_MAX);
    }

    EventLoopGroup loops(int count, String name) {
        return new MultiThreadIoEventLoopGroup(count, new DefaultThreadFactory("streamkeeper-" + name, true), handlers);
    }
}
