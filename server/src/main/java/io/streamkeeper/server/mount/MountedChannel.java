package io.streamkeeper.server.mount;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.internal.StringUtil;
import java.net.SocketAddress;

/**
 * A connection of Streamkeeper's own pipeline that has no socket: its bytes come from a connection of another server,
 * its parent, and are written to it. It lives on its parent's event loop.
 *
 * <p>What is written stays here while the parent's client does not read, so that the pipeline sees it as it sees the
 * unsent bytes of a socket.
 */
final class MountedChannel extends AbstractChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false);

    /** As for a socket of Streamkeeper's: enough for one response, little enough for many. */
    private static final WriteBufferWaterMark UNSENT_BYTES = new WriteBufferWaterMark(32 << 10, 128 << 10);

    /** The other end. */
    interface Outside {
        /** Whether more may be written now; {@link #flushOn} says that it may again. */
        boolean isWritable();

        /** Takes bytes that go out; the buffer stays the caller's. */
        void write(ByteBuf bytes) throws Exception;

        void flush();

        /** The pipeline takes more; whether it does can be asked too ({@code autoRead}). */
        void wantsMore();

        /** Nothing goes out or comes in any more. */
        void closed();
    }

    private final Outside outside;
    private final ChannelConfig config = new DefaultChannelConfig(this);
    private volatile boolean open = true;

    MountedChannel(Channel parent, Outside outside) {
        super(parent);
        this.outside = outside;
        config.setWriteBufferWaterMark(UNSENT_BYTES);
    }

    /** Continues a write that stopped because the outside was not writable. */
    void flushOn() {
        ((MountedUnsafe) unsafe()).flushOn();
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) throws Exception {
        boolean wrote = false;
        for (Object bytes = in.current(); bytes != null; bytes = in.current()) {
            if (!outside.isWritable()) {
                // What waits out there may be gone at once.
                outside.flush();
                if (!outside.isWritable()) {
                    return;
                }
            }
            outside.write((ByteBuf) bytes);
            in.remove();
            wrote = true;
        }
        if (wrote) {
            outside.flush();
        }
    }

    @Override
    protected Object filterOutboundMessage(Object message) {
        if (!(message instanceof ByteBuf)) {
            throw new UnsupportedOperationException(
                    "a " + StringUtil.simpleClassName(message) + " cannot be written; expected a ByteBuf");
        }
        return message;
    }

    @Override
    protected void doBeginRead() {
        outside.wantsMore();
    }

    @Override
    protected void doClose() {
        if (open) {
            open = false;
            outside.closed();
        }
    }

    /** A write has failed: there is no half of this channel that could go on. */
    @Override
    protected void doShutdownOutput() {
        unsafe().close(unsafe().voidPromise());
    }

    @Override
    protected void doDisconnect() {
        doClose();
    }

    @Override
    protected void doBind(SocketAddress localAddress) {
        throw new UnsupportedOperationException("a mounted connection has the address of its parent");
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isActive() {
        return open;
    }

    @Override
    public ChannelConfig config() {
        return config;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return true;
    }

    @Override
    protected SocketAddress localAddress0() {
        return parent().localAddress();
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return parent().remoteAddress();
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new MountedUnsafe();
    }

    private final class MountedUnsafe extends AbstractUnsafe {
        @Override
        public void connect(SocketAddress remoteAddress, SocketAddress localAddress, ChannelPromise promise) {
            promise.setFailure(new UnsupportedOperationException("a mounted connection is connected from the start"));
        }

        void flushOn() {
            flush0();
        }
    }
}
