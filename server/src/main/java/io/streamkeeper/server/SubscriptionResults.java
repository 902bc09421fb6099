package io.streamkeeper.server;

import io.streamkeeper.client.subscription.Claim;
import io.streamkeeper.client.subscription.LinkedStream;
import io.streamkeeper.client.subscription.Subscription;
import io.streamkeeper.client.subscription.SubscriptionPage;
import io.streamkeeper.client.subscription.SubscriptionResult;
import io.streamkeeper.client.subscription.SubscriptionState;
import io.streamkeeper.client.subscription.SubscriptionType;
import io.streamkeeper.server.subscription.StreamLink;
import io.streamkeeper.server.subscription.SubscriptionSpec;
import io.streamkeeper.server.subscription.SubscriptionView;
import io.streamkeeper.server.subscription.Subscriptions;
import io.streamkeeper.server.subscription.Wake;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Creates the results of the Java API about subscriptions. */
final class SubscriptionResults {
    private SubscriptionResults() {}

    static SubscriptionResult created(Subscriptions.Put put) {
        return new SubscriptionResult(!put.isNew(), subscription(put.subscription()));
    }

    static SubscriptionPage page(Subscriptions.Page page) {
        return new SubscriptionPage(
                page.subscriptions().stream()
                        .map(SubscriptionResults::subscription)
                        .toList(),
                page.next());
    }

    static Subscription subscription(SubscriptionView view) {
        SubscriptionSpec spec = view.spec();
        return new Subscription(
                view.id(),
                spec.kind() == SubscriptionSpec.Kind.WEBHOOK ? SubscriptionType.WEBHOOK : SubscriptionType.PULL_WAKE,
                spec.pattern() == null ? null : spec.pattern().toString(),
                spec.webhookUrl(),
                spec.wakeStream() == null ? null : spec.wakeStream().value(),
                Duration.ofMillis(spec.leaseMillis()),
                spec.description(),
                Instant.ofEpochMilli(view.createdMillis()),
                state(view),
                view.linkCount(),
                streams(view.links()));
    }

    private static SubscriptionState state(SubscriptionView view) {
        return new SubscriptionState(
                view.isFailing(),
                view.lastError(),
                moment(view.nextAttemptMillis()),
                view.generation(),
                view.holder(),
                moment(view.leaseUntilMillis()));
    }

    private static @Nullable Instant moment(long millis) {
        return millis == 0 ? null : Instant.ofEpochMilli(millis);
    }

    static Claim claim(Wake wake) {
        return new Claim(
                wake.subscription(),
                wake.id(),
                wake.generation(),
                wake.token(),
                Duration.ofMillis(wake.leaseMillis()),
                streams(wake.links()));
    }

    private static List<LinkedStream> streams(List<StreamLink> links) {
        return links.stream()
                .map(link -> new LinkedStream(
                        link.path(),
                        link.isExplicit(),
                        link.acked().toString(),
                        link.tail().toString(),
                        link.hasPending()))
                .toList();
    }
}
