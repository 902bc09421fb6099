package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;
import io.streamkeeper.server.config.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SocketsTest {
    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"EPOLL", "IO_URING"})
    void theKernelHoldsFewUnsentBytesOfAConnection(Transport transport) throws Exception {
        assumeTrue(transport == Transport.EPOLL ? Epoll.isAvailable() : IoUring.isAvailable());
        Sockets sockets = Sockets.of(transport);
        EventLoopGroup loops = sockets.loops(1, "test");
        try {
            assertThat(unsentBytesMax(sockets, loops)).isEqualTo(Sockets.UNSENT_BYTES_MAX);
        } finally {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }

    private static Long unsentBytesMax(Sockets sockets, EventLoopGroup loops) throws IOException {
        CompletableFuture<Channel> accepted = new CompletableFuture<>();
        Channel listening = sockets.listener(loops, loops)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel connection) {
                        accepted.complete(connection);
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .syncUninterruptibly()
                .channel();
        InetSocketAddress address = (InetSocketAddress) listening.localAddress();
        try (Socket client = new Socket(address.getAddress(), address.getPort())) {
            assertThat(client.isConnected()).isTrue();
            return accepted.join().config().getOption(sockets.unsentBytes());
        }
    }
}
