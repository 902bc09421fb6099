package io.streamkeeper.bench.peer;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The baseline of comparisons: a server of Netty alone that responds at once and stores nothing. */
public final class FloorServer implements AutoCloseable {
    private static final long FILE_BYTES = 64 << 20;

    private final EventLoopGroup group;
    private final Channel channel;
    private final File bytes;

    private FloorServer(EventLoopGroup group, Channel channel, File bytes) {
        this.group = group;
        this.channel = channel;
        this.bytes = bytes;
    }

    /**
     * Starts a server on the loopback interface.
     *
     * @param port 0 for any free port
     */
    public static FloorServer start(int port) throws IOException, InterruptedException {
        File bytes = File.createTempFile("floor", ".bytes");
        bytes.deleteOnExit();
        try (RandomAccessFile file = new RandomAccessFile(bytes, "rw")) {
            file.setLength(FILE_BYTES);
        }
        Map<String, Long> lengths = new ConcurrentHashMap<>();
        boolean epoll = Epoll.isAvailable();
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(
                Runtime.getRuntime().availableProcessors(),
                epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        Channel channel = new ServerBootstrap()
                .group(group)
                .channel(epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel connection) {
                        connection.pipeline().addLast(new FloorHandler(lengths, bytes));
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), port)
                .sync()
                .channel();
        return new FloorServer(group, channel, bytes);
    }

    /** The address that the server listens on. */
    public InetSocketAddress address() {
        return (InetSocketAddress) channel.localAddress();
    }

    /** Waits until the server is closed. */
    void await() {
        channel.closeFuture().awaitUninterruptibly();
    }

    @Override
    public void close() throws IOException {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
        Files.deleteIfExists(bytes.toPath());
    }
}
