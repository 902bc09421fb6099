package io.streamkeeper.bench.receiver;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/**
 * Receives webhooks over HTTP/1.1 on the loopback interface, and gives all of them the same answer at once, without
 * verifying their signatures. Safe for use by any thread.
 */
public final class Receiver implements AutoCloseable {
    private static final int BODY_BYTES_MAX = 4 << 20;

    private final Channel channel;

    private Receiver(Channel channel) {
        this.channel = channel;
    }

    /** The answer to each webhook. */
    public enum Answer {
        /** The work is done. */
        DONE(200, "{\"done\":true}"),
        /** The work is done later; the lease remains. */
        ACCEPTED(200, "{}"),
        /** A failure. */
        REFUSED(503, "{}");

        private final int status;
        private final String body;

        Answer(int status, String body) {
            this.status = status;
            this.body = body;
        }

        private FullHttpResponse response(ByteBufAllocator allocator) {
            ByteBuf bytes = ByteBufUtil.writeAscii(allocator, body);
            FullHttpResponse response =
                    new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), bytes);
            response.headers().set(HttpHeaderNames.CONTENT_LENGTH, bytes.readableBytes());
            return response;
        }
    }

    /**
     * Starts a receiver.
     *
     * @param group runs its connections, all of them on one loop if it has one
     * @param port 0 for any free port
     * @param arrived receives the body of each webhook, on the loop of its connection, before it is answered
     */
    public static Receiver start(EventLoopGroup group, int port, Answer answer, Consumer<ByteBuf> arrived)
            throws InterruptedException {
        return new Receiver(new ServerBootstrap()
                .group(group)
                .channel(Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel connection) {
                        connection
                                .pipeline()
                                .addLast(
                                        new HttpServerCodec(),
                                        new HttpObjectAggregator(BODY_BYTES_MAX),
                                        new Webhooks(answer, arrived));
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), port)
                .sync()
                .channel());
    }

    /** The URL for subscriptions. */
    public String url() {
        InetSocketAddress address = (InetSocketAddress) channel.localAddress();
        return "http://" + address.getAddress().getHostAddress() + ":" + address.getPort() + "/";
    }

    /** Waits until the receiver is closed. */
    void await() {
        channel.closeFuture().awaitUninterruptibly();
    }

    /** Accepts no more connections; those that are open end with their loops. */
    @Override
    public void close() {
        channel.close().awaitUninterruptibly();
    }

    private static final class Webhooks extends SimpleChannelInboundHandler<FullHttpRequest> {
        private final Answer answer;
        private final Consumer<ByteBuf> arrived;

        Webhooks(Answer answer, Consumer<ByteBuf> arrived) {
            this.answer = answer;
            this.arrived = arrived;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
            arrived.accept(request.content());
            context.writeAndFlush(answer.response(context.alloc()));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
