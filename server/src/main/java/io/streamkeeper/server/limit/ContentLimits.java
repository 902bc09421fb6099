package io.streamkeeper.server.limit;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.config.LimitSet;
import io.streamkeeper.server.config.TenantPattern;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How many streams and bytes each tenant has, and may have. Safe for use by any thread.
 *
 * <p>The counts follow from the streams of the shards, see {@link io.streamkeeper.storage.shard.StreamUsage}, so they are
 * exact after a restart. A tenant without streams is not kept.
 */
public final class ContentLimits {
    private final int shards;
    private final int streamsMax;
    private final @Nullable TenantPattern pattern;
    private final @Nullable StreamPath exempt;
    private final Function<String, LimitSet> limits;
    private final TenantContent all;
    private final ConcurrentMap<String, TenantContent> tenants = new ConcurrentHashMap<>();

    /**
     * Limits for the streams of {@code shards} shards; at most {@code streamsMax} streams, or 0 for any number.
     *
     * @param exempt the stream of no tenant, whatever its path, and of no limit; null for none
     */
    ContentLimits(
            int shards,
            int streamsMax,
            @Nullable TenantPattern pattern,
            @Nullable StreamPath exempt,
            Function<String, LimitSet> limits) {
        this.shards = shards;
        this.streamsMax = streamsMax;
        this.pattern = pattern;
        this.exempt = exempt;
        this.limits = limits;
        this.all = new TenantContent(shards);
    }

    /**
     * {@return the part of one shard, owned by its loop}
     *
     * @param shard the index of the shard
     */
    public ShardContent shard(int shard) {
        return new ShardContent(this, shard);
    }

    TenantContent all() {
        return all;
    }

    /** The tenant that a path belongs to; null for none. */
    @Nullable
    String tenantOf(String path) {
        return pattern == null || isExempt(path) ? null : pattern.tenantOf(path);
    }

    /** Whether the stream at a path may be created whatever the limits are. */
    boolean isExempt(String path) {
        return exempt != null && exempt.value().equals(path);
    }

    /** The content of a tenant, of which one more shard has streams. */
    TenantContent retain(String tenant) {
        return tenants.compute(tenant, (name, known) -> (known == null ? new TenantContent(shards) : known).retain());
    }

    /** A shard has no streams of the tenant any more. */
    void release(String tenant) {
        tenants.computeIfPresent(tenant, (name, known) -> known.release() ? null : known);
    }

    /** The content of a tenant; null if it has no streams. */
    private @Nullable TenantContent find(String tenant) {
        return tenants.get(tenant);
    }

    // ---- decisions ----

    /** The refusal of another stream at a path of {@code tenant}; null if it may be created. */
    @Nullable
    Refusal refusalOfStream(@Nullable String tenant) {
        if (streamsMax > 0 && all.streams() >= streamsMax) {
            return Refusal.of(
                    ErrorCode.OVERLOADED,
                    "the server has " + all.streams() + " streams, of at most " + streamsMax + "; delete streams");
        }
        if (tenant == null) {
            return null;
        }
        long max = limits.apply(tenant).streams();
        if (max == LimitSet.UNLIMITED) {
            return null;
        }
        TenantContent content = find(tenant);
        long streams = content == null ? 0 : content.streams();
        return streams < max
                ? null
                : Refusal.of(
                        ErrorCode.STREAM_LIMIT,
                        "tenant " + Quoted.of(tenant) + " has " + streams + " streams, of at most " + max
                                + "; delete streams, or try again when some have expired");
    }

    /** The refusal of {@code more} bytes at a path of {@code tenant}; null if they may be stored. */
    @Nullable
    Refusal refusalOfBytes(@Nullable String tenant, long more) {
        if (tenant == null || more == 0) {
            return null;
        }
        long max = limits.apply(tenant).storageBytes();
        if (max == LimitSet.UNLIMITED) {
            return null;
        }
        TenantContent content = find(tenant);
        long bytes = content == null ? 0 : content.bytes();
        return bytes <= max - more
                ? null
                : Refusal.of(
                        ErrorCode.STORAGE_LIMIT,
                        "tenant " + Quoted.of(tenant) + " stores " + bytes + " of at most " + max + " bytes, and "
                                + more + " more do not fit; delete streams, or try again when some have expired");
    }
}
