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
 * A connection with Streamkeeper's own pipeline and without a socket: its parent, a connection of another server,
 * supplies its input and receives its output. It runs on its parent's event loop.
 *
 * <p>Written bytes stay here while the parent's client does not read, so that the pipeline treats them like the unsent
 * bytes of a socket.
 */
final class MountedChannel extends AbstractChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false);

    /** As for Streamkeeper's sockets: enough for one response, and few enough for many connections. */
    private static final WriteBufferWaterMark UNSENT_BYTES = new WriteBufferWaterMark(32 << 10, 128 << 10);

    /** The other end: the side of the parent. */
    interface Outside {
        /** Whether more may be written now; if not, {@link #flushOn} is called when it may. */
        boolean isWritable();

        /** Writes bytes to the parent; the caller keeps ownership of the buffer. */
        void write(ByteBuf bytes) throws Exception;

        void flush();

        /** The pipeline accepts more input; {@code autoRead} also indicates this. */
        void wantsMore();

        /** The channel is closed, for input and output. */
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
                // A flush may send the pending bytes at once.
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

    /** Closes the channel after a failed write, because it cannot be half-closed. */
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
