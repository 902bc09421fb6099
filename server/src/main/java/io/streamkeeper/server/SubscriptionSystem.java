package io.streamkeeper.server;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.server.config.DataConfig;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.config.SubscriptionsConfig;
import io.streamkeeper.server.limit.Limits;
import io.streamkeeper.server.security.SecurityPolicy;
import io.streamkeeper.server.shard.Shards;
import io.streamkeeper.server.shard.Splitters;
import io.streamkeeper.server.subscription.OwnerRights;
import io.streamkeeper.server.subscription.Results;
import io.streamkeeper.server.subscription.StoredSubscriptions;
import io.streamkeeper.server.subscription.SubscriptionFigures;
import io.streamkeeper.server.subscription.SubscriptionJson;
import io.streamkeeper.server.subscription.SubscriptionLimits;
import io.streamkeeper.server.subscription.SubscriptionParts;
import io.streamkeeper.server.subscription.SubscriptionPaths;
import io.streamkeeper.server.subscription.WakeTokens;
import io.streamkeeper.server.subscription.webhook.KeyLog;
import io.streamkeeper.server.subscription.webhook.SignedWakeTokens;
import io.streamkeeper.server.subscription.webhook.StoredWebhookKeys;
import io.streamkeeper.server.subscription.webhook.WebhookBounds;
import io.streamkeeper.server.subscription.webhook.WebhookClient;
import io.streamkeeper.server.subscription.webhook.WebhookRules;
import io.streamkeeper.server.subscription.webhook.WebhookUrl;
import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.memory.MemoryLedger;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The subscriptions of an engine, with the keys that sign, the client that sends webhooks, and what the servers on these
 * streams have told: who may do what, and by which URL others reach them. Opened and closed once; safe for use by any
 * thread.
 */
final class SubscriptionSystem implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SubscriptionSystem.class);

    private final SubscriptionsConfig config;
    private final Executor workers;
    private final StoredWebhookKeys keys;
    private final WebhookBounds bounds;
    private final WebhookClient client;
    private final OwnerRights rights = new OwnerRights();
    private final WakeTokens tokens;
    private final StoredSubscriptions subscriptions;
    private volatile @Nullable String listenerUrl;
    private volatile boolean hasBegun;

    private SubscriptionSystem(
            ServerConfig config,
            StoredWebhookKeys keys,
            Sockets sockets,
            Shards shards,
            MemoryLedger memory,
            @Nullable Limits limits,
            Executor workers) {
        this.config = config.subscriptions();
        this.workers = workers;
        this.keys = keys;
        WebhookRules rules = rules();
        int wanted = this.config.deliveriesMax();
        this.bounds = WebhookBounds.of(
                wanted,
                Descriptors.ofProcess().webhooksMax(WebhookBounds.descriptorsWanted(wanted, shards.count())),
                memory.webhooks().bytesMax(),
                shards.count());
        this.client = new WebhookClient(rules, keys, workers, sockets.clientChannel(), bounds, memory.webhooks());
        this.tokens = new SignedWakeTokens(keys);
        this.subscriptions = StoredSubscriptions.of(
                shards,
                memory,
                () -> Splitters.of(config),
                new SubscriptionLimits(this.config.subscriptionsMax(), this.config.linksMax()),
                limits == null ? null : limits.ofSubscriptions(),
                rights,
                wake -> SubscriptionJson.webhook(wake, SubscriptionPaths.callbackUrl(url(), wake.subscription())),
                new CountedDeliveries(client, shards.counters()),
                tokens);
    }

    /**
     * The subscriptions of {@code shards}, which have started; they are served after {@link #lead}. Nothing is delivered
     * before the first {@link #begin}.
     *
     * @param limits of each client and tenant; null for none
     * @param workers may block
     * @throws IOException if the keys cannot be read
     */
    static SubscriptionSystem open(
            ServerConfig config,
            Sockets sockets,
            Shards shards,
            MemoryLedger memory,
            @Nullable Limits limits,
            Executor workers)
            throws IOException {
        return new SubscriptionSystem(config, keys(config, shards), sockets, shards, memory, limits, workers);
    }

    private static StoredWebhookKeys keys(ServerConfig config, Shards shards) throws IOException {
        DataConfig data = config.data();
        if (data.durability() == DataConfig.Durability.MEMORY) {
            return StoredWebhookKeys.inMemory(Clock.SYSTEM::nowMillis);
        }
        Path file = data.directory().resolve(StoredWebhookKeys.FILE);
        return config.cluster().isOn()
                ? StoredWebhookKeys.ofMember(file, new KeyLog(shards), Clock.SYSTEM::nowMillis)
                : StoredWebhookKeys.ofFile(file, new KeyLog(shards), Clock.SYSTEM::nowMillis);
    }

    /**
     * Serves the subscriptions from now on; the shards decide. Blocks.
     *
     * @throws IOException if the keys of the cluster cannot be read now; then nothing is served
     */
    void lead() throws IOException {
        keys.begin();
        subscriptions.begin();
        if (hasBegun) {
            begin();
        }
    }

    /** Another member of the cluster may serve the subscriptions from now on. Blocks. */
    void unlead() {
        subscriptions.end();
        keys.end();
    }

    /** How many file descriptors webhooks take at most. */
    int descriptors() {
        return bounds.descriptors();
    }

    /** How many webhooks are being sent, or await their answer. */
    long webhooksUnderWay() {
        return client.underWay();
    }

    /** Counts what there is now. */
    CompletableFuture<SubscriptionFigures> figures() {
        return subscriptions.figures();
    }

    private WebhookRules rules() {
        return new WebhookRules(config.localWebhooks(), config.ports());
    }

    /** What requests use. */
    SubscriptionParts parts() {
        WebhookRules rules = rules();
        return new SubscriptionParts(
                subscriptions,
                text -> {
                    checkUrl();
                    return WebhookUrl.parse(text, rules).text();
                },
                keys,
                tokens,
                this::url);
    }

    private void checkUrl() {
        if (!config.hasPublicUrl() && listenerUrl == null) {
            throw new RefusedException(
                    ErrorCode.NOT_IMPLEMENTED,
                    "the server does not know by which URL it is reached; expected --public-url for webhooks");
        }
    }

    /** The URL that streams are below; empty if none is known. */
    private String url() {
        String known = listenerUrl;
        return config.hasPublicUrl() ? config.publicUrl() : known == null ? "" : known;
    }

    /**
     * A server begins on these streams.
     *
     * @param policy decides who may do what; null if everybody may do everything
     * @param url below which it serves the streams; null if that is not known
     * @return ends that
     */
    Runnable serve(@Nullable SecurityPolicy policy, @Nullable String url) {
        if (listenerUrl == null) {
            listenerUrl = url;
        }
        Runnable end = rights.add(policy);
        begin();
        return () -> {
            end.run();
            subscriptions.rightsChanged();
        };
    }

    /** Wakes workers of those who have rights now. */
    void begin() {
        hasBegun = true;
        subscriptions.list(
                "",
                null,
                1,
                Results.then(
                        page -> {
                            if (page.subscriptions().isEmpty()) {
                                subscriptions.rightsChanged();
                            } else {
                                beginWithKeys();
                            }
                        },
                        refusal -> LOG.debug("nobody is woken: {}", refusal.message())));
    }

    private void beginWithKeys() {
        keys.prepare(workers).whenComplete((done, fault) -> {
            if (fault instanceof RefusedException refused) {
                LOG.debug(
                        "the keys of webhooks are made later: {}",
                        refused.refusal().message());
            } else if (fault != null) {
                LOG.error("the keys of webhooks cannot be made; a restart tries again", fault);
            }
            subscriptions.rightsChanged();
        });
    }

    /** Ends all deliveries; the shards are still open. */
    @Override
    public void close() {
        subscriptions.close();
        client.close();
        keys.close();
    }
}
