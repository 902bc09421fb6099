package io.streamkeeper.server;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.streamkeeper.server.http.AcceptFaults;
import io.streamkeeper.server.http.Listener;
import io.streamkeeper.server.http.ListenerKind;
import io.streamkeeper.storage.disk.OpenFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;

/** The socket of a {@link Listener}, which accepts its connections until it is closed. Safe for use by any thread. */
final class ListeningSocket {
    private static final int BACKLOG = 4_096;
    private static final int PRIVILEGED_PORT_MAX = 1_023;

    /**
     * Unsent bytes from which a connection counts as slow: enough for one response, and few enough for many
     * connections.
     */
    private static final WriteBufferWaterMark UNSENT_BYTES = new WriteBufferWaterMark(32 << 10, 128 << 10);

    private final Channel channel;
    private final InetSocketAddress address;

    private ListeningSocket(Channel channel) {
        this.channel = channel;
        this.address = (InetSocketAddress) channel.localAddress();
    }

    /**
     * Opens the socket.
     *
     * @param acceptors accept the connections
     * @param loops serve the connections
     * @throws IOException if it cannot listen on the address; the message names the listener and a remedy
     */
    static ListeningSocket open(
            Listener listener,
            InetSocketAddress address,
            Sockets sockets,
            EventLoopGroup acceptors,
            EventLoopGroup loops)
            throws IOException {
        boolean isAdministrative = listener.kind() == ListenerKind.ADMINISTRATIVE;
        String place = address.getHostString() + " port " + address.getPort()
                + (isAdministrative ? " for administration" : "");
        if (address.isUnresolved()) {
            throw new IOException((isAdministrative ? "admin-listen: host " : "host ") + address.getHostString()
                    + " cannot be resolved; expected a name or an address of this machine");
        }
        ChannelFuture bound = sockets.listener(acceptors, loops)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOCATOR, ByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, UNSENT_BYTES)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .handler(new AcceptFaults())
                .childHandler(listener)
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess() && lacksDescriptors(bound.cause())) {
            throw new IOException("cannot listen on " + place + ": " + OpenFiles.problem(), bound.cause());
        }
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot listen on " + place + ": " + bound.cause().getMessage() + "; "
                            + remedy(address, isAdministrative),
                    bound.cause());
        }
        return new ListeningSocket(bound.channel());
    }

    /** Whether the socket itself could not be made: the attempt has closed what it had opened. */
    private static boolean lacksDescriptors(Throwable cause) {
        return cause instanceof ChannelException ? OpenFiles.areFew() : OpenFiles.areUsedUp();
    }

    /**
     * Returns the remedy for an address on which it cannot listen, derived from the addresses of the machine and not
     * from the system's error message.
     */
    private static String remedy(InetSocketAddress address, boolean isAdministrative) {
        if (!isOfThisMachine(address.getAddress())) {
            return address.getHostString() + " is not an address of this machine; name one with "
                    + (isAdministrative ? "--admin-listen" : "--host");
        }
        return "stop the process that listens there, or name another port with "
                + (isAdministrative ? "--admin-listen" : "--port") + ", 0 for any that is free"
                + (address.getPort() <= PRIVILEGED_PORT_MAX ? "; a port this low may be kept for root" : "");
    }

    private static boolean isOfThisMachine(InetAddress address) {
        try {
            return address.isAnyLocalAddress()
                    || address.isLoopbackAddress()
                    || NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return true;
        }
    }

    /** The address on which it listens, with the actual port if 0 was requested. */
    InetSocketAddress address() {
        return address;
    }

    /** Stops accepting connections; returns when the socket is closed. */
    void close() {
        channel.close().awaitUninterruptibly();
    }

    /** Stops accepting connections soon. */
    void closeSoon() {
        channel.close();
    }
}
