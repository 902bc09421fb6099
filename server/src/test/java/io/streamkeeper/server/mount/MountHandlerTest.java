package io.streamkeeper.server.mount;

import static io.netty.handler.codec.http.HttpVersion.HTTP_1_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipelineException;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.DefaultEventExecutorGroup;
import io.netty.util.concurrent.EventExecutorGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the mount does to messages that are not its own; the test stands for the codec and for the other handlers. */
class MountHandlerTest {
    private static final String STREAM = "/streams/a";

    private final List<Channel> inner = new ArrayList<>();
    private final EmbeddedChannel channel = new EmbeddedChannel(mount());

    private MountHandler mount() {
        return new MountHandler("/streams/", new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel made) {
                inner.add(made);
            }
        });
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    private static FullHttpRequest request(HttpMethod method, String target) {
        return new DefaultFullHttpRequest(HTTP_1_1, method, target);
    }

    private void respond(HttpResponseStatus status) {
        channel.writeOutbound(new DefaultFullHttpResponse(HTTP_1_1, status));
    }

    @Test
    void messagesGoOnAsTheyAre() {
        FullHttpRequest request = request(HttpMethod.GET, "/other");
        Object unknown = new Object();
        channel.writeInbound(request, unknown);
        assertThat(channel.inboundMessages()).containsExactly(request, unknown);
        assertThat(inner).isEmpty();
    }

    @Test
    void behindAProtocolThatWasSwitchedToEvenRequestsForStreamsGoOn() {
        channel.writeInbound(request(HttpMethod.GET, "/other"));
        respond(HttpResponseStatus.SWITCHING_PROTOCOLS);
        FullHttpRequest within = request(HttpMethod.GET, STREAM);
        channel.writeInbound(within);
        assertThat(channel.inboundMessages()).hasSize(2).contains(within);
        assertThat(inner).isEmpty();
    }

    @Test
    void whatWaitedBehindATunnelGoesOnToo() {
        channel.writeInbound(request(HttpMethod.CONNECT, "host:1"), request(HttpMethod.GET, STREAM));
        assertThat(channel.inboundMessages()).hasSize(1);
        respond(HttpResponseStatus.OK);
        channel.runPendingTasks();
        assertThat(channel.inboundMessages()).hasSize(2);
        assertThat(inner).isEmpty();
    }

    @Test
    void aTunnelThatWasNotGrantedIsARequestLikeOthers() {
        channel.writeInbound(request(HttpMethod.CONNECT, "host:1"), request(HttpMethod.GET, STREAM));
        respond(HttpResponseStatus.FORBIDDEN);
        channel.runPendingTasks();
        assertThat(channel.inboundMessages()).hasSize(1);
        assertThat(inner).hasSize(1);
        assertThat(inner.get(0).parent()).isSameAs(channel);
    }

    /** Answers every request at the end of its read. */
    private static final class Refusing extends ChannelInboundHandlerAdapter {
        private static final String REFUSAL = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            ctx.writeAndFlush(Unpooled.copiedBuffer(REFUSAL, US_ASCII));
        }
    }

    /** Nothing reaches the channel, which would run what is to be done later. */
    private static final class Swallowing extends ChannelOutboundHandlerAdapter {
        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            ReferenceCountUtil.release(message);
            promise.setSuccess();
        }

        @Override
        public void flush(ChannelHandlerContext ctx) {}
    }

    /** Counts the requests that it gets, and those among them that it gets while it is writing. */
    private static final class Counting extends ChannelInboundHandlerAdapter {
        private int requests;
        private int whileWriting;
        private boolean writes;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            requests++;
            whileWriting += writes ? 1 : 0;
            ReferenceCountUtil.release(message);
        }

        void answer(ChannelHandlerContext ctx) {
            writes = true;
            ctx.writeAndFlush(new DefaultFullHttpResponse(HTTP_1_1, HttpResponseStatus.OK));
            writes = false;
        }
    }

    @Test
    void noHandlerGetsARequestWhileItWritesItsAnswerToTheOneBefore() {
        Counting counting = new Counting();
        EmbeddedChannel other =
                new EmbeddedChannel(new Swallowing(), new MountHandler("/streams/", new Refusing()), counting);
        other.writeInbound(
                request(HttpMethod.GET, "/a"), request(HttpMethod.GET, STREAM), request(HttpMethod.GET, "/b"));
        assertThat(counting.requests).isEqualTo(1);
        counting.answer(other.pipeline().context(counting));
        other.runPendingTasks();
        assertThat(counting.requests).isEqualTo(2);
        assertThat(counting.whileWriting).isZero();
        other.finishAndReleaseAll();
    }

    @Test
    void aResponseNobodyAskedForGoesOut() {
        respond(HttpResponseStatus.REQUEST_TIMEOUT);
        assertThat(channel.outboundMessages()).hasSize(1);
    }

    @Test
    @SuppressWarnings("deprecation")
    void anExecutorOfItsOwnIsRefused() {
        EventExecutorGroup others = new DefaultEventExecutorGroup(1);
        try {
            ChannelHandler mount = mount();
            EmbeddedChannel other = new EmbeddedChannel();
            other.pipeline().addLast(new ChannelInboundHandlerAdapter()).addLast(others, mount);
            others.submit(() -> {}).syncUninterruptibly();
            other.runPendingTasks();
            assertThatThrownBy(other::checkException)
                    .isInstanceOf(ChannelPipelineException.class)
                    .hasStackTraceContaining("expected the channel's event loop");
            assertThat(other.pipeline().get(MountHandler.class)).isNull();
        } finally {
            others.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }
}
