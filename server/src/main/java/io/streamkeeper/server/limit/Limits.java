package io.streamkeeper.server.limit;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.config.AddressRanges;
import io.streamkeeper.server.config.LimitSet;
import io.streamkeeper.server.config.LimitsConfig;
import io.streamkeeper.server.config.TenantPattern;
import io.streamkeeper.server.log.RareReport;
import io.streamkeeper.server.security.WatchedFile;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much of the server each client and each tenant may use, and what they use now. Safe for use by any thread; a
 * thread of its own reads the file again every second, so that nothing blocks a loop.
 */
public final class Limits implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Limits.class);

    private static final int CHECK_SECONDS = 1;

    private final LimitsConfig config;
    private final LongSupplier clock;
    private final AddressRanges proxies;
    private final @Nullable TenantPattern tenantPattern;
    private final @Nullable WatchedFile<LimitRules> file;
    private final AccountTable clients;
    private final AccountTable tenants;
    private final AtomicReference<@Nullable ContentLimits> content = new AtomicReference<>();
    private final @Nullable Cap liveReads;
    private final @Nullable ScheduledExecutorService thread;
    private final RareReport reports;
    private volatile LimitRules rules;

    /** Limits; {@code clock} is the monotonic clock, in nanoseconds. */
    Limits(LimitsConfig config, int accountsMax, LongSupplier clock) throws IOException {
        if (!config.ofTenant().equals(LimitSet.NONE) && config.tenantPattern() == null) {
            throw new IllegalArgumentException("limit-tenant is \"" + config.tenant()
                    + "\" and tenants is \"none\", so nobody is a tenant; expected tenants such as tenants/*");
        }
        this.config = config;
        this.clock = clock;
        this.proxies = config.proxies();
        this.tenantPattern = config.tenantPattern();
        Path path = config.limitsFile();
        this.file = path == null ? null : WatchedFile.ofRules(path, lines -> LimitRules.parse(lines, config));
        LimitRules read = file == null ? LimitRules.parse(List.of(), config) : file.value();
        this.rules = read;
        long now = clock.getAsLong();
        this.clients = new AccountTable(Account.Kind.CLIENT, accountsMax, read::ofClient, read.eachClient(), now);
        this.tenants = new AccountTable(Account.Kind.TENANT, accountsMax, read::ofTenant, read.eachTenant(), now);
        this.liveReads = config.liveReadsMax() == 0 ? null : new Cap(config.liveReadsMax());
        this.reports = new RareReport(clock);
        this.thread = file == null ? null : watch();
    }

    private ScheduledExecutorService watch() {
        ScheduledExecutorService watcher =
                Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("streamkeeper-limits", true));
        watcher.scheduleWithFixedDelay(this::check, CHECK_SECONDS, CHECK_SECONDS, TimeUnit.SECONDS);
        return watcher;
    }

    /**
     * {@return the limits of a configuration; null if it has none}
     *
     * @param config may name a file
     * @throws IOException if the file cannot be read, or others may change it
     * @throws IllegalArgumentException if the file is not valid; the message names it and the line
     */
    public static @Nullable Limits open(LimitsConfig config) throws IOException {
        return config.limitsClients()
                        || !config.ofTenant().equals(LimitSet.NONE)
                        || config.liveReadsMax() > 0
                        || config.streamsMax() > 0
                ? new Limits(config, AccountTable.ACCOUNTS_MAX, System::nanoTime)
                : null;
    }

    /** Reads the file again if it has changed; throws nothing, so that it can be repeated. */
    void check() {
        try {
            if (file != null && file.check()) {
                LimitRules read = file.value();
                rules = read;
                long now = nowNanos();
                clients.limit(read::ofClient, read.eachClient(), now);
                tenants.limit(read::ofTenant, read.eachTenant(), now);
            }
        } catch (RuntimeException | Error e) {
            LOG.error("the file {} could not be applied", config.file(), e);
        }
    }

    // ---- content ----

    /**
     * {@return the limits of streams and their bytes; null if there are neither tenants nor a limit of streams}
     *
     * @param shards the number of shards
     * @param exempt the stream of no tenant, whatever its path, and of no limit; null for none
     */
    public @Nullable ContentLimits ofContent(int shards, @Nullable StreamPath exempt) {
        if (tenantPattern == null && config.streamsMax() == 0) {
            return null;
        }
        ContentLimits limits =
                new ContentLimits(shards, config.streamsMax(), tenantPattern, exempt, name -> rules.ofTenant(name));
        content.set(limits);
        return limits;
    }

    /** {@return how many subscriptions each client and each tenant may have} */
    public SubscriptionQuotas ofSubscriptions() {
        return new SubscriptionQuotas(() -> rules, tenantPattern);
    }

    /** The refusal of a request that writes to the tenant's streams, because they are as large as they may be; or null. */
    @Nullable
    LimitRefusal refusalOfContent(String tenant) {
        ContentLimits limits = content.get();
        Refusal refusal = limits == null ? null : limits.refusalOfBytes(tenant, 1);
        return refusal == null ? null : LimitRefusal.ofContent(refusal);
    }

    // ---- connections ----

    /**
     * {@return the counts of a new connection, to be closed when it ends}
     *
     * @param peer the address of the other side; null if it is not known
     */
    public ConnectionLimits connection(@Nullable SocketAddress peer) {
        return new ConnectionLimits(this, peer);
    }

    /**
     * Takes one of the connections at a time of a client. Those of a trusted proxy are not limited.
     *
     * @param peer the address of the other side
     * @return releases it, when the connection has ended; null if none is left
     */
    public @Nullable Runnable holdConnection(@Nullable SocketAddress peer) {
        if (isProxy(peer)) {
            return () -> {};
        }
        Account account = clients.retain(ClientKey.ofAddress(peer), nowNanos());
        if (!account.tryHoldConnection()) {
            account.release();
            report(account.text() + " exceeds connections="
                    + account.meters().limits().connections() + "; its new connections are closed");
            return null;
        }
        return () -> {
            account.releaseConnection();
            account.release();
        };
    }

    // ---- refusals ----

    void refused(LimitRefusal refusal) {
        report(refusal.refusal().message());
    }

    private void report(String problem) {
        long unreported = reports.unreported();
        if (unreported != RareReport.NOT_DUE) {
            LOG.warn("a limit refuses requests: {} ({} more since the last such line)", problem, unreported);
        }
    }

    // ---- state ----

    long nowNanos() {
        return clock.getAsLong();
    }

    AddressRanges proxies() {
        return proxies;
    }

    boolean isProxy(@Nullable SocketAddress peer) {
        return !proxies.isEmpty()
                && peer instanceof InetSocketAddress internet
                && internet.getAddress() != null
                && proxies.contains(internet.getAddress());
    }

    /** {@return whether some streams belong to tenants} */
    public boolean hasTenants() {
        return tenantPattern != null;
    }

    @Nullable
    TenantPattern tenantPattern() {
        return tenantPattern;
    }

    AccountTable clients() {
        return clients;
    }

    AccountTable tenants() {
        return tenants;
    }

    /** The live reads of the whole server; null if they are not limited. */
    @Nullable
    Cap liveReads() {
        return liveReads;
    }

    @Override
    public void close() {
        if (thread != null) {
            thread.shutdownNow();
        }
    }
}
