package io.streamkeeper.bench.workload;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.streamkeeper.bench.load.Measurement;
import io.streamkeeper.bench.load.ResponseParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;

/** Follows a stream live on its own connection, and records the latency of each message. Owned by its loop. */
final class Follower extends ChannelInboundHandlerAdapter {
    private static final int STATUS_OK = 200;

    /** How it reads, and how messages are encoded. */
    enum Mode {
        LONG_POLL("long-poll"),
        EVENTS("sse"),
        /** Events of a stream of bytes, whose data is base64. */
        BASE64_EVENTS("sse");

        private final String live;

        Mode(String live) {
            this.live = live;
        }

        private ResponseParser.BodySink stamps(LongConsumer found) {
            Stamp stamp = new Stamp(found);
            return this == BASE64_EVENTS ? new Base64Events(stamp) : stamp;
        }
    }

    private final String path;
    private final Mode mode;
    private final Measurement measurement;
    private final CompletableFuture<Void> failure;
    private final ResponseParser parser;
    private final CompletableFuture<Void> opened = new CompletableFuture<>();
    private boolean following;

    /**
     * A follower that begins at the tail.
     *
     * @param failure completes exceptionally if it cannot follow the stream
     */
    Follower(String path, Mode mode, Measurement measurement, CompletableFuture<Void> failure) {
        this.path = path;
        this.mode = mode;
        this.measurement = measurement;
        this.failure = failure;
        this.parser =
                new ResponseParser(mode.stamps(nanos -> measurement.answered(nanos, System.nanoTime(), STATUS_OK)));
    }

    /** Completes when it has the head of its first response. */
    CompletableFuture<Void> opened() {
        return opened;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        following = true;
        request(context.channel(), "now");
    }

    private void request(Channel channel, String offset) {
        String request =
                "GET " + path + "?offset=" + offset + "&live=" + mode.live + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
        ByteBuf out = channel.alloc().buffer(request.length());
        out.writeCharSequence(request, StandardCharsets.US_ASCII);
        channel.writeAndFlush(out, channel.voidPromise());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws IOException {
        ByteBuf in = (ByteBuf) message;
        try {
            measurement.received(in.readableBytes());
            while (in.isReadable()) {
                boolean complete = parser.read(in);
                if (parser.status() / 100 == 2) {
                    opened.complete(null);
                }
                if (parser.status() / 100 == 2 && complete) {
                    byte[] next = parser.nextOffset();
                    request(context.channel(), next.length == 0 ? "now" : new String(next, StandardCharsets.US_ASCII));
                } else if (complete) {
                    throw new IOException("a live read failed with status " + parser.status());
                }
            }
        } finally {
            in.release();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (following) {
            failure.completeExceptionally(new IOException("the server closed the connection that follows " + path));
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        failure.completeExceptionally(cause);
        context.close();
    }

    /** Stops following and closes the connection; called on the loop. */
    void stop(Channel channel) {
        following = false;
        channel.close();
    }
}
