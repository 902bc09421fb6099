package io.streamkeeper.bench.compare;

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
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The least that a server can do, as a yardstick: Netty alone, which answers at once and keeps nothing. */
@Command(
        name = "floor",
        mixinStandardHelpOptions = true,
        description = "Runs a server that answers at once and keeps nothing: what any server is measured against.")
public final class FloorCommand implements Callable<Integer> {
    private static final long FILE_BYTES = 64 << 20;

    @Option(names = "--port", required = true, description = "Where it listens, on loopback.")
    private int port;

    @Override
    public Integer call() throws IOException, InterruptedException {
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
        new ServerBootstrap()
                .group(group)
                .channel(epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new FloorHandler(lengths, bytes));
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), port)
                .sync()
                .channel()
                .closeFuture()
                .sync();
        return 0;
    }
}
