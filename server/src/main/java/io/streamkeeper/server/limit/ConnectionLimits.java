package io.streamkeeper.server.limit;

import io.streamkeeper.server.config.TenantPattern;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Counts the requests of one connection for the accounts of their clients and tenants. It keeps the accounts that were
 * used last, because a connection seldom changes them. Owned by the connection's loop.
 */
public final class ConnectionLimits {
    private final Limits limits;
    private final @Nullable SocketAddress peer;

    /** Whether the other side is a proxy that names its clients. */
    private final boolean isProxy;

    private @Nullable AccountUse byAddress;
    private @Nullable AccountUse byName;
    private @Nullable String lastName;
    private @Nullable AccountUse tenant;

    /** The request whose response is being written. */
    private @Nullable RequestUse writing;

    private boolean closed;

    ConnectionLimits(Limits limits, @Nullable SocketAddress peer) {
        this.limits = limits;
        this.peer = peer;
        this.isProxy = limits.isProxy(peer);
    }

    /**
     * A request begins.
     *
     * @param name the authenticated name; null if there is none
     * @param forwarded the value of {@code X-Forwarded-For}; null for none
     * @param path the path of the stream, which decides about the tenant; null if it is none or may not be used
     * @param bodyBytes of the request
     * @param taken receives the use of a request that is not refused
     * @return the refusal if a limit is exceeded; else null
     */
    public @Nullable LimitRefusal begin(
            @Nullable String name,
            @Nullable String forwarded,
            @Nullable String path,
            long bodyBytes,
            Consumer<RequestUse> taken) {
        if (closed) {
            return null;
        }
        long now = limits.nowNanos();
        AccountUse client = client(name, forwarded, now);
        AccountUse owner = path == null ? null : tenant(path, now);
        LimitRefusal refusal = client.begin(bodyBytes, now);
        if (refusal == null && owner != null) {
            refusal = owner.begin(bodyBytes, now);
        }
        if (refusal != null) {
            limits.refused(refusal);
            return refusal;
        }
        taken.accept(new RequestUse(limits, client, owner));
        return null;
    }

    /**
     * The same for a request whose body has not arrived; it uses nothing yet.
     *
     * @param name the authenticated name; null if there is none
     * @param forwarded the value of {@code X-Forwarded-For}; null for none
     * @param path the path of the stream, which decides about the tenant; null if it is none or may not be used
     * @param stores whether the body is stored unless the request is refused
     * @param isLive whether the request begins a live read of no single stream
     * @return the refusal if a limit is exceeded; else null
     */
    public @Nullable LimitRefusal beforeBody(
            @Nullable String name, @Nullable String forwarded, @Nullable String path, boolean stores, boolean isLive) {
        if (closed) {
            return null;
        }
        long now = limits.nowNanos();
        AccountUse client = client(name, forwarded, now);
        LimitRefusal refusal = client.refusal(now);
        if (refusal == null && isLive) {
            refusal = refusalOfLive(client.account());
        }
        AccountUse owner = refusal != null || path == null ? null : tenant(path, now);
        if (owner != null) {
            refusal = owner.refusal(now);
            if (refusal == null && stores) {
                refusal = limits.refusalOfContent(owner.key());
            }
        }
        if (refusal != null) {
            limits.refused(refusal);
        }
        return refusal;
    }

    /** The refusal of one more live read, as {@link RequestUse#holdLive} decides it when the request is executed. */
    private @Nullable LimitRefusal refusalOfLive(Account client) {
        Cap all = limits.liveReads();
        if (all != null && !all.hasLeft()) {
            return LimitRefusal.ofLiveOfServer(all.max());
        }
        return client.hasLive() ? null : LimitRefusal.ofLive(client);
    }

    private AccountUse client(@Nullable String name, @Nullable String forwarded, long nowNanos) {
        if (name != null) {
            return named(name, nowNanos);
        }
        AccountUse use = byAddress;
        if (use != null && !isProxy) {
            return use;
        }
        String key = isProxy && forwarded != null ? ClientKey.ofAddress(behind(forwarded)) : ClientKey.ofAddress(peer);
        if (use == null || !use.key().equals(key)) {
            close(use, nowNanos);
            use = new AccountUse(key, limits.clients().retain(key, nowNanos));
            byAddress = use;
        }
        return use;
    }

    private AccountUse named(String name, long nowNanos) {
        AccountUse use = byName;
        if (use == null || !name.equals(lastName)) {
            close(use, nowNanos);
            String key = ClientKey.ofName(name);
            use = new AccountUse(key, limits.clients().retain(key, nowNanos));
            byName = use;
            lastName = name;
        }
        return use;
    }

    private InetAddress behind(String forwarded) {
        if (!(peer instanceof InetSocketAddress internet)) {
            throw new IllegalStateException("a proxy without an address: " + peer);
        }
        return ClientKey.behind(internet.getAddress(), forwarded, limits.proxies());
    }

    private @Nullable AccountUse tenant(String path, long nowNanos) {
        TenantPattern pattern = limits.tenantPattern();
        if (pattern == null) {
            return null;
        }
        AccountUse use = tenant;
        if (use != null && TenantPattern.isOf(use.key(), path)) {
            return use;
        }
        String name = pattern.tenantOf(path);
        if (name == null) {
            return null;
        }
        close(use, nowNanos);
        tenant = new AccountUse(name, limits.tenants().retain(name, nowNanos));
        return tenant;
    }

    private static void close(@Nullable AccountUse use, long nowNanos) {
        if (use != null) {
            use.close(nowNanos);
        }
    }

    // ---- responses ----

    /** What is written from now on belongs to the response of this request; null if its use is not counted. */
    public void writes(@Nullable RequestUse request) {
        writing = request;
    }

    /** Bytes were written. */
    public void sent(long bytes) {
        if (writing != null && !closed) {
            writing.sent(bytes, limits.nowNanos());
        }
    }

    /** The time until more of the response may be sent; 0 if more may be sent now. */
    public long pauseNanos() {
        return writing == null || closed ? 0 : writing.pauseNanos(limits.nowNanos());
    }

    /** The connection has ended; further calls have no effect. */
    public void close() {
        if (!closed) {
            closed = true;
            long now = limits.nowNanos();
            close(byAddress, now);
            close(byName, now);
            close(tenant, now);
        }
    }
}
