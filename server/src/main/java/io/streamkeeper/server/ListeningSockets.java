package io.streamkeeper.server;

import io.netty.channel.EventLoopGroup;
import io.streamkeeper.server.config.ListenConfig;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.http.HostRule;
import io.streamkeeper.server.http.HttpServer;
import io.streamkeeper.server.http.Listener;
import io.streamkeeper.server.http.ListenerKind;
import io.streamkeeper.server.tls.TlsIdentity;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sockets of a server: one for clients and, unless there is none, one for administration. Safe for use by any
 * thread.
 */
final class ListeningSockets {
    private static final Logger LOG = LoggerFactory.getLogger(ListeningSockets.class);

    private final ListeningSocket clients;
    private final @Nullable ListeningSocket administration;

    private ListeningSockets(ListeningSocket clients, @Nullable ListeningSocket administration) {
        this.clients = clients;
        this.administration = administration;
    }

    /**
     * Where the server is to listen for administration; null if nowhere. It does not choose an address if clients are
     * known by their certificates only: that listener has no TLS, so everybody on this machine could administer the
     * server.
     *
     * @param hasPolicy whether a policy decides who may do what
     */
    static @Nullable InetSocketAddress adminAddress(ServerConfig config, boolean hasPolicy) {
        return config.listen().choosesAdminAddress()
                        && !hasPolicy
                        && config.tls().authenticates()
                ? null
                : config.listen().adminAddress();
    }

    /**
     * Opens the sockets.
     *
     * @param tls begins the connections of clients; null for none
     * @throws IOException if it cannot listen on an address that the configuration names; no socket is open
     */
    static ListeningSockets open(
            Engine engine, ServerConfig config, HttpServer http, EventLoopGroup acceptors, @Nullable TlsIdentity tls)
            throws IOException {
        Opening opening = new Opening(engine, config, http, acceptors);
        ListenConfig listen = config.listen();
        ListeningSocket clients =
                opening.open(ListenerKind.PUBLIC, new InetSocketAddress(listen.host(), listen.port()), tls);
        InetSocketAddress admin = adminAddress(config, http.hasPolicy());
        try {
            return new ListeningSockets(clients, admin == null ? null : opening.openAdministration(admin));
        } catch (IOException e) {
            clients.close();
            throw e;
        }
    }

    private record Opening(Engine engine, ServerConfig config, HttpServer http, EventLoopGroup acceptors) {
        ListeningSocket open(ListenerKind kind, InetSocketAddress address, @Nullable TlsIdentity tls)
                throws IOException {
            boolean isLoopback = !address.isUnresolved() && address.getAddress().isLoopbackAddress();
            Listener listener = http.listener(kind, HostRule.of(isLoopback, hostNames(address)), tls);
            return ListeningSocket.open(listener, address, engine.sockets(), acceptors, engine.loops());
        }

        /** The names by which clients may address a listener. */
        private List<String> hostNames(InetSocketAddress address) {
            List<String> names = new ArrayList<>(config.security().hostNames());
            names.add(address.getHostString());
            return names;
        }

        /** An address that the server has chosen is replaced if it is in use, so that several servers can run. */
        @Nullable
        ListeningSocket openAdministration(InetSocketAddress address) throws IOException {
            try {
                return open(ListenerKind.ADMINISTRATIVE, address, null);
            } catch (IOException e) {
                if (!config.listen().choosesAdminAddress()) {
                    throw e;
                }
                return openAnother(address, e);
            }
        }

        private @Nullable ListeningSocket openAnother(InetSocketAddress address, IOException problem) {
            try {
                InetSocketAddress free = new InetSocketAddress(address.getAddress(), 0);
                ListeningSocket opened = open(ListenerKind.ADMINISTRATIVE, free, null);
                LOG.warn("administration is on port {}: {}", opened.address().getPort(), problem.getMessage());
                return opened;
            } catch (IOException e) {
                LOG.warn("there is no listener for administration: {}", e.getMessage());
                return null;
            }
        }
    }

    /** The address for clients. */
    InetSocketAddress address() {
        return clients.address();
    }

    /** The address for administration, if there is one. */
    Optional<InetSocketAddress> adminAddress() {
        return Optional.ofNullable(administration).map(ListeningSocket::address);
    }

    /** Accepts no more connections of clients; returns at once. */
    void closePublic() {
        clients.closeSoon();
    }

    /** Accepts no more connections; returns when the sockets are closed. */
    void close() {
        clients.close();
        if (administration != null) {
            administration.close();
        }
    }
}
