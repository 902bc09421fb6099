package io.streamkeeper.server.limit;

import io.streamkeeper.server.config.AddressRanges;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * How much of a budget the connections of each address use. A client of which no connection is open is not kept, so there
 * are at most as many as connections. Safe for use by any thread.
 */
public final class ClientShares {
    private final long shareBytes;
    private final AddressRanges proxies;
    private final ConcurrentMap<String, ClientShare> clients = new ConcurrentHashMap<>();

    /**
     * Without connections.
     *
     * @param shareBytes the share of one client
     * @param proxies addresses that many clients share; what is used through them exceeds no share
     */
    public ClientShares(long shareBytes, AddressRanges proxies) {
        this.shareBytes = shareBytes;
        this.proxies = proxies;
    }

    /**
     * {@return what the client of a new connection uses; to be released when the connection ends}
     *
     * @param peer the address of the other side; null if it is not known
     */
    public ClientShare retain(@Nullable SocketAddress peer) {
        return retain(ClientKey.ofAddress(peer), isProxy(peer) ? Long.MAX_VALUE : shareBytes);
    }

    /**
     * {@return the same for a client that may have a name}
     *
     * @param name the authenticated name, which is the client whatever its address; null for none
     * @param peer the address of the other side; null if it is not known
     */
    public ClientShare retain(@Nullable String name, @Nullable SocketAddress peer) {
        return name == null ? retain(peer) : retain(ClientKey.ofName(name), shareBytes);
    }

    private ClientShare retain(String client, long bytesMax) {
        return clients.compute(
                client, (key, known) -> (known == null ? new ClientShare(this, key, bytesMax) : known).retain());
    }

    private boolean isProxy(@Nullable SocketAddress peer) {
        return !proxies.isEmpty()
                && peer instanceof InetSocketAddress internet
                && internet.getAddress() != null
                && proxies.contains(internet.getAddress());
    }

    void release(String key) {
        clients.computeIfPresent(key, (name, known) -> known.isReleasedByLast() ? null : known);
    }

    /** The number of clients with connections. */
    int size() {
        return clients.size();
    }
}
