package io.streamkeeper.server.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;

/** A socket, with or without TLS, whose connection speaks HTTP/1.1. */
record SocketCarrier(Channel channel) implements Carrier {
    @Override
    public long unsentBytes() {
        return unsentBytes(channel);
    }

    /** Bytes that the socket of {@code channel} has not taken. */
    static long unsentBytes(Channel channel) {
        ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
        return out == null ? 0 : out.totalPendingWriteBytes();
    }

    @Override
    public boolean hasWindow() {
        return true;
    }

    @Override
    public int windowBytes(int most) {
        return most;
    }

    @Override
    public void flush(ConnectionOutput output) {
        channel.flush();
        output.settle();
    }

    @Override
    public void end(ChannelHandlerContext context) {
        LingeringClose.close(context, false);
    }
}
