package io.streamkeeper.server.limit;

import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.config.TenantPattern;
import io.streamkeeper.storage.shard.StreamUsage;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts the streams and bytes of one shard for their tenants, and decides whether a write may add some. The commands of
 * one shard are decided after each other, so they exceed a limit only by what other shards decide at the same moment: one
 * command each. Owned by the shard's loop.
 */
public final class ShardContent implements StreamUsage {
    private final ContentLimits limits;
    private final int shard;
    private final Map<String, TenantContent> tenants = new HashMap<>();

    /** The tenant of the last command, which is often that of the next one. */
    private @Nullable String last;

    ShardContent(ContentLimits limits, int shard) {
        this.limits = limits;
        this.shard = shard;
    }

    @Override
    public void changed(String path, int streams, long bytes) {
        limits.all().add(shard, streams, bytes);
        String tenant = tenantOf(path);
        if (tenant == null) {
            return;
        }
        TenantContent content = tenants.computeIfAbsent(tenant, limits::retain);
        content.add(shard, streams, bytes);
        if (!content.isUsedBy(shard)) {
            tenants.remove(tenant);
            limits.release(tenant);
        }
    }

    private @Nullable String tenantOf(String path) {
        String known = last;
        if (known == null || !TenantPattern.isOf(known, path)) {
            known = limits.tenantOf(path);
            last = known;
        }
        return known;
    }

    @Override
    public @Nullable Refusal refusal(String path, int streams, long bytes) {
        String tenant = tenantOf(path);
        Refusal refusal = streams == 0 || limits.isExempt(path) ? null : limits.refusalOfStream(tenant);
        return refusal != null ? refusal : limits.refusalOfBytes(tenant, bytes);
    }
}
