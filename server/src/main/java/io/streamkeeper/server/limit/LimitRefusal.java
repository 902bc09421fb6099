package io.streamkeeper.server.limit;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.config.Quota;
import java.util.concurrent.TimeUnit;

/**
 * The refusal of a request beyond a limit, with the fields that state the limit (draft-ietf-httpapi-ratelimit-headers).
 *
 * @param refusal status 429, or 503 for a limit of the whole server
 * @param retrySeconds after which the client may try again, at least 1
 * @param policy the value of {@code RateLimit-Policy}; empty for none
 * @param state the value of {@code RateLimit}; empty for none
 */
public record LimitRefusal(Refusal refusal, long retrySeconds, String policy, String state) {
    /** When a write is tried again that waits for streams to expire or to be deleted. */
    public static final long CONTENT_RETRY_SECONDS = 60;

    /** The refusal of a request for which a bucket is empty. */
    static LimitRefusal ofRate(Account account, Limit limit, Meter meter, long nowNanos) {
        Quota quota = meter.quota();
        long waitNanos = meter.waitNanos(1, nowNanos);
        long seconds = Math.max(1, (waitNanos + TimeUnit.SECONDS.toNanos(1) - 1) / TimeUnit.SECONDS.toNanos(1));
        String name = name(account, limit);
        return new LimitRefusal(
                Refusal.of(
                        limit.code(),
                        account.text() + " exceeds " + limit.word() + "=" + quota + "; try again in " + seconds + " s"),
                seconds,
                name + ";q=" + quota.amount() + ";w=" + quota.windowSeconds() + ";qu=\"" + limit.unit() + "\"",
                name + ";r=" + meter.tokens(nowNanos) + ";t=" + seconds);
    }

    /** The refusal of a live read beyond the {@code max} of the whole server, which no policy of a client states. */
    static LimitRefusal ofLiveOfServer(int max) {
        Refusal refusal =
                Refusal.of(ErrorCode.OVERLOADED, "the server has " + max + " live reads, its limit; try again later");
        return new LimitRefusal(refusal, 1, "", "");
    }

    /** The refusal of a write beyond a limit that time alone does not restore. */
    static LimitRefusal ofContent(Refusal refusal) {
        return new LimitRefusal(refusal, CONTENT_RETRY_SECONDS, "", "");
    }

    /** The refusal of a live read beyond the limit of them. */
    static LimitRefusal ofLive(Account account) {
        long max = account.meters().limits().live();
        String name = name(account, Limit.LIVE);
        return new LimitRefusal(
                Refusal.of(
                        Limit.LIVE.code(),
                        account.text() + " exceeds " + Limit.LIVE.word() + "=" + max
                                + "; try again when another live read has ended"),
                1,
                name + ";q=" + max + ";qu=\"" + Limit.LIVE.unit() + "\"",
                name + ";r=0");
    }

    private static String name(Account account, Limit limit) {
        return "\"" + account.kind().text() + "-" + limit.word() + "\"";
    }
}
