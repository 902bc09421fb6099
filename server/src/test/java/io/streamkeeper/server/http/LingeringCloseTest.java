package io.streamkeeper.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A channel whose sending side cannot be shut alone; one that can is in the other tests of this package. */
class LingeringCloseTest {
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private ChannelHandlerContext context;
    private ChannelPromise unsent;

    private void close(boolean midRequest) {
        channel.freezeTime();
        channel.pipeline().addLast(new ChannelOutboundHandlerAdapter() {
            @Override
            public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
                ((ByteBuf) message).release();
                unsent = promise;
            }
        });
        channel.pipeline().addLast(new ChannelOutboundHandlerAdapter());
        context = channel.pipeline().lastContext();
        LingeringClose.close(context, midRequest);
    }

    @AfterEach
    void finish() {
        channel.finishAndReleaseAll();
    }

    @Test
    void nothingIsClosedBeforeTheLastByteHasGone() {
        close(false);
        assertThat(channel.isOpen()).isTrue();
        unsent.setSuccess();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aClientThatIsStillSendingIsGivenTime() {
        close(true);
        unsent.setSuccess();
        pass(900);
        channel.writeInbound(Unpooled.EMPTY_BUFFER);
        pass(900);
        assertThat(channel.isOpen()).isTrue();
        pass(1_100);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aClientThatSendsOnAndOnIsClosedInTheEnd() {
        close(true);
        unsent.setSuccess();
        int sent = 0;
        while (channel.isOpen() && sent < 1_000) {
            channel.writeInbound(Unpooled.EMPTY_BUFFER);
            sent++;
            pass(500);
        }
        assertThat(sent).isBetween(60, 64);
    }

    private void pass(int millis) {
        channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
    }
}
