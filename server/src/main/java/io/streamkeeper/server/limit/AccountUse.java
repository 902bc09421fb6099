package io.streamkeeper.server.limit;

import org.jspecify.annotations.Nullable;

/** The use of an {@link Account} by one connection. Owned by the connection's loop. */
final class AccountUse {
    private final String key;
    private final Account account;
    private final Tab requests = new Tab();
    private final Tab received = new Tab();
    private final Tab sent = new Tab();

    /** The use of an account that was retained for it by {@code key}. */
    AccountUse(String key, Account account) {
        this.key = key;
        this.account = account;
    }

    Account account() {
        return account;
    }

    /** The key of the client or tenant; a spare account has another one. */
    String key() {
        return key;
    }

    /** The refusal of any request now, before its cost is known; null if it may begin. Changes nothing. */
    @Nullable
    LimitRefusal refusal(long nowNanos) {
        Account.Meters meters = account.meters();
        LimitRefusal refusal = refusal(Limit.REQUESTS, meters.requests(), requests, nowNanos);
        if (refusal == null) {
            refusal = refusal(Limit.RECEIVED, meters.received(), received, nowNanos);
        }
        return refusal != null ? refusal : refusal(Limit.SENT, meters.sent(), sent, nowNanos);
    }

    private @Nullable LimitRefusal refusal(Limit limit, @Nullable Meter meter, Tab tab, long nowNanos) {
        return meter == null || tab.isOpen(meter, nowNanos)
                ? null
                : LimitRefusal.ofRate(account, limit, meter, nowNanos);
    }

    /** Uses one request with a body of {@code bodyBytes}; returns the refusal, or null. A refused request costs nothing. */
    @Nullable
    LimitRefusal begin(long bodyBytes, long nowNanos) {
        LimitRefusal refusal = refusal(nowNanos);
        if (refusal != null) {
            return refusal;
        }
        Account.Meters meters = account.meters();
        Meter ofRequests = meters.requests();
        if (ofRequests != null && !requests.tryUse(ofRequests, 1, nowNanos)) {
            return LimitRefusal.ofRate(account, Limit.REQUESTS, ofRequests, nowNanos);
        }
        Meter ofBodies = meters.received();
        if (ofBodies != null && bodyBytes > 0) {
            received.use(ofBodies, bodyBytes, nowNanos);
        }
        return null;
    }

    void sent(long bytes, long nowNanos) {
        Meter meter = account.meters().sent();
        if (meter != null) {
            sent.use(meter, bytes, nowNanos);
        }
    }

    /** The time until more may be sent. */
    long pauseNanos(long nowNanos) {
        Meter meter = account.meters().sent();
        return meter == null || sent.isOpen(meter, nowNanos) ? 0 : Math.max(1, meter.waitNanos(1, nowNanos));
    }

    /** The connection does not use the account any more. */
    void close(long nowNanos) {
        requests.pay(nowNanos);
        received.pay(nowNanos);
        sent.pay(nowNanos);
        account.release();
    }
}
