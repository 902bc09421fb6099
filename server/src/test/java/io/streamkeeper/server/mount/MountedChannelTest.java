package io.streamkeeper.server.mount;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MountedChannelTest implements MountedChannel.Outside {
    private final EmbeddedChannel parent = new EmbeddedChannel();
    private final MountedChannel channel = new MountedChannel(parent, this);
    private final List<String> events = new ArrayList<>();
    private int writable = Integer.MAX_VALUE;
    private boolean fails;

    @BeforeEach
    void open() {
        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelActive(ChannelHandlerContext ctx) {
                events.add("active");
                ctx.fireChannelActive();
            }

            @Override
            public void channelInactive(ChannelHandlerContext ctx) {
                events.add("inactive");
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                events.add(cause.getClass().getSimpleName());
            }
        });
        parent.eventLoop().register(channel);
    }

    @AfterEach
    void close() {
        channel.close();
        parent.finishAndReleaseAll();
    }

    // ---- the outside ----

    @Override
    public boolean isWritable() {
        return writable > 0;
    }

    @Override
    public void write(ByteBuf bytes) {
        if (fails) {
            throw new IllegalStateException("as if it could not be written");
        }
        writable--;
        events.add(bytes.toString(US_ASCII));
    }

    @Override
    public void flush() {
        events.add("flush");
    }

    @Override
    public void wantsMore() {
        events.add("more");
    }

    @Override
    public void closed() {
        events.add("closed");
    }

    private List<String> takeEvents() {
        List<String> taken = List.copyOf(events);
        events.clear();
        return taken;
    }

    private static ByteBuf buffer(String text) {
        return Unpooled.copiedBuffer(text, US_ASCII);
    }

    // ---- tests ----

    @Test
    void itIsActiveAndReadsAsSoonAsItIsRegistered() {
        assertThat(channel.isActive()).isTrue();
        assertThat(channel.parent()).isSameAs(parent);
        assertThat(channel.remoteAddress()).isSameAs(parent.remoteAddress());
        assertThat(takeEvents()).containsExactly("active", "more");
    }

    @Test
    void whatIsWrittenGoesOutWithTheFlush() {
        takeEvents();
        channel.write(buffer("a"));
        ChannelFuture written = channel.write(buffer("b"));
        assertThat(takeEvents()).isEmpty();
        channel.flush();
        assertThat(takeEvents()).containsExactly("a", "b", "flush");
        assertThat(written.isSuccess()).isTrue();
    }

    @Test
    void whatTheOutsideDoesNotTakeWaits() {
        takeEvents();
        writable = 1;
        channel.write(buffer("a"));
        ChannelFuture second = channel.writeAndFlush(buffer("b"));
        assertThat(takeEvents()).containsExactly("a", "flush");
        assertThat(second.isDone()).isFalse();
        writable = 1;
        channel.flushOn();
        assertThat(takeEvents()).containsExactly("b", "flush");
        assertThat(second.isSuccess()).isTrue();
    }

    @Test
    void asMuchMayWaitAsForASocket() {
        writable = 0;
        channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[128 << 10]));
        assertThat(channel.isWritable()).isFalse();
        writable = 1;
        channel.flushOn();
        assertThat(channel.isWritable()).isTrue();
    }

    @Test
    void readingStopsAndGoesOnWithAutoRead() {
        takeEvents();
        channel.config().setAutoRead(false);
        channel.pipeline().fireChannelReadComplete();
        assertThat(takeEvents()).isEmpty();
        channel.config().setAutoRead(true);
        assertThat(takeEvents()).containsExactly("more");
    }

    @Test
    void aCloseLetsGoOfWhatWaits() {
        takeEvents();
        writable = 0;
        ByteBuf waiting = buffer("a");
        ChannelFuture written = channel.writeAndFlush(waiting);
        channel.close();
        parent.runPendingTasks();
        assertThat(takeEvents()).containsExactly("flush", "closed", "inactive");
        assertThat(written.isSuccess()).isFalse();
        assertThat(waiting.refCnt()).isZero();
        assertThat(channel.closeFuture().isSuccess()).isTrue();
    }

    @Test
    void aWriteThatFailsClosesIt() {
        takeEvents();
        fails = true;
        ByteBuf bytes = buffer("a");
        channel.writeAndFlush(bytes, channel.voidPromise());
        parent.runPendingTasks();
        assertThat(takeEvents()).contains("closed", "inactive");
        assertThat(bytes.refCnt()).isZero();
        assertThat(channel.closeFuture().isSuccess()).isTrue();
    }

    @Test
    void onlyBytesAreWritten() {
        assertThat(channel.writeAndFlush("text").cause()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void itCannotBeConnectedOrBound() {
        InetSocketAddress address = InetSocketAddress.createUnresolved("test", 1);
        assertThat(channel.connect(address).cause()).isInstanceOf(UnsupportedOperationException.class);
        assertThat(channel.bind(address).cause()).isInstanceOf(UnsupportedOperationException.class);
    }
}
