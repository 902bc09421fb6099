package io.streamkeeper.server.limit;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one request uses of its client's and its tenant's accounts, until its response is complete or its connection has
 * ended. Owned by the connection's loop.
 */
public final class RequestUse {
    private final Limits limits;
    private final AccountUse client;
    private final @Nullable AccountUse tenant;

    /** Releases what a live read holds. */
    private final List<Runnable> held = new ArrayList<>(0);

    private boolean ended;

    RequestUse(Limits limits, AccountUse client, @Nullable AccountUse tenant) {
        this.limits = limits;
        this.client = client;
        this.tenant = tenant;
    }

    /**
     * Takes one of the live reads at a time of the server, of the client and of the tenant, until {@link #end}.
     *
     * @return the refusal if none is left; null if the read may begin
     */
    public @Nullable LimitRefusal holdLive() {
        if (ended || !held.isEmpty()) {
            return null;
        }
        LimitRefusal refusal = holdOfServer();
        if (refusal == null) {
            refusal = hold(client.account());
        }
        if (refusal == null && tenant != null) {
            refusal = hold(tenant.account());
        }
        if (refusal != null) {
            release();
            limits.refused(refusal);
        }
        return refusal;
    }

    private @Nullable LimitRefusal holdOfServer() {
        Cap all = limits.liveReads();
        if (all == null) {
            return null;
        }
        if (!all.tryHold()) {
            return LimitRefusal.ofLiveOfServer(all.max());
        }
        held.add(all::release);
        return null;
    }

    private @Nullable LimitRefusal hold(Account account) {
        if (!account.tryHoldLive()) {
            return LimitRefusal.ofLive(account);
        }
        // The connection may use another account before this read ends.
        if (!account.retain()) {
            throw new IllegalStateException(account.text() + " is used after its eviction");
        }
        held.add(() -> {
            account.releaseLive();
            account.release();
        });
        return null;
    }

    private void release() {
        held.forEach(Runnable::run);
        held.clear();
    }

    /** The request has left its connection. What it held is released once, however often this is called. */
    public void end() {
        ended = true;
        release();
    }

    /** Bytes of the response were written. */
    void sent(long bytes, long nowNanos) {
        client.sent(bytes, nowNanos);
        if (tenant != null) {
            tenant.sent(bytes, nowNanos);
        }
    }

    /** The time until more of the response may be sent. */
    long pauseNanos(long nowNanos) {
        long nanos = client.pauseNanos(nowNanos);
        return tenant == null ? nanos : Math.max(nanos, tenant.pauseNanos(nowNanos));
    }
}
