package io.streamkeeper.server.subscription.webhook;

import io.netty.channel.Channel;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringSocketChannel;
import java.util.stream.Stream;

/** The loops and sockets of a client. */
enum ClientTransport {
    NIO(NioSocketChannel.class),
    EPOLL(EpollSocketChannel.class),
    IO_URING(IoUringSocketChannel.class);

    final Class<? extends Channel> channel;

    ClientTransport(Class<? extends Channel> channel) {
        this.channel = channel;
    }

    /** Those that this machine has. */
    static Stream<ClientTransport> available() {
        return Stream.of(values()).filter(ClientTransport::isAvailable);
    }

    private boolean isAvailable() {
        return switch (this) {
            case NIO -> true;
            case EPOLL -> Epoll.isAvailable();
            case IO_URING -> IoUring.isAvailable();
        };
    }

    IoHandlerFactory handlers() {
        return switch (this) {
            case NIO -> NioIoHandler.newFactory();
            case EPOLL -> EpollIoHandler.newFactory();
            case IO_URING -> IoUringIoHandler.newFactory();
        };
    }
}
